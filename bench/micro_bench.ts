/**
 * The steps behind what a person waits for, one by one: `deno bench bench/`.
 *
 * @module
 */

import { initAutomerge } from "../src/doc/automerge.ts";
import { CrdtDocument } from "../src/doc/crdt_document.ts";
import { NotebookEditor } from "../src/doc/editor.ts";
import { importNotebook } from "../src/doc/import.ts";
import { readCells } from "../src/doc/snapshot.ts";
import { SyncPeer } from "../src/doc/sync.ts";
import { parseNotebook } from "../src/ipynb/parse.ts";
import { notebookText } from "../tests/helpers/notebook_file.ts";

await initAutomerge();

/** The file's bytes of a notebook with this many cells of 360 characters. */
function bytesOf(cells: number, sourceLength = 360): Uint8Array {
  return new TextEncoder().encode(notebookText({ cells, sourceLength }));
}

async function documentOf(bytes: Uint8Array): Promise<CrdtDocument> {
  return await importNotebook({
    notebookId: "/bench.ipynb",
    contentHash: "bench",
    notebook: parseNotebook(bytes).notebook,
    runtime: "python",
    snapshot: '{"runt":{"schema_version":"1"}}',
    restOfMetadata: {},
  });
}

const thousand = bytesOf(1000);
const hundred = bytesOf(100);

Deno.bench("JSON.parse of 1,000 cells", { group: "parse", baseline: true }, () => {
  JSON.parse(new TextDecoder().decode(thousand));
});
Deno.bench("parseNotebook of 1,000 cells", { group: "parse" }, () => {
  parseNotebook(thousand);
});

Deno.bench("import of 100 cells", { group: "import", baseline: true }, async () => {
  using _doc = await documentOf(hundred);
});
Deno.bench("import of 1,000 cells", { group: "import" }, async () => {
  using _doc = await documentOf(thousand);
});

const saved = (await documentOf(thousand)).save();
Deno.bench("load of the saved 1,000 cells", { group: "import" }, () => {
  using _doc = CrdtDocument.load(saved);
});

/** Two documents in step, and what types into one of them. */
async function pair(bytes: Uint8Array) {
  const room = await documentOf(bytes);
  const client = room.fork();
  const [toRoom, toClient] = [new SyncPeer(client), new SyncPeer(room)];
  for (let talking = true; talking;) {
    const out = toRoom.generate();
    if (out !== null) toClient.receive(out);
    const back = toClient.generate();
    if (back !== null) toRoom.receive(back);
    talking = out !== null || back !== null;
  }
  const id = readCells(client)[0]?.id ?? "";
  return { editor: new NotebookEditor(client), id, toRoom, toClient };
}

/** One keystroke's way: typed, sent, taken in by the room, answered. */
function keystroke({ editor, id, toRoom, toClient }: Awaited<ReturnType<typeof pair>>): void {
  editor.spliceSource(id, 0, 0, "k");
  const message = toRoom.generate();
  if (message !== null) toClient.receive(message);
  toRoom.receive(toClient.generateAlways());
}

const small = await pair(bytesOf(10));
const large = await pair(thousand);
const longCell = await pair(bytesOf(1, 32_000));

Deno.bench("keystroke, 10 cells", { group: "keystroke", baseline: true }, () => keystroke(small));
Deno.bench("keystroke, 1,000 cells", { group: "keystroke" }, () => keystroke(large));
Deno.bench("keystroke, one cell of 32,000 characters", { group: "keystroke" }, () => {
  keystroke(longCell);
});
