/**
 * Writes a cell that the file hasn't got yet.
 *
 * @module
 */

import type { NotebookCell } from "../notebook.ts";
import { outputsOf, plainFields } from "./cell_fields.ts";
import { writeString } from "./escapes.ts";
import { compareKeys, formatParts, formatValue, type Part, type Place } from "./format.ts";
import { splitLines } from "./lines.ts";
import { writeOutputs } from "./outputs.ts";

/** The first minor version of nbformat 4 whose cells have ids. */
const FIRST_MINOR_WITH_IDS = 5;

/** Tells whether new cells of a notebook get their ids written. */
export function hasCellIds(nbformatMinor: number): boolean {
  return nbformatMinor >= FIRST_MINOR_WITH_IDS;
}

/**
 * Writes a cell with its keys in nbformat's order, which is that of the alphabet.
 *
 * @param cell The cell.
 * @param withId Whether its id is written.
 * @param place Where.
 */
export function writeCell(cell: NotebookCell, withId: boolean, place: Place): string {
  const parts: Part[] = Object.entries({ metadata: {}, ...plainFields(cell) })
    .map(([key, value]) => ({ key, write: (inner) => formatValue(value, inner) }));
  parts.push({ key: "source", write: (inner) => writeSource(cell.source, inner) });
  const outputs = outputsOf(cell);
  if (outputs !== undefined) {
    parts.push({ key: "outputs", write: (inner) => writeOutputs(outputs, inner) });
  }
  if (withId && cell.id !== "") {
    parts.push({ key: "id", write: ({ style }) => writeString(cell.id, style.escapes) });
  }
  parts.sort((one, other) => compareKeys(one.key ?? "", other.key ?? ""));
  return formatParts("{}", parts, place);
}

/** Writes a source in the form that the file's sources have. */
export function writeSource(source: string, place: Place): string {
  switch (place.style.sources) {
    case "string":
      return writeString(source, place.style.escapes);
    case "lines":
      return formatValue(splitLines(source), place);
    default:
      return place.style.sources satisfies never;
  }
}
