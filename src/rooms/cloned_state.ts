/**
 * A copy of a notebook that shares no identity with it.
 *
 * @module
 */

import { parseSnapshot, serialiseSnapshot } from "../ipynb/snapshot.ts";
import type { NotebookState } from "../ipynb/write/state.ts";
import { isJsonObject, type JsonObject } from "../json.ts";

/** Gives a state a fresh `env_id`, and takes outputs and execution counts away. */
export function clonedState(state: NotebookState): NotebookState {
  const snapshot = parseSnapshot(state.snapshot ?? "");
  const runt: JsonObject = isJsonObject(snapshot.runt) ? snapshot.runt : {};
  return {
    ...state,
    snapshot: serialiseSnapshot({ ...snapshot, runt: { ...runt, env_id: crypto.randomUUID() } }),
    cells: state.cells.map((cell) => ({ ...cell, outputs: [], executionCount: null })),
  };
}
