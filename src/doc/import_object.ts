/**
 * Puts JSON objects into a document that is being made, slice by slice.
 *
 * @module
 */

import type { JsonObject } from "../json.ts";
import type { CrdtDocument, ObjectId } from "./crdt_document.ts";
import { type BulkTree, putJson, toBulk } from "./json_tree.ts";
import { COSTS, type Slicer } from "./slicer.ts";

/** What it costs to insert a tree at once, in the slicer's units. */
export function treeCost(tree: BulkTree): number {
  return tree.values * COSTS.treeValue + tree.characters * COSTS.scalarCharacter;
}

/** Puts a JSON object under a key of a map, at once if it is small, else in slices. */
export function* importObject(
  doc: CrdtDocument,
  slicer: Slicer,
  map: ObjectId,
  [key, value]: readonly [string, JsonObject],
): Generator<void> {
  const bulk = toBulk(value);
  if (bulk !== null) {
    yield* slicer.room(treeCost(bulk));
    doc.putTree(map, key, bulk.tree);
    return;
  }
  for (const characters of putJson(doc, map, key, value)) {
    yield* slicer.room(COSTS.value + characters * COSTS.scalarCharacter);
  }
}
