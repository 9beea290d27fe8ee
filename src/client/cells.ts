/**
 * Cells as the client module shows them.
 *
 * @module
 */
import type { CellSnapshot } from "../doc/snapshot.ts";
import type { JsonObject, JsonValue } from "../json.ts";

/** The kinds of cells that notebooks have. */
export type CellType = "code" | "markdown" | "raw";

/** One cell, as it was at the moment it was asked for. It doesn't change afterwards. */
export interface Cell {
  /** The cell's id, the same in every window. */
  readonly id: string;
  /** Its kind; another word where a client wrote one. */
  readonly cellType: CellType | (string & Record<never, never>);
  /** The source text. */
  readonly source: string;
  /** How often the kernel had run something when this cell ran; null if it never ran. */
  readonly executionCount: number | null;
  /**
   * The outputs, each as Jupyter's notebook format has it. One that is too big to live in the
   * document is the hash of its manifest instead: 64 hex digits.
   */
  readonly outputs: readonly JsonValue[];
  /** The cell's metadata; empty where it has none. */
  readonly metadata: JsonObject;
  /** Files attached to a markdown cell, by name; empty where it has none. */
  readonly attachments: JsonObject;
  /** Keys of the cell in its file that have no place elsewhere. */
  readonly extra: JsonObject;
}

const MANIFEST_HASH = /^[0-9a-f]{64}$/;

/**
 * Gives a cell of the document as the client module shows it. The document may have been damaged
 * by another client: what can't be read as JSON stays the text it is.
 *
 * @param snapshot The cell as the document has it.
 */
export function toCell(snapshot: CellSnapshot): Cell {
  return Object.freeze({
    id: snapshot.id,
    cellType: snapshot.cell_type,
    source: snapshot.source,
    executionCount: toExecutionCount(snapshot.execution_count),
    outputs: Object.freeze(snapshot.outputs.map(toOutput)),
    metadata: snapshot.metadata ?? {},
    attachments: snapshot.attachments ?? {},
    extra: snapshot.extra ?? {},
  });
}

/**
 * Gives an execution count of the document, which is JSON text, as a number.
 *
 * @returns An integer, or null where the text is "null" or no integer.
 */
export function toExecutionCount(text: string): number | null {
  const count = Number(text);
  return /^\d+$/.test(text) && Number.isSafeInteger(count) ? count : null;
}

/**
 * Gives an output of the document, which is JSON text or a hash, as a value.
 *
 * @example
 * ```ts
 * import { toOutput } from "@/client/cells.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(toOutput('{"output_type":"stream","name":"stdout","text":"hi"}'), {
 *   output_type: "stream",
 *   name: "stdout",
 *   text: "hi",
 * });
 * assertEquals(toOutput("0".repeat(64)), "0".repeat(64));
 * ```
 */
export function toOutput(text: string): JsonValue {
  // Sixty-four digits are valid JSON as well; here they are a hash.
  if (MANIFEST_HASH.test(text)) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
