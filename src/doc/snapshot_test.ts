import { assertEquals } from "@std/assert";
import { initAutomerge } from "./automerge.ts";
import { scalarString } from "./bulk_value.ts";
import { CrdtDocument, ROOT } from "./crdt_document.ts";
import {
  cellCount,
  readCells,
  readNotebookMetadata,
  readRuntime,
  readSnapshotText,
} from "./snapshot.ts";

await initAutomerge();

const EMPTY_METADATA = {
  runtime: "python",
  snapshot: null,
  notebook: {},
  nbformat: null,
  nbformatMinor: null,
  extra: {},
};

Deno.test("readCells() and the rest give defaults for an empty document", () => {
  using doc = CrdtDocument.create();
  assertEquals(readCells(doc), []);
  assertEquals(cellCount(doc), 0);
  assertEquals(readNotebookMetadata(doc), EMPTY_METADATA);
  assertEquals(readSnapshotText(doc), null);
  assertEquals(readRuntime(doc), "python");
});

Deno.test("readCells() and the rest don't mind objects of the wrong type", () => {
  using doc = CrdtDocument.create();
  for (const value of ["str", "text", "map"] as const) {
    for (const key of ["cells", "metadata", "notebook_id"]) {
      if (value === "str") doc.put(ROOT, key, ["str", "wrong"]);
      else if (value === "text") doc.makeText(ROOT, key, "wrong");
      else doc.makeObject(ROOT, key, key === "metadata" ? "list" : "map");
    }
    assertEquals(readCells(doc), []);
    assertEquals(cellCount(doc), 0);
    assertEquals(readNotebookMetadata(doc), EMPTY_METADATA);
  }
});

Deno.test("readCells() skips what isn't a cell and defaults what is missing or wrong", () => {
  using doc = CrdtDocument.create();
  const list = doc.makeObject(ROOT, "cells", "list");
  const scalar = scalarString;
  doc.spliceList(list, 0, 0, [
    scalar("no cell"),
    {},
    null,
    {
      id: scalar("wrong"),
      cell_type: 7,
      source: scalar("a scalar source"),
      execution_count: 4,
      outputs: [scalar("one"), "two", 3, {}, null],
      metadata: scalar("no map"),
      attachments: [],
      extra: { kept: true },
    },
    { id: "a Text id", source: {}, execution_count: scalar("1.5"), outputs: {} },
    [],
  ]);
  doc.commit();
  const empty = { cell_type: "code", source: "", execution_count: "null", outputs: [] };
  assertEquals(readCells(doc), [
    { id: "", ...empty },
    {
      id: "wrong",
      cell_type: "code",
      source: "a scalar source",
      execution_count: "4",
      outputs: ["one", "two"],
      extra: { kept: true },
    },
    { id: "a Text id", ...empty },
  ]);
});

Deno.test("readNotebookMetadata() reads what is usable of damaged metadata", () => {
  using doc = CrdtDocument.create();
  doc.putTree(ROOT, "metadata", {
    runtime: "deno",
    notebook_metadata: scalarString("{}"),
    notebook: scalarString("no map"),
    nbformat: scalarString("4"),
    nbformat_minor: 5,
    extra: { a: [] },
  });
  assertEquals(readNotebookMetadata(doc), {
    runtime: "deno",
    snapshot: "{}",
    notebook: {},
    nbformat: null,
    nbformatMinor: 5,
    extra: { a: [] },
  });
});
