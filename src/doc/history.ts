/**
 * Which history a document has.
 *
 * @module
 */

import type { CrdtDocument } from "./crdt_document.ts";
import { genesisHeads } from "./genesis.ts";

/**
 * Names the history of a document: the hash of the first change that not every document has, or ""
 * where there is none. All who imported the same bytes under the same id have the same one; what is
 * merged in later doesn't change it. Two documents that differ in it share nothing worth merging.
 */
export function historyId(doc: CrdtDocument): string {
  return doc.changesSince(genesisHeads())[0]?.hash ?? "";
}
