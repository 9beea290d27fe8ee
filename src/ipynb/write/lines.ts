/**
 * Texts as lists of lines, the way notebooks store them.
 *
 * @module
 */

/** What ends a line for Python's `str.splitlines`, by which nbformat splits; "\r\n" counts as one. */
const ENDS = "\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029";
const PYTHON_LINE = new RegExp(`[^${ENDS}]*(?:\r\n|[${ENDS}])|[^${ENDS}]+$`, "g");

/**
 * Splits a text into lines that keep their ends, exactly where nbformat does: Python's
 * `str.splitlines(True)`, which also ends a line at a lone "\r", a form feed, U+2028 and others.
 *
 * @example
 * ```ts
 * import { splitLines } from "@/ipynb/write/lines.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(splitLines("a\n\r\nb\fc"), ["a\n", "\r\n", "b\f", "c"]);
 * assertEquals(splitLines(""), []);
 * ```
 */
export function splitLines(text: string): string[] {
  return text.match(PYTHON_LINE) ?? [];
}

/** Splits a text after each "\n", and nowhere else. */
export function splitAtLineFeeds(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}
