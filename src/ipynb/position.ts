/**
 * Where in a text something is, as a person reads it: lines and columns.
 *
 * @module
 */

/** A place in a text. Both numbers start at 1; the column counts characters (code points). */
export interface Position {
  /** The line. A line ends at "\n", "\r\n" or a lone "\r". */
  line: number;
  /** The column within the line. */
  column: number;
}

/**
 * Finds the line and column of an offset.
 *
 * @param text The whole text.
 * @param offset How many UTF-16 code units come before the place; past the end means the end.
 *
 * @example
 * ```ts
 * import { positionAt } from "@/ipynb/position.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(positionAt("{\r\n 😀!", 6), { line: 2, column: 3 });
 * ```
 */
export function positionAt(text: string, offset: number): Position {
  const end = Math.min(offset, text.length);
  let line = 1;
  let lineStart = 0;
  for (const lineEnd of text.matchAll(/\r\n|\n|\r/g)) {
    const next = lineEnd.index + lineEnd[0].length;
    if (next > end) break;
    line += 1;
    lineStart = next;
  }
  let column = 1;
  for (const _character of text.slice(lineStart, end)) column += 1;
  return { line, column };
}

/** Writes a position as an error message names it. */
export function formatPosition(position: Position): string {
  return `line ${position.line}, column ${position.column}`;
}
