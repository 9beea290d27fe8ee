import { assert, assertEquals, assertNotEquals, assertRejects } from "@std/assert";
import type { JsonObject } from "../json.ts";
import { initAutomerge } from "./automerge.ts";
import { ROOT, type TypedValue } from "./crdt_document.ts";
import { beginImport, genesisActor, importNotebook, importSlices } from "./import.ts";
import { readCells, readNotebookMetadata } from "./snapshot.ts";
import { SLICE_COST } from "./slicer.ts";
import { actorOf, codeCell, importOf, sync } from "./testing.ts";

await initAutomerge();

/** Changes only when GENESIS does: a client may hold a history that was imported long ago. */
const GOLDEN_HEADS = ["b560a5560a8e886bbc1234721eda0dcd69c5a4c5ccdf0abd57d2cd7024936c2a"];

function goldenInput() {
  return importOf([
    codeCell("first", {
      source: "print('é😀')\n",
      executionCount: 3,
      outputs: ['{"output_type":"stream","name":"stdout","text":"1.0"}'],
      metadata: { tags: ["x"], nested: { deep: [1, 1.5, null, true, "s"] } },
    }),
    codeCell("second", { cellType: "markdown", attachments: { "a.png": { "image/png": "AA==" } } }),
    codeCell("third", { cellType: "raw", extra: { unknown: 1e300 } }),
    ...Array.from(
      { length: 100 },
      (_, n) => codeCell(`many-${n}`, { source: "x = 1\n".repeat(40) }),
    ),
  ], { restOfMetadata: { title: "t", widgets: { state: {} } } });
}

Deno.test("importNotebook() gives the same heads today as ever", async () => {
  using doc = await importNotebook(goldenInput());
  assertEquals(doc.heads(), GOLDEN_HEADS);
});

Deno.test("importNotebook() gives every value the type that the protocol names", async () => {
  using doc = await importNotebook(goldenInput());
  const type = (value: TypedValue | null) => value?.[0];
  const cells = doc.idAt(ROOT, "cells");
  assertEquals(doc.get(ROOT, "notebook_id"), ["str", "/home/user/notebook.ipynb"]);
  assertEquals(type(doc.get(ROOT, "cells")), "list");
  const metadata = doc.idAt(ROOT, "metadata");
  assertEquals(doc.get(metadata, "runtime"), ["str", "python"]);
  assertEquals(doc.get(metadata, "notebook_metadata"), ["str", '{"runt":{"schema_version":"1"}}']);
  assertEquals(doc.get(metadata, "nbformat"), ["int", 4]);
  assertEquals(doc.get(metadata, "nbformat_minor"), ["int", 5]);
  assertEquals(type(doc.get(metadata, "notebook")), "map");
  for (let index = 0; index < doc.length(cells); index++) {
    const cell = doc.idAt(cells, index);
    assertEquals(type(doc.get(cells, index)), "map");
    for (const key of ["id", "cell_type", "execution_count"]) {
      assertEquals(type(doc.get(cell, key)), "str", key);
    }
    assertEquals(type(doc.get(cell, "source")), "text");
    assertEquals(type(doc.get(cell, "outputs")), "list");
  }
  const first = doc.idAt(cells, 0);
  assertEquals(doc.get(first, "execution_count"), ["str", "3"]);
  assertEquals(type(doc.get(doc.idAt(first, "outputs"), 0)), "str");
  assertEquals(type(doc.get(doc.idAt(first, "metadata"), "tags")), "list");
  assertEquals(doc.get(doc.idAt(first, "metadata"), "missing"), null);
  assertEquals(doc.get(doc.idAt(cells, 1), "execution_count"), ["str", "null"]);
});

Deno.test("importNotebook() keeps everything that the notebook holds", async () => {
  const input = goldenInput();
  using doc = await importNotebook(input);
  const cells = readCells(doc);
  assertEquals(cells.length, input.notebook.cells.length);
  for (const [index, cell] of input.notebook.cells.entries()) {
    const { cellType: cell_type, executionCount, ...rest } = cell;
    assertEquals(cells[index], { ...rest, cell_type, execution_count: String(executionCount) });
  }
  assertEquals(readNotebookMetadata(doc), {
    runtime: "python",
    snapshot: '{"runt":{"schema_version":"1"}}',
    notebook: input.restOfMetadata,
    nbformat: 4,
    nbformatMinor: 5,
    extra: {},
  });
});

