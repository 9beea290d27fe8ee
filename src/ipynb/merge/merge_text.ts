/**
 * Merging two changed versions of one text.
 *
 * @module
 */

import { matchLists } from "../write/align.ts";
import { splitAtLineFeeds } from "../write/lines.ts";
import { type MergedPart, mergeLists } from "./three_way.ts";

/** What came of a merge of texts. */
export interface MergedText {
  readonly text: string;
  /** Whether some place was changed by both sides; the text has ours there. */
  readonly conflict: boolean;
}

/** Words, runs of white space, and single other characters. */
const TOKENS = /[\p{L}\p{N}_]+|\s+|[^\p{L}\p{N}_\s]/gu;

/**
 * Merges by lines, and where both changed the same lines, by words. A change that both made, or that
 * ours holds already, is one change.
 *
 * @example
 * ```ts
 * import { mergeText } from "@/ipynb/merge/merge_text.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(mergeText("f(a, b)", "g(a, b)", "f(a, c)"), { text: "g(a, c)", conflict: false });
 * assertEquals(mergeText("a", "b", "c"), { text: "b", conflict: true });
 * ```
 */
export function mergeText(base: string, ours: string, theirs: string): MergedText {
  if (ours === theirs || base === theirs) return { text: ours, conflict: false };
  if (base === ours) return { text: theirs, conflict: false };
  const [baseLines, ourLines, theirLines] = [base, ours, theirs].map(splitAtLineFeeds);
  return joined(mergeLists(baseLines ?? [], ourLines ?? [], theirLines ?? []), mergeWords);
}

function mergeWords({ base, ours, theirs }: Conflict): MergedText {
  const parts = mergeLists(tokens(base), tokens(ours), tokens(theirs));
  return joined(parts, (part) => {
    const [mine, other] = [part.ours.join(""), part.theirs.join("")];
    if (holds(part.ours, part.base, part.theirs)) return { text: mine, conflict: false };
    if (holds(part.theirs, part.base, part.ours)) return { text: other, conflict: false };
    return { text: mine, conflict: true };
  });
}

/** Whether one side has all that the other inserted, in its order, and nothing that it deleted. */
function holds(
  one: readonly string[],
  base: readonly string[],
  other: readonly string[],
): boolean {
  const kept = matchLists(base, other);
  const keptBase = new Set(kept.map(([left]) => left));
  const present = new Set(other);
  const deleted = new Set(base.filter((item, index) => !keptBase.has(index) && !present.has(item)));
  if (one.some((item) => deleted.has(item))) return false;
  const text = one.join("");
  let [right, from] = [0, 0];
  for (const [, keptOther] of [...kept, [base.length, other.length] as const]) {
    const inserted = other.slice(right, keptOther).join("");
    const at = text.indexOf(inserted, from);
    if (at < 0) return false;
    from = at + inserted.length;
    right = keptOther + 1;
  }
  return true;
}

type Conflict = Extract<MergedPart, { kind: "conflict" }>;

function joined(parts: readonly MergedPart[], decide: (part: Conflict) => MergedText): MergedText {
  const texts = parts.map((part) =>
    part.kind === "merged" ? { text: part.items.join(""), conflict: false } : decide(part)
  );
  return {
    text: texts.map(({ text }) => text).join(""),
    conflict: texts.some(({ conflict }) => conflict),
  };
}

function tokens(lines: readonly string[]): string[] {
  return lines.join("").match(TOKENS) ?? [];
}
