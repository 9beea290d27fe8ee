import { assert, assertEquals, assertThrows } from "@std/assert";
import { NotebookdError } from "../errors.ts";
import { initAutomerge } from "./automerge.ts";
import { CrdtDocument, ROOT } from "./crdt_document.ts";
import { NotebookEditor } from "./editor.ts";
import { importNotebook } from "./import.ts";
import { readCells, readNotebookMetadata } from "./snapshot.ts";
import { codeCell, importOf, seededRandom, sync } from "./testing.ts";

await initAutomerge();

const sources = (doc: CrdtDocument) => readCells(doc).map(({ source }) => source);
const ids = (doc: CrdtDocument) => readCells(doc).map(({ id }) => id);

function refused(edit: () => unknown): void {
  assertEquals(assertThrows(edit, NotebookdError).code, "invalid_argument");
}

Deno.test("NotebookEditor edits make one change each, with the time given", async () => {
  using doc = await importNotebook(importOf([codeCell("a", { source: "1", outputs: ["{}"] })]));
  const editor = new NotebookEditor(doc, { now: () => 1_700_000_000 });
  const edits = [
    () => editor.insertCell(1, { id: "b", source: "2", metadata: { tags: [] } }),
    () => editor.spliceSource("a", 1, 0, "0"),
    () => editor.setSource("b", "22"),
    () => editor.setCellType("b", "markdown"),
    () => editor.setCellMetadata("a", "collapsed", true),
    () => editor.setCellMetadata("a", "nested", { list: [1, { x: null }] }),
    () => editor.setCellMetadata("a", "collapsed", undefined),
    () => editor.setNotebookMetadata("title", "t"),
    () => editor.setSnapshot("{}"),
    () => editor.setRuntime("deno"),
    () => editor.setOutputs("a", ["{}", "{}"]),
    () => editor.setExecutionCount("a", 7),
    () => editor.moveCell("a", 1),
    () => editor.clearOutputs("a"),
    () => editor.deleteCell("b"),
  ];
  for (const edit of edits) {
    const before = doc.heads();
    edit();
    assertEquals(doc.changesSince(before).map(({ actor }) => actor), [doc.actor], `${edit}`);
  }
  assertEquals(readCells(doc), [{
    id: "a",
    cell_type: "code",
    source: "10",
    execution_count: "null",
    outputs: [],
    metadata: { nested: { list: [1, { x: null }] } },
  }]);
  const { runtime, snapshot, notebook } = readNotebookMetadata(doc);
  assertEquals({ runtime, snapshot, notebook }, {
    runtime: "deno",
    snapshot: "{}",
    notebook: { title: "t" },
  });
});

Deno.test("NotebookEditor edits that change nothing make no change", async () => {
  using doc = await importNotebook(importOf([codeCell("a", { source: "1" })]));
  const editor = new NotebookEditor(doc);
  const before = doc.heads();
  editor.setSource("a", "1");
  editor.setCellType("a", "code");
  editor.setExecutionCount("a", null);
  editor.moveCell("a", 0);
  editor.setCellMetadata("a", "missing", undefined);
  editor.setNotebookMetadata("missing", undefined);
  editor.setSnapshot('{"runt":{"schema_version":"1"}}');
  assertEquals(doc.heads(), before);
});

Deno.test("NotebookEditor works on a document that has nothing yet", () => {
  using doc = CrdtDocument.create();
  const editor = new NotebookEditor(doc);
  editor.setNotebookMetadata("title", "t");
  using other = CrdtDocument.create();
  new NotebookEditor(other).setSnapshot("{}");
  const id = editor.insertCell(0);
  assert(/^[0-9a-f-]{36}$/.test(id));
  assertEquals(readCells(doc), [{
    id,
    cell_type: "code",
    source: "",
    execution_count: "null",
    outputs: [],
  }]);
  assertEquals(doc.get(doc.idAt(doc.idAt(ROOT, "cells"), 0), "source")?.[0], "text");
  assertEquals(readNotebookMetadata(other).snapshot, "{}");
});

Deno.test("NotebookEditor edits refuse cells and positions that aren't there, and leave nothing", async () => {
  using doc = await importNotebook(importOf([codeCell("a", { source: "😀" }), codeCell("b")]));
  const editor = new NotebookEditor(doc);
  const before = doc.heads();
  refused(() => editor.deleteCell("z"));
  refused(() => editor.insertCell(3));
  refused(() => editor.insertCell(-1));
  refused(() => editor.insertCell(0.5));
  refused(() => editor.insertCell(0, { id: "a" }));
  refused(() => editor.insertCell(0, { id: "" }));
  refused(() => editor.moveCell("a", 2));
  refused(() => editor.spliceSource("a", 3, 0, "x"));
  refused(() => editor.spliceSource("a", 1, 2, "x"));
  refused(() => editor.spliceSource("a", 0, -1, "x"));
  refused(() => editor.spliceSource("a", NaN, 0, "x"));
  assertEquals(doc.heads(), before);
  assertEquals(sources(doc), ["😀", ""]);
});

