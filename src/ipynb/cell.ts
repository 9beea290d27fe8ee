/**
 * One cell of an .ipynb file as {@linkcode NotebookCell}.
 *
 * @module
 */

import { isJsonObject, type JsonObject, type JsonValue } from "../json.ts";
import type { NotebookCell } from "./notebook.ts";
import { partRefusal } from "./refuse.ts";

/** Where a cell stands: what its errors need. */
export interface CellContext {
  /** The text of the whole file. */
  text: string;
  /** Zero-based position of the cell. */
  index: number;
  /** The same cell with exact numbers, where the file has numbers that need it. */
  exact?: unknown;
}

/** A cell before it has got its id. */
export type CellWithoutId = Omit<NotebookCell, "id">;

/** Keys that always have their place in {@linkcode NotebookCell}. */
const PLACED_KEYS: ReadonlySet<string> = new Set(["cell_type", "source", "outputs"]);

/**
 * Reads one cell. Nothing is dropped: unknown keys, and known keys whose value is of a type that has
 * no place in {@linkcode NotebookCell}, are kept in its `extra`.
 *
 * @param value The cell as the file has it.
 * @param context Where it stands.
 * @throws {NotebookdError} with code `invalid_notebook` when it isn't an object, or its type, source
 * or outputs are of the wrong type; the message names the path and position.
 */
export function parseCell(value: JsonValue, context: CellContext): CellWithoutId {
  const { text, index } = context;
  if (!isJsonObject(value)) throw partRefusal(text, ["cells", index], "an object", value);
  const cellType = value.cell_type;
  if (typeof cellType !== "string") {
    throw partRefusal(text, ["cells", index, "cell_type"], "a string", cellType);
  }
  const { metadata, attachments } = value;
  const extra = readExtra(value);
  return {
    cellType,
    source: readSource(value.source, context),
    executionCount: readExecutionCount(value.execution_count) ?? null,
    outputs: readOutputs(value.outputs, context),
    ...(isJsonObject(metadata) ? { metadata } : {}),
    ...(isJsonObject(attachments) ? { attachments } : {}),
    ...(extra === null ? {} : { extra }),
  };
}

function readSource(source: JsonValue | undefined, { text, index }: CellContext): string {
  if (source === undefined) return "";
  if (typeof source === "string") return source;
  const expected = "a string or a list of strings";
  if (!Array.isArray(source)) throw partRefusal(text, ["cells", index, "source"], expected, source);
  const wrong = source.findIndex((line) => typeof line !== "string");
  if (wrong !== -1) {
    throw partRefusal(text, ["cells", index, "source", wrong], "a string", source[wrong]);
  }
  return source.join("");
}

function readOutputs(outputs: JsonValue | undefined, context: CellContext): string[] {
  if (outputs === undefined) return [];
  const { text, index } = context;
  if (!Array.isArray(outputs)) {
    throw partRefusal(text, ["cells", index, "outputs"], "a list of objects", outputs);
  }
  const wrong = outputs.findIndex((output) => !isJsonObject(output));
  if (wrong !== -1) {
    throw partRefusal(text, ["cells", index, "outputs", wrong], "an object", outputs[wrong]);
  }
  const exact = context.exact as { outputs: unknown[] } | undefined;
  return (exact?.outputs ?? outputs).map((output) => JSON.stringify(output));
}

/** The count, null where the file has null, undefined where it has something that isn't one. */
function readExecutionCount(count: JsonValue | undefined): number | null | undefined {
  if (count === undefined || count === null) return null;
  // An integer beyond 2^53 has no exact number here: it is kept as what it is, not as a count.
  if (typeof count !== "number" || !Number.isSafeInteger(count)) return undefined;
  return count === 0 ? 0 : count; // -0 has no text of its own in the document.
}

function readExtra(cell: JsonObject): JsonObject | null {
  // Nearly every cell has nothing extra, and a notebook may have 100,000 cells: build nothing first.
  const keys = Object.keys(cell).filter((key) => !hasPlace(key, cell[key] ?? null));
  if (keys.length === 0) return null;
  // fromEntries makes own properties, so that a key "__proto__" stays a key.
  return Object.fromEntries(keys.map((key) => [key, cell[key] ?? null]));
}

function hasPlace(key: string, value: JsonValue): boolean {
  switch (key) {
    case "id":
      return typeof value === "string";
    case "metadata":
    case "attachments":
      return isJsonObject(value);
    case "execution_count":
      return readExecutionCount(value) !== undefined;
    default:
      return PLACED_KEYS.has(key);
  }
}
