/**
 * Changing JSON in a document where it differs, and nowhere else.
 *
 * @module
 */

import { equalJson } from "../ipynb/write/equal.ts";
import { isJsonObject, type JsonObject } from "../json.ts";
import { writeJson } from "./cell_writer.ts";
import type { CrdtDocument, ObjectId } from "./crdt_document.ts";
import { objectAt } from "./snapshot.ts";

/**
 * Makes the map at a key say something else, key by key, without committing.
 *
 * @param from What it says now; undefined where it isn't there.
 * @param to What it shall say; undefined: it goes.
 */
export function changeMap(
  doc: CrdtDocument,
  parent: ObjectId,
  key: string,
  from: JsonObject | undefined,
  to: JsonObject | undefined,
): void {
  if (equalJson(from, to)) return;
  const map = objectAt(doc, parent, key, "map");
  if (to === undefined) {
    if (doc.get(parent, key) !== null) doc.delete(parent, key);
    return;
  }
  if (map === null || from === undefined) return writeJson(doc, parent, key, to);
  for (const name of Object.keys(from)) {
    if (!Object.hasOwn(to, name)) doc.delete(map, name);
  }
  for (const [name, value] of Object.entries(to)) {
    const before = Object.hasOwn(from, name) ? from[name] : undefined;
    if (before !== undefined && equalJson(before, value)) continue;
    if (isJsonObject(before) && isJsonObject(value)) changeMap(doc, map, name, before, value);
    else writeJson(doc, map, name, value);
  }
}
