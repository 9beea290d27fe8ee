/**
 * Texts as lists of lines, the way notebooks store them.
 *
 * @module
 */

/** A line with its end as Python's `str.splitlines` sees lines, by which nbformat splits. */
const PYTHON_LINE =
  /[^\n\r\v\f\x1c-\x1e\x85\u2028\u2029]*(?:\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029])|[^\n\r\v\f\x1c-\x1e\x85\u2028\u2029]+$/g;

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
