/**
 * Cells as a table or as JSON, the same for every command that prints them.
 *
 * @module
 */

import type { JsonObject } from "../json.ts";
import { renderTable } from "./table.ts";
import type { Terminal } from "./terminal.ts";

/** What is printed of a cell. */
export interface CellSummary {
  /** Its id. */
  readonly id: string;
  /** `code`, `markdown` or `raw`. */
  readonly cellType: string;
  /** Its whole source. */
  readonly source: string;
  /** The execution count, or null. */
  readonly executionCount: number | null;
  /** How many outputs it has. */
  readonly outputs: number;
}

/**
 * Draws cells as a table: index, id, type, count, outputs and the first line of the source, cut to
 * the width of the terminal.
 *
 * @param cells The cells in order.
 * @param terminal Its width and whether it has colours.
 */
export function cellTable(cells: readonly CellSummary[], terminal: Terminal): string {
  return renderTable(
    [
      { title: "#", align: "right" },
      { title: "id" },
      { title: "type" },
      { title: "count", align: "right" },
      { title: "outputs", align: "right" },
      { title: "source" },
    ],
    cells.map((cell, index) => [
      String(index),
      cell.id,
      cell.cellType,
      cell.executionCount === null ? "" : String(cell.executionCount),
      String(cell.outputs),
      firstLine(cell.source),
    ]),
    terminal,
  );
}

/**
 * Gives cells as JSON, with the names that the wire has.
 *
 * @param cells The cells in order.
 */
export function cellsJson(cells: readonly CellSummary[]): JsonObject[] {
  return cells.map((cell, index) => ({
    index,
    id: cell.id,
    cell_type: cell.cellType,
    execution_count: cell.executionCount,
    outputs: cell.outputs,
    source: cell.source,
  }));
}

function firstLine(source: string): string {
  const end = source.search(/[\r\n]/);
  return end === -1 ? source : `${source.slice(0, end)} …`;
}
