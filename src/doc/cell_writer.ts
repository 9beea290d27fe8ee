/**
 * Writes whole cells into a document.
 *
 * @module
 */

import type { JsonValue } from "../json.ts";
import { scalarString } from "./bulk_value.ts";
import type { CrdtDocument, ObjectId } from "./crdt_document.ts";
import { putJson } from "./json_tree.ts";
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
    if (map !== undefined) writeJson(doc, object, key, map);
  }
  return object;
}

/** Gives a cell a new list of outputs, without committing. */
export function writeOutputs(doc: CrdtDocument, cell: ObjectId, outputs: readonly string[]): void {
  doc.putTree(cell, CELL_KEYS.outputs, outputs.map(scalarString));
}

/** Puts JSON under a key of a map, without committing. */
export function writeJson(doc: CrdtDocument, map: ObjectId, key: string, value: JsonValue): void {
  for (const _cost of putJson(doc, map, key, value));
}
