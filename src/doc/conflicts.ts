/**
 * What a merge could not decide, kept in the document: so the journal keeps it, and every client that
 * knows of it gets it.
 *
 * @module
 */

import { NotebookdError } from "../errors.ts";
import type { MergeConflict } from "../ipynb/merge/conflict.ts";
import { withTheirs } from "../ipynb/merge/theirs.ts";
import type { NotebookState } from "../ipynb/write/state.ts";
import { isJsonObject, type JsonValue } from "../json.ts";
import { type CrdtDocument, type ObjectId, ROOT } from "./crdt_document.ts";
import { documentState } from "./document_state.ts";
import { ROOT_KEYS } from "./schema.ts";
import { objectAt } from "./snapshot.ts";
import { writeState } from "./write_state.ts";

/** Which side a decision is for. */
export type Keep = "ours" | "theirs" | "both";

/** Whether anything waits for a decision. */
export function hasConflicts(doc: CrdtDocument): boolean {
  const list = conflictList(doc);
  return list !== null && doc.length(list) > 0;
}

/** What waits for a decision. What isn't a conflict, put there by whoever, is left out. */
export function readConflicts(doc: CrdtDocument): MergeConflict[] {
  const list = conflictList(doc);
  if (list === null) return [];
  const conflicts: MergeConflict[] = [];
  for (let index = 0; index < doc.length(list); index++) {
    const conflict = conflictAt(doc, list, index);
    if (conflict !== null) conflicts.push(conflict);
  }
  return conflicts;
}

/**
 * Adds conflicts, as one change. One about the same place replaces the one before.
 *
 * @returns Whether anything changed.
 */
export function addConflicts(doc: CrdtDocument, conflicts: readonly MergeConflict[]): boolean {
  if (conflicts.length === 0) return false;
  const list = conflictList(doc) ?? doc.makeObject(ROOT, ROOT_KEYS.conflicts, "list");
  for (const conflict of conflicts) {
    const text = encode(conflict);
    let there = -1;
    for (let index = 0; index < doc.length(list) && there < 0; index++) {
      const known = conflictAt(doc, list, index);
      if (known !== null && placeOf(known) === placeOf(conflict)) there = index;
    }
    if (there < 0) doc.insert(list, doc.length(list), ["str", text]);
    else if (doc.get(list, there)?.[1] !== text) doc.put(list, there, ["str", text]);
  }
  return doc.commit();
}

/**
 * Decides all conflicts.
 *
 * @param keep "ours": what the document has; "theirs": what the other side had; "both": for each
 * cell a copy with what the other side had, after it.
 * @returns Whether there were any.
 * @throws {NotebookdError} with code `invalid_argument` when both can't be kept, because a value of
 * the notebook as a whole has only one place.
 */
export function resolveConflicts(doc: CrdtDocument, keep: Keep): boolean {
  const list = conflictList(doc);
  if (list === null || doc.length(list) === 0) return false;
  const conflicts = readConflicts(doc);
  if (keep === "both") refuseWithoutCell(conflicts);
  if (keep !== "ours") {
    const state = documentState(doc);
    writeState(
      doc,
      state,
      keep === "theirs" ? withTheirs(state, conflicts) : both(state, conflicts),
    );
  }
  for (let length = doc.length(list); length > 0; length--) doc.delete(list, length - 1);
  doc.commit();
  return true;
}

function both(state: NotebookState, conflicts: readonly MergeConflict[]): NotebookState {
  const theirs = withTheirs(state, conflicts);
  const byId = new Map(theirs.cells.map((cell) => [cell.id, cell]));
  const concerned = new Set(conflicts.map(({ cellId }) => cellId));
  const known = new Set(state.cells.map(({ id }) => id));
  const cells = state.cells.flatMap((cell) => {
    const other = concerned.has(cell.id) ? byId.get(cell.id) : undefined;
    return other === undefined ? [cell] : [cell, { ...other, id: crypto.randomUUID() }];
  });
  return { ...state, cells: [...cells, ...theirs.cells.filter(({ id }) => !known.has(id))] };
}

function refuseWithoutCell(conflicts: readonly MergeConflict[]): void {
  const places = conflicts.filter(({ cellId }) => cellId === null).map(({ path }) =>
    path.join(".")
  );
  if (places.length === 0) return;
  throw new NotebookdError(
    "invalid_argument",
    `Cannot keep both sides of ${
      places.map((place) => `"${place}"`).join(", ")
    }: the notebook has one place for each; keep "ours" or "theirs"`,
  );
}

function conflictList(doc: CrdtDocument): ObjectId | null {
  return objectAt(doc, ROOT, ROOT_KEYS.conflicts, "list");
}

function conflictAt(doc: CrdtDocument, list: ObjectId, index: number): MergeConflict | null {
  const value = doc.get(list, index);
  return value?.[0] === "str" ? decode(value[1]) : null;
}

function placeOf({ cellId, path }: MergeConflict): string {
  return JSON.stringify([cellId, path]);
}

function encode({ cellId, path, theirs }: MergeConflict): string {
  return JSON.stringify({ cell_id: cellId, path, theirs });
}

function decode(text: string): MergeConflict | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (!isJsonObject(value)) return null;
  const { cell_id: cellId = null, path, theirs } = value;
  if (cellId !== null && typeof cellId !== "string") return null;
  if (!Array.isArray(path) || path.length === 0) return null;
  const names = path.filter((name): name is string => typeof name === "string");
  if (names.length !== path.length) return null;
  return { cellId, path: names, ...optional(theirs) };
}

function optional(theirs: JsonValue | undefined): { theirs?: JsonValue } {
  return theirs === undefined ? {} : { theirs };
}