Deno.test("importNotebook() gives equal heads for equal input, and fresh actors", async () => {
  using one = await importNotebook(goldenInput());
  using other = await importNotebook(goldenInput());
  assertEquals(one.heads(), other.heads());
  assertNotEquals(one.actor, other.actor);
  assertNotEquals(one.actor, actorOf("0".repeat(64)));
});

Deno.test("importNotebook() of changed content can be merged with the old", async () => {
  using old = await importNotebook(importOf([codeCell("a", { source: "1" })]));
  using changed = await importNotebook(
    importOf([codeCell("a", { source: "2" })], { contentHash: "1".repeat(64) }),
  );
  using moved = await importNotebook(
    importOf([codeCell("a", { source: "1" })], { notebookId: "/elsewhere.ipynb" }),
  );
  sync(old, changed);
  sync(old, moved);
  sync(changed, moved);
  assertEquals(old.heads().length, 3);
  assertEquals(old.heads(), moved.heads());
  sync(changed, old);
  assertEquals(changed.heads(), old.heads());
});

Deno.test("importNotebook() leaves out the snapshot when there is none", async () => {
  using doc = await importNotebook(importOf([], { snapshot: null }));
  assertEquals(doc.get(doc.idAt(ROOT, "metadata"), "notebook_metadata"), null);
  assertEquals(readNotebookMetadata(doc).snapshot, null);
});

Deno.test("importNotebook() stops between slices when its signal is aborted", async () => {
  const controller = new AbortController();
  const pause = () => Promise.resolve(controller.abort(new Error("stop")));
  const run = importNotebook(goldenInput(), { pause, signal: controller.signal });
  await assertRejects(() => run, Error, "stop");
});

Deno.test("importSlices() cuts many cells, a giant source, outputs and metadata alike", () => {
  const giant = "😀abc\n".repeat(20_000);
  const widgets: JsonObject = {};
  for (let n = 0; n < 900; n++) widgets[`w${n}`] = { model: n, state: { value: `v${n}` } };
  const input = importOf([
    codeCell("giant", { source: giant }),
    codeCell("outputs", { outputs: Array.from({ length: 5_000 }, (_, n) => `{"n":${n}}`) }),
    ...Array.from({ length: 200 }, (_, n) => codeCell(`c${n}`, { source: "y".repeat(200) })),
    codeCell("last", { source: "a".repeat(4_500), metadata: { deep: deep(900) } }),
  ], { restOfMetadata: { widgets } });
  using doc = beginImport(input);
  let before = doc.heads();
  let largest = 0;
  let slices = 0;
  for (const _slice of importSlices(doc, input)) {
    largest = Math.max(largest, doc.saveSince(before).byteLength);
    before = doc.heads();
    slices++;
  }
  assert(slices > giant.length / SLICE_COST + 10, `${slices} slices`);
  assert(largest < 6 * SLICE_COST, `${largest} bytes in one slice`);
  const cells = readCells(doc);
  assertEquals(cells[0]?.source, giant);
  assertEquals(cells[1]?.outputs.length, 5_000);
  assertEquals(cells[1]?.outputs[4_999], '{"n":4999}');
  // As text: comparing so deep takes more of the stack than there may be.
  assertEquals(JSON.stringify(cells.at(-1)?.metadata), JSON.stringify({ deep: deep(900) }));
  assertEquals(readNotebookMetadata(doc).notebook, { widgets });
});

Deno.test("genesisActor() differs with whatever the operations depend on", () => {
  const input = importOf([]);
  const actors = [
    input,
    { ...input, notebookId: "/other.ipynb" },
    { ...input, contentHash: "2" },
    { ...input, runtime: "deno" },
    { ...input, snapshot: null },
  ].map(genesisActor);
  assertEquals(new Set(actors).size, actors.length);
  assert(actors.every((actor) => /^[0-9a-f]{32}$/.test(actor)));
});

function deep(levels: number): JsonObject {
  let value: JsonObject = {};
  for (let level = 1; level < levels; level++) value = { in: value };
  return value;
}
