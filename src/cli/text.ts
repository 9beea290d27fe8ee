/**
 * Text that came from elsewhere, made fit for a terminal.
 *
 * @module
 */

import stringWidth from "string-width";

/** C0, DEL, C1, line separators, and the marks that reorder what a person sees. */
const UNSAFE = /[\p{Cc}\u2028\u2029\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]|\p{Cs}/gu;

const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/**
 * Makes control characters visible, so that a path or a cell can't send commands to the terminal:
 * a C0 character becomes its picture (U+2400 and on), any other unsafe one `\u{hex}`.
 *
 * @param text Any text.
 *
 * @example
 * ```ts
 * import { visible } from "@/cli/text.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(visible("red: \x1b[31m"), "red: ␛[31m");
 * ```
 */
export function visible(text: string): string {
  return text.replaceAll(UNSAFE, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return code < 0x20 ? String.fromCodePoint(0x2400 + code) : `\\u{${code.toString(16)}}`;
  });
}

/**
 * Cuts a text to a number of terminal columns, with "…" as the last one where something was cut.
 *
 * @param text A text without control characters.
 * @param columns How many columns it may take, at least 1.
 */
export function cutToWidth(text: string, columns: number): string {
  if (stringWidth(text) <= columns) return text;
  let kept = "";
  let width = 0;
  for (const { segment } of graphemes.segment(text)) {
    width += stringWidth(segment);
    if (width > columns - 1) break;
    kept += segment;
  }
  return `${kept}…`;
}

/**
 * Fills a text with spaces up to a number of terminal columns.
 *
 * @param text A text without control characters.
 * @param columns How many columns it shall take.
 * @param align On which side the text stands.
 */
export function padToWidth(text: string, columns: number, align: "left" | "right"): string {
  const spaces = " ".repeat(Math.max(0, columns - stringWidth(text)));
  return align === "left" ? text + spaces : spaces + text;
}
