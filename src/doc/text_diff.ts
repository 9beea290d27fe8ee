/**
 * The smallest single replacement that turns one text into another.
 *
 * @module
 */

/** Replaces `deleteCount` UTF-16 units at `index` by `insert`. */
export interface TextSplice {
  /** Where, in UTF-16 units. */
  index: number;
  /** How many UTF-16 units go. */
  deleteCount: number;
  /** What comes instead. */
  insert: string;
}

/**
 * Finds what differs between the common start and the common end of two texts, never between the
 * halves of a surrogate pair.
 *
 * @returns The replacement, or null where the texts are equal.
 *
 * @example
 * ```ts
 * import { textSplice } from "@/doc/text_diff.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(textSplice("print(1)", "print(12)"), { index: 7, deleteCount: 0, insert: "2" });
 * ```
 */
export function textSplice(from: string, to: string): TextSplice | null {
  if (from === to) return null;
  const shorter = Math.min(from.length, to.length);
  let start = 0;
  while (start < shorter && from.charCodeAt(start) === to.charCodeAt(start)) start++;
  if (start > 0 && isHighSurrogate(from.charCodeAt(start - 1))) start--;
  let same = 0;
  while (
    same < shorter - start &&
    from.charCodeAt(from.length - 1 - same) === to.charCodeAt(to.length - 1 - same)
  ) same++;
  if (same > 0 && isLowSurrogate(from.charCodeAt(from.length - same))) same--;
  return {
    index: start,
    deleteCount: from.length - same - start,
    insert: to.slice(start, to.length - same),
  };
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}

function isLowSurrogate(unit: number): boolean {
  return unit >= 0xdc00 && unit <= 0xdfff;
}
