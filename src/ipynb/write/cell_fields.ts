/**
 * Which keys a cell has in a file, by its type, as nbformat's schema wants them.
 *
 * @module
 */

import type { JsonObject, JsonValue } from "../../json.ts";
import type { NotebookCell } from "../notebook.ts";

/** The keys of a cell that have a rule of their own. */
const RULED_KEYS = ["attachments", "cell_type", "execution_count", "metadata"] as const;

/** The keys that are never written as plain values: what `extra` has under them is passed over. */
const APART = ["id", "source", "outputs", "cell_type"];

/**
 * Gives what a cell has in a file besides its id, source and outputs. nbformat knows outputs and an
 * execution count on code cells alone, and attachments on the others; a document may hold them for
 * any cell, such as one whose type was just changed. Cells of unknown types have what they hold.
 *
 * @returns An object without a prototype's keys: what the cell lacks is absent.
 */
export function plainFields(cell: NotebookCell): JsonObject {
  const unwanted = new Set(APART);
  if (cell.cellType === "code") unwanted.add("attachments");
  if (!mayHaveOutputs(cell)) unwanted.add("execution_count");
  const extra = Object.entries(cell.extra ?? {}).filter(([key]) => !unwanted.has(key));
  const fields = new Map<string, JsonValue>(extra);
  for (const key of RULED_KEYS) {
    const value = ruledField(cell, key);
    if (value !== undefined) fields.set(key, value);
  }
  if (cell.cellType === "code" && !fields.has("execution_count")) {
    fields.set("execution_count", null);
  }
  return Object.fromEntries(fields);
}

/** Gives the outputs that a cell has in a file, or undefined where it has no such key. */
export function outputsOf(cell: NotebookCell): readonly string[] | undefined {
  if (cell.cellType === "code") return cell.outputs;
  return mayHaveOutputs(cell) && cell.outputs.length > 0 ? cell.outputs : undefined;
}

function ruledField(
  cell: NotebookCell,
  key: typeof RULED_KEYS[number],
): JsonValue | undefined {
  switch (key) {
    case "attachments":
      return cell.cellType === "code" ? undefined : cell.attachments;
    case "cell_type":
      return cell.cellType;
    case "execution_count":
      return mayHaveOutputs(cell) ? countOf(cell) : undefined;
    case "metadata":
      return cell.metadata;
    default:
      return key satisfies never;
  }
}

/** A count that isn't an exact integer, as a damaged document may have, counts as none. */
function countOf({ executionCount }: NotebookCell): number | undefined {
  if (executionCount === null || !Number.isSafeInteger(executionCount)) return undefined;
  return executionCount;
}

function mayHaveOutputs({ cellType }: NotebookCell): boolean {
  return cellType !== "markdown" && cellType !== "raw";
}
