import { assert, assertEquals } from "@std/assert";
import { initAutomerge } from "./automerge.ts";
import { CellIndex } from "./cell_index.ts";
import { scalarString } from "./bulk_value.ts";
import { type CrdtDocument, ROOT } from "./crdt_document.ts";
import { NotebookEditor } from "./editor.ts";
import { importNotebook } from "./import.ts";
import { codeCell, importOf } from "./testing.ts";

await initAutomerge();

function notebook(...ids: string[]): Promise<CrdtDocument> {
  return importNotebook(importOf(ids.map((id) => codeCell(id))));
}

Deno.test("CellIndex.find() follows cells as others come, go and move", async () => {
  using doc = await notebook("a", "b", "c");
  const index = new CellIndex(doc);
  const editor = new NotebookEditor(doc);
  const where = (id: string) => index.find(id)?.index ?? null;
  assertEquals(["a", "b", "c", "z"].map(where), [0, 1, 2, null]);
  editor.insertCell(0, { id: "new" });
  assertEquals(["a", "b", "c", "new"].map(where), [1, 2, 3, 0]);
  editor.deleteCell("b");
  editor.moveCell("c", 0);
  assertEquals(["a", "b", "c", "new"].map(where), [2, null, 0, 1]);
});

Deno.test("CellIndex.find() finds the first of two cells with one id", async () => {
  using doc = await notebook("a", "b");
  doc.put(doc.idAt(doc.idAt(ROOT, "cells"), 1), "id", ["str", "a"]);
  doc.commit();
  const index = new CellIndex(doc);
  assertEquals(index.find("a")?.index, 0);
  assertEquals(index.find("b"), null);
  doc.delete(doc.idAt(ROOT, "cells"), 0);
  doc.commit();
  assertEquals(index.find("a")?.index, 0);
});

Deno.test("CellIndex.find() doesn't find a cell in a list that was replaced", async () => {
  using doc = await notebook("a");
  const index = new CellIndex(doc);
  assert(index.find("a") !== null);
  const list = doc.makeObject(ROOT, "cells", "list");
  doc.spliceList(list, 0, 0, [{ id: scalarString("b") }, scalarString("no cell")]);
  doc.commit();
  assertEquals(index.find("a"), null);
  assertEquals(index.find("b")?.list, list);
});
