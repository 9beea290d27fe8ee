/**
 * Writes whole cells into a document.
 *
 * @module
 */

import { isJsonObject, type JsonObject, type JsonValue } from "../json.ts";
import type { CrdtDocument, ObjectId } from "./crdt_document.ts";
import { putJson, toBulk } from "./json_tree.ts";
import { CELL_KEYS } from "./schema.ts";
import type { CellSnapshot } from "./snapshot.ts";

/** Inserts a cell before the one at this index, without committing. */
export function writeCell(
  doc: CrdtDocument,
  list: ObjectId,
  index: number,
  cell: CellSnapshot,
): ObjectId {
  const object = doc.insertObject(list, index, "map");
  doc.put(object, CELL_KEYS.id, ["str", cell.id]);
  doc.put(object, CELL_KEYS.cellType, ["str", cell.cell_type]);
  doc.makeText(object, CELL_KEYS.source, cell.source);
  doc.put(object, CELL_KEYS.executionCount, ["str", cell.execution_count]);
  writeOutputs(doc, object, cell.outputs);
  for (const key of [CELL_KEYS.metadata, CELL_KEYS.attachments, CELL_KEYS.extra] as const) {
    const map = cell[key];
    if (map !== undefined) writeObject(doc, object, key, map);
  }
  return object;
}

/** Gives a cell a new list of outputs, without committing. */
export function writeOutputs(doc: CrdtDocument, cell: ObjectId, outputs: readonly string[]): void {
  const list = doc.makeObject(cell, CELL_KEYS.outputs, "list");
  for (const [index, output] of outputs.entries()) doc.insert(list, index, ["str", output]);
}

/** Puts a JSON object or array under a key of a map, without committing. */
export function writeObject(
  doc: CrdtDocument,
  map: ObjectId,
  key: string,
  value: JsonObject | JsonValue[],
): void {
  const bulk = isJsonObject(value) ? toBulk(value) : null;
  if (bulk !== null) doc.putTree(map, key, bulk.tree);
  else for (const _put of putJson(doc, map, key, value));
}
