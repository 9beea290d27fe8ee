import { assert, assertEquals } from "@std/assert";
import { initAutomerge } from "./automerge.ts";
import { readConflicts } from "./conflicts.ts";
import { CrdtDocument, ROOT } from "./crdt_document.ts";
import { documentState } from "./document_state.ts";
import { NotebookEditor } from "./editor.ts";
import { bringsForeignHistory, foldCells, hasDoubledIds } from "./fold.ts";
import { genesisDocument } from "./genesis.ts";
import { historyId } from "./history.ts";
import { importNotebook } from "./import.ts";
import { ROOT_KEYS } from "./schema.ts";
import { codeCell, importOf, sync } from "./testing.ts";

await initAutomerge();

function importAs(hash: string, ...sources: string[]): Promise<CrdtDocument> {
  const cells = sources.map((source, index) => codeCell(`c${index}`, { source }));
  return importNotebook(importOf(cells, { contentHash: hash.repeat(64) }));
}

Deno.test("foldCells() makes one cell of the same one in two histories, and loses nothing", async () => {
  using daemon = await importAs("1", "same", "of the file");
  using client = await importAs("2", "same", "of the client", "only there");
  const before = daemon.heads();
  sync(daemon, client);
  assert(bringsForeignHistory(daemon, before));
  assert(hasDoubledIds(documentState(daemon).cells));
  assertEquals(foldCells(daemon), true);
  const { cells } = documentState(daemon);
  assertEquals(cells.map(({ id }) => id).toSorted(), ["c0", "c1", "c2"]);
  const kept = JSON.stringify([cells, readConflicts(daemon)]);
  for (const text of ["of the file", "of the client", "only there"]) assert(kept.includes(text));
  assertEquals(readConflicts(daemon).map(({ cellId, path }) => [cellId, path]), [["c1", [
    "source",
  ]]]);
  assertEquals(foldCells(daemon), false);
});

Deno.test("foldCells() gives the same outcome wherever it is done", async () => {
  using one = await importAs("1", "a", "b");
  using other = await importAs("2", "x", "y");
  sync(one, other);
  foldCells(one);
  foldCells(other);
  assertEquals(documentState(one), documentState(other));
  assertEquals(readConflicts(one), readConflicts(other));
});

Deno.test("foldCells() takes over what only the other has", async () => {
  using doc = await importAs("1", "a");
  const editor = new NotebookEditor(doc);
  using other = doc.fork();
  new NotebookEditor(other).setOutputs("c0", ['{"n":1}']);
  editor.insertCell(1);
  const list = doc.idAt(ROOT, ROOT_KEYS.cells);
  const copy = doc.idAt(list, 1);
  doc.put(copy, "id", ["str", "c0"]);
  doc.commit();
  sync(doc, other);
  foldCells(doc);
  assertEquals(documentState(doc).cells, [codeCell("c0", { source: "a", outputs: ['{"n":1}'] })]);
});

Deno.test("bringsForeignHistory() is false for typing, and for a document that had nothing", async () => {
  using doc = await importAs("1", "a");
  using other = doc.fork();
  const before = doc.heads();
  new NotebookEditor(other).setSource("c0", "typed");
  sync(doc, other);
  assertEquals(bringsForeignHistory(doc, before), false);
  using empty = genesisDocument();
  const began = empty.heads();
  sync(empty, doc);
  assertEquals(bringsForeignHistory(empty, began), false);
});

Deno.test("historyId() is that of the import, whatever comes later", async () => {
  using doc = await importAs("1", "a");
  using same = await importAs("1", "a");
  using other = await importAs("2", "a");
  const id = historyId(doc);
  assertEquals(historyId(same), id);
  assert(historyId(other) !== id && id !== "");
  new NotebookEditor(doc).setSource("c0", "typed");
  sync(doc, other);
  assertEquals(historyId(doc), id);
  using loaded = CrdtDocument.load(doc.save());
  assertEquals(historyId(loaded), id);
});
