/**
 * A notebook as it is when the other side wins where both had changed something.
 *
 * @module
 */

import { isJsonObject, type JsonObject, type JsonValue } from "../../json.ts";
import type { NotebookCell } from "../notebook.ts";
import { parseSnapshot, serialiseSnapshot } from "../snapshot.ts";
import type { NotebookState } from "../write/state.ts";
import type { MergeConflict } from "./conflict.ts";

/**
 * Puts the other side's values into a notebook. A cell that is gone comes back at the end if its
 * source is among them; else what is said of it is dropped.
 *
 * @param state The notebook.
 * @param conflicts The values, and where they are.
 */
export function withTheirs(
  state: NotebookState,
  conflicts: readonly MergeConflict[],
): NotebookState {
  let result = state;
  const byCell = new Map<string, MergeConflict[]>();
  for (const conflict of conflicts) {
    if (conflict.cellId === null) result = setInNotebook(result, conflict);
    else byCell.set(conflict.cellId, [...byCell.get(conflict.cellId) ?? [], conflict]);
  }
  const cells = result.cells.map((cell) => {
    const values = byCell.get(cell.id) ?? [];
    byCell.delete(cell.id);
    return values.reduce(setInCell, cell);
  });
  for (const [id, values] of byCell) {
    const empty = { id, cellType: "code", source: "", executionCount: null, outputs: [] };
    const cell = values.reduce(setInCell, empty);
    if (cell.source !== "") cells.push(cell);
  }
  return { ...result, cells };
}

function setInCell(cell: NotebookCell, { path, theirs }: MergeConflict): NotebookCell {
  const [field, ...keys] = path;
  switch (field) {
    case "source":
      return typeof theirs === "string" ? { ...cell, source: theirs } : cell;
    case "cell_type":
      return typeof theirs === "string" ? { ...cell, cellType: theirs } : cell;
    case "execution_count":
      return { ...cell, executionCount: typeof theirs === "number" ? theirs : null };
    case "outputs":
      return { ...cell, outputs: texts(theirs) };
    case "metadata":
    case "attachments":
    case "extra":
      return withMap(cell, field, setAt(cell[field], keys, theirs));
    default:
      return cell;
  }
}

function withMap(
  cell: NotebookCell,
  field: "metadata" | "attachments" | "extra",
  value: JsonValue | undefined,
): NotebookCell {
  const { [field]: _old, ...rest } = cell;
  return isJsonObject(value) ? { ...rest, [field]: value } : rest;
}

function setInNotebook(state: NotebookState, { path, theirs }: MergeConflict): NotebookState {
  const [field, ...keys] = path;
  switch (field) {
    case "nbformat_minor":
      return typeof theirs === "number" ? { ...state, nbformatMinor: theirs } : state;
    case "snapshot": {
      const snapshot = setAt(parseSnapshot(state.snapshot ?? ""), keys, theirs);
      return { ...state, snapshot: serialiseSnapshot(objectOf(snapshot)) };
    }
    case "metadata":
    case "extra":
      return { ...state, [field]: objectOf(setAt(state[field], keys, theirs)) };
    default:
      return state;
  }
}

/** Puts a value at the end of a path of keys, or takes it away from there. */
function setAt(
  value: JsonValue | undefined,
  [key, ...rest]: readonly string[],
  theirs: JsonValue | undefined,
): JsonValue | undefined {
  if (key === undefined) return theirs;
  const object = objectOf(value);
  const inner = Object.hasOwn(object, key) ? object[key] : undefined;
  const changed = setAt(inner, rest, theirs);
  // Not by assignment: a key may be called "__proto__".
  const others = Object.entries(object).filter(([name]) => name !== key);
  return Object.fromEntries(changed === undefined ? others : [...others, [key, changed]]);
}

function objectOf(value: JsonValue | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}

function texts(value: JsonValue | undefined): string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === "string") : [];
}
