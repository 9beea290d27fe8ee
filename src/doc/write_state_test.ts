import { assert, assertEquals } from "@std/assert";
import { randomEdits, randomNotebook } from "../ipynb/merge/testing_versions.ts";
import { Random } from "../ipynb/testing_random.ts";
import type { NotebookState } from "../ipynb/write/state.ts";
import { initAutomerge } from "./automerge.ts";
import { CrdtDocument, ROOT } from "./crdt_document.ts";
import { documentState } from "./document_state.ts";
import { NotebookEditor } from "./editor.ts";
import { importNotebook } from "./import.ts";
import { ROOT_KEYS } from "./schema.ts";
import { codeCell, importOf, sync } from "./testing.ts";
import { textHunks } from "./text_hunks.ts";
import { writeState } from "./write_state.ts";

await initAutomerge();

function documentOf(state: NotebookState): Promise<CrdtDocument> {
  const input = importOf([...state.cells], { restOfMetadata: state.metadata });
  return importNotebook({ ...input, snapshot: state.snapshot });
}

function withSource(state: NotebookState, index: number, source: string): NotebookState {
  return { ...state, cells: state.cells.with(index, { ...state.cells[index]!, source }) };
}

Deno.test("textHunks() turns one text into another, from its end to its start", () => {
  for (let seed = 1; seed <= 500; seed++) {
    const random = new Random(seed);
    const lines = () =>
      Array.from({ length: random.below(6) }, () => random.pick(["a\n", "b\n", "é😀c"]));
    const [from, to] = [lines().join(""), lines().join("")];
    let text = from;
    for (const { index, deleteCount, insert } of textHunks(from, to)) {
      text = text.slice(0, index) + insert + text.slice(index + deleteCount);
    }
    assertEquals(text, to, `seed ${seed}`);
  }
});

Deno.test("writeState() makes a document say any other state, in one change", async () => {
  for (let seed = 1; seed <= 150; seed++) {
    const random = new Random(seed);
    const start = randomNotebook(random);
    using doc = await documentOf(start);
    const from = documentState(doc);
    const to = randomEdits(from, random, "t");
    const before = doc.heads();
    writeState(doc, from, to);
    assertEquals(documentState(doc), to, `seed ${seed}`);
    assert(doc.changesSince(before).length <= 1);
  }
});

Deno.test("writeState() leaves a document alone that says it already", async () => {
  using doc = await importNotebook(importOf([codeCell("a", { source: "1" })]));
  const state = documentState(doc);
  assertEquals(writeState(doc, state, state), false);
  assertEquals(writeState(doc, state, structuredClone(state)), false);
});

Deno.test("writeState() edits so finely that typing elsewhere in the cell survives", async () => {
  const source = "first\nsecond\nthird\nfourth\n";
  using doc = await importNotebook(importOf([codeCell("a", { source })]));
  using typing = doc.fork();
  new NotebookEditor(typing).spliceSource("a", source.indexOf("second") + 6, 0, " typed");
  const from = documentState(doc);
  writeState(doc, from, withSource(from, 0, "first!\nsecond\nthird\nfourth!\n"));
  sync(doc, typing);
  assertEquals(documentState(doc).cells[0]?.source, "first!\nsecond typed\nthird\nfourth!\n");
});

Deno.test("writeState() steps around what isn't a cell", async () => {
  using doc = await importNotebook(importOf([codeCell("a"), codeCell("b"), codeCell("c")]));
  doc.put(doc.idAt(ROOT, ROOT_KEYS.cells), 1, ["int", 7]);
  doc.commit();
  const from = documentState(doc);
  const cells = [from.cells[1]!, { ...codeCell("new") }, from.cells[0]!];
  writeState(doc, from, { ...from, cells });
  assertEquals(documentState(doc).cells.map(({ id }) => id), ["c", "new", "a"]);
});
