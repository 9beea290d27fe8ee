/**
 * The outputs of a cell: from JSON text in the document to JSON in the file and back.
 *
 * @module
 */

import { isJsonObject } from "../../json.ts";
import { planList } from "./align.ts";
import {
  type EditedFile,
  type Item,
  placeInside,
  placeOf,
  rebuild,
  type Spot,
} from "./container.ts";
import { formatJson, formatParts, nestsTooDeep, type Part, type Place } from "./format.ts";
import { childrenOf } from "./nodes.ts";

/** An output that a file can't have, because it isn't the JSON of an object or nests too deep. */
export interface OmittedOutput {
  /** The cell's id. */
  readonly cellId: string;
  /** Zero-based position among the cell's outputs in the document. */
  readonly index: number;
}

/** How many arrays and objects enclose an output: the notebook, its cells, the cell, its outputs. */
const OUTPUT_DEPTH = 4;

/**
 * Edits the outputs of a cell. Those that stay keep their bytes; new ones are written with their own
 * key order and number spelling, in the layout of the file.
 *
 * @param file The file.
 * @param spot The value of the cell's `outputs`.
 * @param before The outputs that the document held for it.
 * @param after The outputs now; those that a file can't have are left out.
 * @returns The value's new text.
 */
export function editOutputs(
  file: EditedFile,
  spot: Spot,
  before: readonly string[],
  after: readonly string[],
): string {
  const count = spot.node.type === "array" ? childrenOf(spot.node).length : -1;
  // As many as in the file means that none was left out of it; what is there needs no second look.
  const kept = before.length === count ? before : before.filter(isWritableOutput);
  const known = new Set(kept);
  const wanted = after.filter((output) => known.has(output) || isWritableOutput(output));
  if (kept.length !== count) {
    return writeOutputs(wanted, placeOf(file, spot));
  }
  const place = placeInside(file, spot);
  const items = planList(kept, wanted).map((step): Item => {
    if (step.kind === "keep") return { kind: "kept", child: step.before, text: null };
    const text = formatJson(wanted[step.after] ?? "", place);
    return step.kind === "add"
      ? { kind: "added", text }
      : { kind: "kept", child: step.before, text };
  });
  return rebuild(file, spot, items);
}

/** Writes outputs as a list; those that a file can't have are left out. */
export function writeOutputs(outputs: readonly string[], place: Place): string {
  const parts = outputs.filter(isWritableOutput).map((output): Part => ({
    write: (inner) => formatJson(output, inner),
  }));
  return formatParts("[]", parts, place);
}

/**
 * Gives the outputs that a save has to leave out.
 *
 * @param cellId The cell's id.
 * @param outputs Its outputs.
 * @param before Those that it had at the last save; they were spoken of then.
 */
export function omittedOutputs(
  cellId: string,
  outputs: readonly string[],
  before: readonly string[] = [],
): OmittedOutput[] {
  const known = new Set(before);
  return outputs.flatMap((output, index) =>
    known.has(output) || isWritableOutput(output) ? [] : [{ cellId, index }]
  );
}

/**
 * Tells whether a text can stand in a file as an output: any client can write any text into a
 * document, and in a file it could break all the rest.
 */
export function isWritableOutput(output: string): boolean {
  if (nestsTooDeep(output, OUTPUT_DEPTH)) return false;
  try {
    return isJsonObject(JSON.parse(output));
  } catch (cause) {
    if (cause instanceof SyntaxError) return false;
    throw cause;
  }
}
