/**
 * Merging two changed versions of one list.
 *
 * @module
 */

import { type Match, matchLists } from "../write/align.ts";

/** A part of the merged list. */
export type MergedPart =
  /** Decided. */
  | { readonly kind: "merged"; readonly items: readonly string[] }
  /** Both sides changed these items of the base, each in another way. */
  | {
    readonly kind: "conflict";
    readonly base: readonly string[];
    readonly ours: readonly string[];
    readonly theirs: readonly string[];
  };

/**
 * Merges two lists that came from one: what both kept parts what they changed, and where only one side
 * changed anything, it wins (the algorithm of `diff3`).
 */
export function mergeLists(
  base: readonly string[],
  ours: readonly string[],
  theirs: readonly string[],
): MergedPart[] {
  const parts: MergedPart[] = [];
  let at = { base: 0, ours: 0, theirs: 0 };
  const take = (next: typeof at) => {
    const part = decide(
      base.slice(at.base, next.base),
      ours.slice(at.ours, next.ours),
      theirs.slice(at.theirs, next.theirs),
    );
    if (part !== null) parts.push(part);
    at = next;
  };
  for (const kept of keptByBoth(matchLists(base, ours), matchLists(base, theirs))) {
    take(kept);
    const item = base[kept.base];
    if (item !== undefined) parts.push({ kind: "merged", items: [item] });
    at = { base: kept.base + 1, ours: kept.ours + 1, theirs: kept.theirs + 1 };
  }
  take({ base: base.length, ours: ours.length, theirs: theirs.length });
  return parts;
}

function* keptByBoth(ours: readonly Match[], theirs: readonly Match[]) {
  const places = new Map(theirs);
  for (const [base, place] of ours) {
    const other = places.get(base);
    if (other !== undefined) yield { base, ours: place, theirs: other };
  }
}

function decide(
  base: readonly string[],
  ours: readonly string[],
  theirs: readonly string[],
): MergedPart | null {
  if (base.length + ours.length + theirs.length === 0) return null;
  if (equalLists(ours, theirs) || equalLists(base, theirs)) return { kind: "merged", items: ours };
  if (equalLists(base, ours)) return { kind: "merged", items: theirs };
  return { kind: "conflict", base, ours, theirs };
}

function equalLists(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((item, index) => item === other[index]);
}
