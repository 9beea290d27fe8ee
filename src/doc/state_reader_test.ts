import { assert, assertEquals } from "@std/assert";
import { SeededRandom } from "../testing_random.ts";
import { initAutomerge } from "./automerge.ts";
import { type CrdtDocument, ROOT } from "./crdt_document.ts";
import { documentState } from "./document_state.ts";
import { NotebookEditor } from "./editor.ts";
import { importNotebook } from "./import.ts";
import { ROOT_KEYS } from "./schema.ts";
import { StateReader } from "./state_reader.ts";
import { codeCell, importOf, sync } from "./testing.ts";

await initAutomerge();

const pause = () => Promise.resolve();

function openDocument(count: number): Promise<CrdtDocument> {
  const cells = Array.from({ length: count }, (_, n) => codeCell(`c${n}`, { source: `x = ${n}` }));
  return importNotebook(importOf(cells, { restOfMetadata: { title: "t" } }));
}

Deno.test("read() gives what the document says, and the same objects for what didn't change", async () => {
  using doc = await openDocument(20);
  const reader = new StateReader(doc);
  const first = await reader.read(pause);
  assertEquals(first, { state: documentState(doc), heads: doc.heads() });
  new NotebookEditor(doc).spliceSource("c7", 0, 1, "y");
  const second = await reader.read(pause);
  assertEquals(second.state, documentState(doc));
  const same = second.state.cells.filter((cell, index) => cell === first.state.cells[index]);
  assertEquals(same.length, 19);
});

Deno.test("read() believes what it is told of a document whose heads are the ones it has", async () => {
  using doc = await openDocument(3);
  const state = documentState(doc);
  const reader = new StateReader(doc, { known: { state, heads: doc.heads() } });
  const read = await reader.read(pause);
  assert(read.state.cells.every((cell, index) => cell === state.cells[index]));
  const stranger = new StateReader(doc, { known: { state: { ...state, cells: [] }, heads: [] } });
  assertEquals((await stranger.read(pause)).state, state);
});

Deno.test("read() catches up with what is typed while it pauses", async () => {
  using doc = await openDocument(40);
  const editor = new NotebookEditor(doc);
  let pauses = 0;
  const read = await new StateReader(doc).read(() => {
    pauses++;
    if (pauses === 1) editor.setSource("c0", "typed");
    if (pauses === 2) editor.deleteCell("c1");
    return Promise.resolve();
  });
  assert(pauses > 2);
  assertEquals(read, { state: documentState(doc), heads: doc.heads() });
});

Deno.test("read() follows any edits, of this document or merged from another", async () => {
  for (let seed = 1; seed <= 30; seed++) {
    const random = new SeededRandom(seed);
    using doc = await openDocument(6);
    using other = doc.fork();
    const reader = new StateReader(doc);
    for (let step = 0; step < 25; step++) {
      editSomehow(random.below(4) === 0 ? other : doc, random);
      if (random.below(6) === 0) sync(doc, other);
      if (random.below(3) > 0) continue;
      const { state, heads } = await reader.read(pause);
      assertEquals(state, documentState(doc), `seed ${seed}, step ${step}`);
      assertEquals(heads, doc.heads());
    }
  }
});

function editSomehow(doc: CrdtDocument, random: SeededRandom): void {
  const editor = new NotebookEditor(doc);
  const list = doc.idAt(ROOT, ROOT_KEYS.cells);
  const length = doc.length(list);
  const { cells } = documentState(doc);
  const id = cells.length === 0 ? undefined : cells[random.below(cells.length)]?.id;
  switch (random.below(9)) {
    case 0:
      return void editor.insertCell(random.below(length + 1), { source: `n${random.below(99)}` });
    case 1:
      return editor.setNotebookMetadata(`k${random.below(2)}`, { deep: [random.below(9)] });
    case 2:
      if (length > 0) doc.delete(list, random.below(length));
      return void doc.commit();
    case 3:
      // A foreign client may put anything anywhere.
      if (length > 0) doc.put(list, random.below(length), ["int", 7]);
      return void doc.commit();
  }
  if (id === undefined || id === "" || cells.filter((cell) => cell.id === id).length > 1) return;
  switch (random.below(5)) {
    case 0:
      return editor.moveCell(id, random.below(length));
    case 1:
      return editor.setOutputs(id, ['{"n":1}']);
    case 2:
      return editor.setCellMetadata(id, "tags", [`t${random.below(5)}`]);
    case 3:
      return editor.setExecutionCount(id, random.below(50));
    default:
      return editor.spliceSource(id, 0, 0, "z");
  }
}
