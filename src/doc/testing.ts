/**
 * What the tests of this folder share.
 *
 * @module
 */

import { SeededRandom } from "../testing_random.ts";
import type { NotebookCell } from "../ipynb/notebook.ts";
import type { CrdtDocument } from "./crdt_document.ts";
import { genesisActor, type ImportInput } from "./import.ts";
import { SyncPeer } from "./sync.ts";

/** A code cell. */
export function codeCell(id: string, rest: Partial<NotebookCell> = {}): NotebookCell {
  return { id, cellType: "code", source: "", executionCount: null, outputs: [], ...rest };
}

/** An import of these cells. */
export function importOf(cells: NotebookCell[], rest: Partial<ImportInput> = {}): ImportInput {
  return {
    notebookId: "/home/user/notebook.ipynb",
    contentHash: "0".repeat(64),
    notebook: { nbformat: 4, nbformatMinor: 5, cells, extra: {} },
    runtime: "python",
    snapshot: '{"runt":{"schema_version":"1"}}',
    restOfMetadata: {},
    ...rest,
  };
}

/** The actor of an import with this content hash. */
export function actorOf(contentHash: string): string {
  return genesisActor(importOf([], { contentHash }));
}

/** Lets two peers talk until neither has anything to say. */
export function converse(one: SyncPeer, other: SyncPeer): void {
  for (let talking = true; talking;) {
    const there = one.generate();
    if (there !== null) other.receive(there);
    const back = other.generate();
    if (back !== null) one.receive(back);
    talking = there !== null || back !== null;
  }
}

/** Syncs two documents over a new connection. */
export function sync(one: CrdtDocument, other: CrdtDocument): void {
  converse(new SyncPeer(one), new SyncPeer(other));
}

/** Numbers in [0, 1) that are the same for the same seed. */
export function seededRandom(seed: number): () => number {
  const random = new SeededRandom(seed);
  return () => random.next();
}
