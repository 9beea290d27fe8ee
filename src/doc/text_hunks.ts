/**
 * What differs between two texts, in as many places as it does.
 *
 * @module
 */

import { matchLists } from "../ipynb/write/align.ts";
import { splitAtLineFeeds } from "../ipynb/write/lines.ts";
import { type TextSplice, textSplice } from "./text_diff.ts";

/**
 * Gives the replacements that turn one text into another, each within lines that no other touches,
 * so that what somebody types into the lines between is left in peace.
 *
 * @returns From the end of the text to its start: each index is one of `from`.
 *
 * @example
 * ```ts
 * import { textHunks } from "@/doc/text_hunks.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(textHunks("a1\nsame\nb1\n", "a2\nsame\nb2\n"), [
 *   { index: 9, deleteCount: 1, insert: "2" },
 *   { index: 1, deleteCount: 1, insert: "2" },
 * ]);
 * ```
 */
export function textHunks(from: string, to: string): TextSplice[] {
  if (from === to) return [];
  const [before, after] = [splitAtLineFeeds(from), splitAtLineFeeds(to)];
  const hunks: TextSplice[] = [];
  let [left, right, offset] = [0, 0, 0];
  const stop = [before.length, after.length] as const;
  for (const [keptBefore, keptAfter] of [...matchLists(before, after), stop]) {
    const removed = before.slice(left, keptBefore).join("");
    const added = after.slice(right, keptAfter).join("");
    const splice = textSplice(removed, added);
    if (splice !== null) hunks.push({ ...splice, index: splice.index + offset });
    offset += removed.length + (before[keptBefore]?.length ?? 0);
    [left, right] = [keptBefore + 1, keptAfter + 1];
  }
  return hunks.reverse();
}