Deno.test("NotebookEditor.spliceSource() counts as JavaScript strings do", async () => {
  const seed = 5;
  const random = seededRandom(seed);
  using doc = await importNotebook(importOf([codeCell("a")]));
  const editor = new NotebookEditor(doc);
  let expected = "";
  for (let round = 0; round < 300; round++) {
    const boundaries = [0];
    for (const character of expected) boundaries.push((boundaries.at(-1) ?? 0) + character.length);
    const pick = () => boundaries[Math.floor(random() * boundaries.length)] ?? 0;
    const [start = 0, end = 0] = [pick(), pick()].sort((one, other) => one - other);
    const insert = ["", "a", "é", "😀", "x😀y\n", "👩‍👩‍👧"][Math.floor(random() * 6)] ?? "";
    editor.spliceSource("a", start, end - start, insert);
    expected = expected.slice(0, start) + insert + expected.slice(end);
    assertEquals(sources(doc), [expected], `seed ${seed}, round ${round}`);
  }
});

Deno.test("NotebookEditor.spliceSource() makes lone surrogates well formed", async () => {
  using doc = await importNotebook(importOf([codeCell("a", { source: "b\udc00" })]));
  const editor = new NotebookEditor(doc);
  editor.spliceSource("a", 0, 0, "\ud800");
  assertEquals(sources(doc), ["\ufffdb\ufffd"]);
});

Deno.test("NotebookEditor.setSource() keeps what others type elsewhere in the cell", async () => {
  using doc = await importNotebook(importOf([codeCell("a", { source: "one two three" })]));
  using other = doc.fork();
  new NotebookEditor(doc).setSource("a", "ONE two three");
  new NotebookEditor(other).setSource("a", "one two 😀 three");
  sync(doc, other);
  assertEquals(sources(doc), ["ONE two 😀 three"]);
  assertEquals(sources(other), sources(doc));
});

Deno.test("NotebookEditor.moveCell() keeps all of the cell and its id", async () => {
  using doc = await importNotebook(importOf([
    codeCell("a", {
      source: "1",
      executionCount: 1,
      outputs: ["{}"],
      metadata: { m: 1 },
      attachments: { f: {} },
      extra: { e: 1e300 },
    }),
    codeCell("b"),
    codeCell("c"),
  ]));
  const [whole] = readCells(doc);
  const editor = new NotebookEditor(doc);
  editor.moveCell("a", 2);
  assertEquals(ids(doc), ["b", "c", "a"]);
  editor.moveCell("a", 1);
  assertEquals(ids(doc), ["b", "a", "c"]);
  editor.moveCell("a", 0);
  assertEquals(ids(doc), ["a", "b", "c"]);
  assertEquals(readCells(doc)[0], whole);
});

Deno.test("NotebookEditor finds cells that others inserted, moved and deleted", async () => {
  using doc = await importNotebook(importOf([codeCell("a"), codeCell("b"), codeCell("c")]));
  const editor = new NotebookEditor(doc);
  editor.setSource("c", "before");
  using other = doc.fork();
  const theirs = new NotebookEditor(other);
  theirs.insertCell(0, { id: "new" });
  theirs.deleteCell("b");
  theirs.moveCell("c", 0);
  sync(doc, other);
  editor.setSource("c", "after");
  editor.setSource("new", "here");
  refused(() => editor.setSource("b", "gone"));
  assertEquals(readCells(doc).map(({ id, source }) => [id, source]), [
    ["c", "after"],
    ["new", "here"],
    ["a", ""],
  ]);
});

Deno.test("NotebookEditor finds a cell that a client gave another id", async () => {
  using doc = await importNotebook(importOf([codeCell("a", { source: "1" })]));
  const editor = new NotebookEditor(doc);
  editor.setSource("a", "2");
  doc.put(doc.idAt(doc.idAt(ROOT, "cells"), 0), "id", ["str", "renamed"]);
  doc.commit();
  refused(() => editor.setSource("a", "3"));
  editor.setSource("renamed", "4");
  assertEquals(sources(doc), ["4"]);
});
