/**
 * Tables on a terminal.
 *
 * @module
 */

import { styleText } from "node:util";
import stringWidth from "string-width";
import { cutToWidth, padToWidth, visible } from "./text.ts";

/** One column of a table. */
export interface Column {
  /** The heading. */
  readonly title: string;
  /** On which side the text stands; left by default. */
  readonly align?: "left" | "right";
}

/** How a table is drawn. */
export interface TableOptions {
  /** The columns of the terminal. Absent: the last column isn't cut. */
  readonly width?: number;
  /** Whether headings are coloured. */
  readonly colour: boolean;
}

/** The last column keeps at least this many terminal columns, however narrow the window. */
const MIN_LAST_WIDTH = 8;
const GAP = "  ";

/**
 * Draws a table: a line of headings, then a line for each row. Only the last column is cut to the
 * width of the terminal. Control characters in the rows are made visible.
 *
 * @param columns The columns, at least one.
 * @param rows The texts of each row, as many as there are columns.
 * @param options How it is drawn.
 * @returns The lines, each with a line feed at its end.
 *
 * @example
 * ```ts
 * import { renderTable } from "@/cli/table.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const table = renderTable([{ title: "n", align: "right" }, { title: "source" }], [
 *   ["1", "import math"],
 *   ["10", "print(math.pi)"],
 * ], { colour: false });
 * assertEquals(table, " n  source\n 1  import math\n10  print(math.pi)\n");
 * ```
 */
export function renderTable(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  options: TableOptions,
): string {
  const texts = rows.map((row) => columns.map((_, index) => visible(row[index] ?? "")));
  const widths = columns.map((column, index) =>
    Math.max(
      ...[column.title, ...texts.map((row) => row[index] ?? "")].map((text) => stringWidth(text)),
    )
  );
  const heading = line(columns, columns.map((column) => column.title), widths, options);
  const lines = texts.map((row) => line(columns, row, widths, options));
  return [
    options.colour ? styleText("bold", heading, { validateStream: false }) : heading,
    ...lines,
  ]
    .map((text) => `${text}\n`)
    .join("");
}

function line(
  columns: readonly Column[],
  texts: readonly string[],
  widths: readonly number[],
  options: TableOptions,
): string {
  const last = columns.length - 1;
  const before = widths.slice(0, last).reduce((sum, width) => sum + width + GAP.length, 0);
  const room = options.width === undefined
    ? Infinity
    : Math.max(MIN_LAST_WIDTH, options.width - before);
  return columns.map((column, index) => {
    const text = texts[index] ?? "";
    const align = column.align ?? "left";
    if (index < last) return padToWidth(text, widths[index] ?? 0, align);
    const cut = cutToWidth(text, room);
    return align === "left" ? cut : padToWidth(cut, Math.min(room, widths[index] ?? 0), align);
  }).join(GAP).trimEnd();
}
