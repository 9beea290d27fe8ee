import { assertEquals, assertThrows } from "@std/assert";
import { NotebookdError } from "../errors.ts";
import { initAutomerge } from "./automerge.ts";
import { addConflicts, hasConflicts, readConflicts, resolveConflicts } from "./conflicts.ts";
import { type CrdtDocument, ROOT } from "./crdt_document.ts";
import { documentState } from "./document_state.ts";
import { importNotebook } from "./import.ts";
import { ROOT_KEYS } from "./schema.ts";
import { codeCell, importOf } from "./testing.ts";

await initAutomerge();

const IN_CELL = { cellId: "a", path: ["source"], theirs: "theirs" };
const IN_NOTEBOOK = { cellId: null, path: ["metadata", "title"], theirs: "T" };

function open(): Promise<CrdtDocument> {
  const cells = [codeCell("a", { source: "ours" }), codeCell("b")];
  return importNotebook(importOf(cells, { restOfMetadata: { title: "t" } }));
}

function sources(doc: CrdtDocument): string[] {
  return documentState(doc).cells.map(({ source }) => source);
}

Deno.test("addConflicts() keeps one for each place, the newer", async () => {
  using doc = await open();
  assertEquals(hasConflicts(doc), false);
  addConflicts(doc, [IN_CELL, IN_NOTEBOOK]);
  addConflicts(doc, [{ ...IN_CELL, theirs: "newer" }]);
  assertEquals(readConflicts(doc), [{ ...IN_CELL, theirs: "newer" }, IN_NOTEBOOK]);
  assertEquals(hasConflicts(doc), true);
});

Deno.test("readConflicts() skips what isn't one", async () => {
  using doc = await open();
  const list = doc.makeObject(ROOT, ROOT_KEYS.conflicts, "list");
  for (const text of ["{", "[]", '{"cell_id":1,"path":["x"]}', '{"path":[]}', '{"path":[1]}']) {
    doc.insert(list, 0, ["str", text]);
  }
  doc.insert(list, 0, ["int", 1]);
  doc.commit();
  assertEquals(readConflicts(doc), []);
});

Deno.test("resolveConflicts() keeps the side that was named", async () => {
  const kept = { ours: ["ours", ""], theirs: ["theirs", ""], both: ["ours", "theirs", ""] };
  for (const keep of ["ours", "theirs", "both"] as const) {
    using doc = await open();
    addConflicts(doc, [IN_CELL]);
    assertEquals(resolveConflicts(doc, keep), true);
    assertEquals(sources(doc), kept[keep]);
    assertEquals(hasConflicts(doc), false);
    assertEquals(resolveConflicts(doc, keep), false);
  }
});

Deno.test("resolveConflicts() refuses to keep both of what has one place, and changes nothing", async () => {
  using doc = await open();
  addConflicts(doc, [IN_CELL, IN_NOTEBOOK]);
  const heads = doc.heads();
  const error = assertThrows(() => resolveConflicts(doc, "both"), NotebookdError);
  assertEquals(error.code, "invalid_argument");
  assertEquals(doc.heads(), heads);
  resolveConflicts(doc, "theirs");
  assertEquals(documentState(doc).metadata, { title: "T" });
});

Deno.test("resolveConflicts() brings a cell back whose source was in question", async () => {
  using doc = await open();
  addConflicts(doc, [
    { cellId: "gone", path: ["source"], theirs: "back" },
    { cellId: "gone too", path: ["outputs"], theirs: [] },
  ]);
  resolveConflicts(doc, "theirs");
  assertEquals(sources(doc), ["ours", "", "back"]);
});
