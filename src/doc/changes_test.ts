import { assertEquals } from "@std/assert";
import { initAutomerge } from "./automerge.ts";
import { type NotebookChange, toNotebookChanges } from "./changes.ts";
import { type CrdtDocument, ROOT } from "./crdt_document.ts";
import { NotebookEditor } from "./editor.ts";
import { importNotebook } from "./import.ts";
import { readCells } from "./snapshot.ts";
import { codeCell, importOf, seededRandom, sync } from "./testing.ts";

await initAutomerge();

async function notebook(): Promise<CrdtDocument> {
  const cells = ["a", "b", "c", "d", "e"].map((id) => codeCell(id, { source: `# ${id}` }));
  const doc = await importNotebook(importOf(cells));
  doc.recordPatches();
  return doc;
}

function changesOf(doc: CrdtDocument): NotebookChange[] {
  return toNotebookChanges(doc, doc.takePatches());
}

Deno.test("toNotebookChanges() names each kind of edit and its cell", async () => {
  using doc = await notebook();
  const editor = new NotebookEditor(doc);
  const cases: [() => unknown, NotebookChange[]][] = [
    [() => editor.insertCell(1, { id: "x", source: "s", metadata: { m: 1 } }), [
      { type: "cell_inserted", cellId: "x", index: 1 },
    ]],
    [() => editor.deleteCell("a"), [{ type: "cell_deleted", cellId: "a", index: 0 }]],
    [() => editor.moveCell("e", 0), [
      { type: "cell_deleted", cellId: "e", index: 4 },
      { type: "cell_inserted", cellId: "e", index: 0 },
    ]],
    [() => editor.setOutputs("c", ["{}"]), [{ type: "outputs_changed", cellId: "c" }]],
    [() => editor.setExecutionCount("c", 1), [{ type: "execution_count_changed", cellId: "c" }]],
    [() => editor.setCellType("c", "raw"), [{ type: "cell_type_changed", cellId: "c" }]],
    [() => editor.setCellMetadata("c", "k", { a: 1 }), [
      { type: "cell_metadata_changed", cellId: "c" },
    ]],
    [() => editor.setNotebookMetadata("k", [1]), [{ type: "metadata_changed" }]],
    [() => editor.setSnapshot("{}"), [{ type: "metadata_changed" }]],
    [() => editor.spliceSource("b", 3, 0, "😀"), [{
      type: "source_changed",
      cellId: "b",
      splices: [{ index: 3, deleteCount: 0, insert: "😀" }],
    }]],
  ];
  for (const [edit, expected] of cases) {
    edit();
    assertEquals(changesOf(doc).toSorted(byType), expected.toSorted(byType), `${edit}`);
  }
});

function byType(one: NotebookChange, other: NotebookChange): number {
  return one.type < other.type ? -1 : Number(one.type > other.type);
}

Deno.test("toNotebookChanges() tells of a source or a list that was replaced", async () => {
  using doc = await notebook();
  doc.makeText(doc.idAt(doc.idAt(ROOT, "cells"), 2), "source", "other");
  doc.commit();
  assertEquals(changesOf(doc), [{ type: "source_replaced", cellId: "c" }]);
  doc.makeObject(ROOT, "cells", "list");
  doc.commit();
  assertEquals(changesOf(doc), [{ type: "cells_replaced" }]);
});

Deno.test("toNotebookChanges() tells what a peer did, and lets a copy follow it", async () => {
  const seed = 4;
  const random = seededRandom(seed);
  using doc = await notebook();
  using other = doc.fork();
  const editors = [new NotebookEditor(doc), new NotebookEditor(other)];
  const copy: Copy[] = readCells(doc).map(({ id, source }) => ({ id, source }));
  for (let round = 0; round < 12; round++) {
    for (const editor of editors) randomEdits(editor, editor === editors[0] ? doc : other, random);
    sync(doc, other);
    for (const change of changesOf(doc)) follow(copy, change);
    const real = readCells(doc).map(({ id, source }) => ({ id, source }));
    for (const cell of copy) cell.source ??= real.find(({ id }) => id === cell.id)?.source ?? null;
    assertEquals(copy, real, `seed ${seed}, round ${round}`);
    assertEquals(real, readCells(other).map(({ id, source }) => ({ id, source })));
  }
});

function randomEdits(editor: NotebookEditor, doc: CrdtDocument, random: () => number): void {
  for (let edit = 0; edit < 3; edit++) {
    const cells = readCells(doc);
    const cell = cells[Math.floor(random() * cells.length)];
    const kind = random();
    if (cell === undefined || kind < 0.3) {
      const id = `n${Math.floor(random() * 1e9)}`;
      editor.insertCell(Math.floor(random() * (cells.length + 1)), { id, source: "new" });
    } else if (kind < 0.5) editor.deleteCell(cell.id);
    else editor.setSource(cell.id, `${cell.source.slice(random() * 3)}é😀`);
  }
}

interface Copy {
  id: string;
  /** Null for a new cell, until all changes are followed. */
  source: string | null;
}

function follow(copy: Copy[], change: NotebookChange): void {
  switch (change.type) {
    case "cell_inserted":
      copy.splice(change.index, 0, { id: change.cellId, source: null });
      return;
    case "cell_deleted":
      assertEquals(copy.splice(change.index, 1)[0]?.id, change.cellId);
      return;
    case "source_changed": {
      const cell = copy.find(({ id }) => id === change.cellId);
      for (const { index, deleteCount, insert } of change.splices) {
        if (cell === undefined || cell.source === null) continue;
        cell.source = cell.source.slice(0, index) + insert + cell.source.slice(index + deleteCount);
      }
    }
  }
}
