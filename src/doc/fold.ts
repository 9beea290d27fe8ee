/**
 * Making one cell of several that have the same id: when two people moved it at the same moment, and
 * when somebody comes back with a history that shares nothing with this one but its cells.
 *
 * @module
 */

import type { MergeConflict } from "../ipynb/merge/conflict.ts";
import type { NotebookCell } from "../ipynb/notebook.ts";
import { equalJson } from "../ipynb/write/equal.ts";
import type { JsonValue } from "../json.ts";
import { addConflicts } from "./conflicts.ts";
import { type CrdtDocument, type ObjectId } from "./crdt_document.ts";
import { cellState, documentState } from "./document_state.ts";
import { genesisHeads } from "./genesis.ts";
import { CELL_KEYS } from "./schema.ts";
import { cellsList, readString } from "./snapshot.ts";
import { writeState } from "./write_state.ts";

/**
 * Whether what came since these heads holds a history of its own, one that shares nothing with this
 * document but the first change. Costs in proportion to what came.
 */
export function bringsForeignHistory(doc: CrdtDocument, since: readonly string[]): boolean {
  const genesis = genesisHeads().join();
  // A document that had nothing yet gets its own history.
  if (since.length === 0 || since.join() === genesis) return false;
  return doc.changesSince(since).some(({ deps, hash }) => {
    return hash !== genesis && (deps.length === 0 || deps.join() === genesis);
  });
}

/** Whether two of these cells have one id. */
export function hasDoubledIds(cells: readonly { id: string }[]): boolean {
  return new Set(cells.map(({ id }) => id)).size < cells.length;
}

/**
 * Makes one cell of all that have the same id. Of the objects the one made last stays, at its place.
 * What the others have and it hasn't is taken over; where both have something different, theirs
 * becomes a conflict. The outcome follows from the document alone. Costs in proportion to it.
 *
 * @returns Whether the document changed.
 */
export function foldCells(doc: CrdtDocument): boolean {
  const groups = doubledCells(doc);
  if (groups.length === 0) return false;
  const conflicts: MergeConflict[] = [];
  const folded = new Map<ObjectId, NotebookCell>();
  const gone = new Set<ObjectId>();
  for (const group of groups) {
    const [winner, ...others] = [...group].sort(byOperationId).reverse();
    if (winner === undefined) continue;
    let cell = cellState(doc, winner);
    for (const other of others) {
      const taken = takeOver(cell, cellState(doc, other));
      cell = taken.cell;
      conflicts.push(...taken.conflicts);
      gone.add(other);
    }
    folded.set(winner, cell);
  }
  deleteCells(doc, gone);
  writeFolded(doc, folded);
  addConflicts(doc, conflicts);
  return true;
}

function doubledCells(doc: CrdtDocument): ObjectId[][] {
  const list = cellsList(doc);
  const byId = new Map<string, ObjectId[]>();
  for (let index = 0; list !== null && index < doc.length(list); index++) {
    const value = doc.get(list, index);
    const id = value?.[0] === "map" ? readString(doc, value[1], CELL_KEYS.id) : null;
    if (value?.[0] !== "map" || id === null || id === "") continue;
    byId.set(id, [...byId.get(id) ?? [], value[1]]);
  }
  return [...byId.values()].filter(({ length }) => length > 1);
}

function deleteCells(doc: CrdtDocument, gone: ReadonlySet<ObjectId>): void {
  const list = cellsList(doc);
  for (let index = list === null ? -1 : doc.length(list) - 1; index >= 0; index--) {
    const value = list === null ? null : doc.get(list, index);
    if (list !== null && value?.[0] === "map" && gone.has(value[1])) doc.delete(list, index);
  }
  doc.commit();
}

function writeFolded(doc: CrdtDocument, folded: ReadonlyMap<ObjectId, NotebookCell>): void {
  const byId = new Map([...folded.values()].map((cell) => [cell.id, cell]));
  const from = documentState(doc);
  const cells = from.cells.map((cell) => {
    const wanted = byId.get(cell.id);
    return wanted === undefined || equalJson(cell, wanted) ? cell : wanted;
  });
  writeState(doc, from, { ...from, cells });
}

/** Object ids are "counter@actor"; the later one has the greater counter, then the greater actor. */
function byOperationId(one: ObjectId, other: ObjectId): number {
  const [count, actor = ""] = one.split("@");
  const [otherCount, otherActor = ""] = other.split("@");
  const difference = Number(count) - Number(otherCount);
  return difference !== 0 ? difference : actor < otherActor ? -1 : 1;
}

/** Fields as a conflict names them, and what they hold. */
type Fields = [name: string, value: JsonValue | undefined][];

function fieldsOf(cell: NotebookCell): Fields {
  return [
    ["source", cell.source === "" ? undefined : cell.source],
    ["cell_type", cell.cellType],
    ["outputs", cell.outputs.length === 0 ? undefined : [...cell.outputs]],
    ["execution_count", cell.executionCount ?? undefined],
    ["metadata", isEmpty(cell.metadata) ? undefined : cell.metadata],
    ["attachments", isEmpty(cell.attachments) ? undefined : cell.attachments],
    ["extra", isEmpty(cell.extra) ? undefined : cell.extra],
  ];
}

function takeOver(
  cell: NotebookCell,
  other: NotebookCell,
): { cell: NotebookCell; conflicts: MergeConflict[] } {
  const mine = new Map(fieldsOf(cell));
  const conflicts: MergeConflict[] = [];
  const missing = new Set<string>();
  for (const [name, theirs] of fieldsOf(other)) {
    const value = mine.get(name);
    if (theirs === undefined || equalJson(value, theirs)) continue;
    if (value === undefined) missing.add(name);
    else conflicts.push({ cellId: cell.id, path: [name], theirs });
  }
  return { cell: withMissing(cell, other, missing), conflicts };
}

function withMissing(
  cell: NotebookCell,
  other: NotebookCell,
  missing: ReadonlySet<string>,
): NotebookCell {
  const { metadata, attachments, extra } = other;
  return {
    ...cell,
    ...(missing.has("source") ? { source: other.source } : {}),
    ...(missing.has("outputs") ? { outputs: other.outputs } : {}),
    ...(missing.has("execution_count") ? { executionCount: other.executionCount } : {}),
    ...(missing.has("metadata") && metadata !== undefined ? { metadata } : {}),
    ...(missing.has("attachments") && attachments !== undefined ? { attachments } : {}),
    ...(missing.has("extra") && extra !== undefined ? { extra } : {}),
  };
}

function isEmpty(map: object | undefined): boolean {
  return map === undefined || Object.keys(map).length === 0;
}
