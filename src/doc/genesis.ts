/**
 * The first change of every document: an empty list of cells and an empty map of metadata. All
 * histories share it, so that two which share nothing else still have one list of cells when they
 * meet, and no side vanishes behind the other.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { CrdtDocument, ROOT } from "./crdt_document.ts";
import { GENESIS, ROOT_KEYS } from "./schema.ts";

let heads: readonly string[] | undefined;

/** Makes a document that holds the first change and nothing else. */
export function genesisDocument(): CrdtDocument {
  const actor = createHash("sha256").update(GENESIS).digest("hex").slice(0, 32);
  const doc = CrdtDocument.create({ actor });
  doc.makeObject(ROOT, ROOT_KEYS.cells, "list");
  doc.makeObject(ROOT, ROOT_KEYS.metadata, "map");
  doc.commit();
  return doc;
}

/** The heads of {@linkcode genesisDocument}. */
export function genesisHeads(): readonly string[] {
  if (heads === undefined) {
    using doc = genesisDocument();
    heads = doc.heads();
  }
  return heads;
}
