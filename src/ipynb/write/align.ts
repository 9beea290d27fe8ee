/**
 * What two lists have in common.
 *
 * @module
 */

/** Positions of equal elements: one in the list before, one in the list after. */
export type Match = readonly [before: number, after: number];

/** What becomes of the elements of a list; those of the list before that no step names are gone. */
export type ListStep =
  | { readonly kind: "keep" | "change"; readonly before: number; readonly after: number }
  | { readonly kind: "add"; readonly after: number };

/** With more differences than this, what lies between the common start and end counts as changed. */
const MAX_DIFFERENCES = 500;

/**
 * Finds a longest common subsequence of two lists (Myers, "An O(ND) Difference Algorithm", 1986).
 * Lists with very many differences get only their common start and end.
 *
 * @param before The one list.
 * @param after The other.
 * @returns The pairs of equal elements, both positions rising.
 *
 * @example
 * ```ts
 * import { matchLists } from "@/ipynb/write/align.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(matchLists(["a", "b", "c"], ["a", "c", "d"]), [[0, 0], [2, 1]]);
 * ```
 */
export function matchLists(before: readonly string[], after: readonly string[]): Match[] {
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && before[start] === after[start]) start++;
  let end = 0;
  while (end < shorter - start && before.at(-1 - end) === after.at(-1 - end)) end++;
  const middle = matchMiddle(
    before.slice(start, before.length - end),
    after.slice(start, after.length - end),
  );
  return [
    ...Array.from({ length: start }, (_, index): Match => [index, index]),
    ...middle.map(([left, right]): Match => [left + start, right + start]),
    ...Array.from({ length: end }, (_, index): Match => [
      before.length - end + index,
      after.length - end + index,
    ]),
  ];
}

/**
 * Plans how one list becomes another: what is equal is kept, and between kept elements the first is
 * changed into the first, the second into the second, for as long as both sides have one.
 */
export function planList(before: readonly string[], after: readonly string[]): ListStep[] {
  const steps: ListStep[] = [];
  let [left, right] = [0, 0];
  for (const [keptBefore, keptAfter] of [...matchLists(before, after), END(before, after)]) {
    for (; right < keptAfter; right++) {
      if (left < keptBefore) steps.push({ kind: "change", before: left++, after: right });
      else steps.push({ kind: "add", after: right });
    }
    if (keptBefore < before.length) {
      steps.push({ kind: "keep", before: keptBefore, after: keptAfter });
    }
    [left, right] = [keptBefore + 1, keptAfter + 1];
  }
  return steps;
}

/**
 * Finds a longest strictly rising subsequence.
 *
 * @returns The values of one, in order.
 */
export function longestRising(values: readonly number[]): number[] {
  // tails[n] is the position of the smallest value that ends a rising run of n + 1.
  const tails: number[] = [];
  const previous: number[] = [];
  values.forEach((value, index) => {
    let [low, high] = [0, tails.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((values[tails[middle] ?? 0] ?? 0) < value) low = middle + 1;
      else high = middle;
    }
    previous[index] = tails[low - 1] ?? -1;
    tails[low] = index;
  });
  const rising: number[] = [];
  for (let at = tails.at(-1) ?? -1; at >= 0; at = previous[at] ?? -1) rising.push(values[at] ?? 0);
  return rising.reverse();
}

function END(before: readonly string[], after: readonly string[]): Match {
  return [before.length, after.length];
}

function matchMiddle(before: readonly string[], after: readonly string[]): Match[] {
  if (before.length === 0 || after.length === 0) return [];
  const limit = Math.min(before.length + after.length, MAX_DIFFERENCES);
  // furthest.get(k): how far down `before` the furthest path on diagonal k has come.
  let furthest = new Map([[1, 0]]);
  const history: Map<number, number>[] = [];
  for (let differences = 0; differences <= limit; differences++) {
    history.push(furthest);
    const next = new Map(furthest);
    for (let diagonal = -differences; diagonal <= differences; diagonal += 2) {
      let left = stepOnto(furthest, diagonal, differences);
      while (left < before.length && before[left] === after[left - diagonal]) left++;
      next.set(diagonal, left);
      if (left >= before.length && left - diagonal >= after.length) {
        return walkBack(history, before.length, after.length);
      }
    }
    furthest = next;
  }
  return [];
}

/** Where a path enters a diagonal: by an insertion from above or by a deletion from below. */
function stepOnto(furthest: Map<number, number>, diagonal: number, differences: number): number {
  const above = furthest.get(diagonal + 1) ?? -1;
  const below = furthest.get(diagonal - 1) ?? -1;
  const insertion = diagonal === -differences || (diagonal !== differences && below < above);
  return insertion ? above : below + 1;
}

function walkBack(history: Map<number, number>[], left: number, right: number): Match[] {
  const matches: Match[] = [];
  for (let differences = history.length - 1; differences >= 0; differences--) {
    const furthest = history[differences] ?? new Map<number, number>();
    const diagonal = left - right;
    const entered = stepOnto(furthest, diagonal, differences);
    while (left > entered) matches.push([--left, --right]);
    const insertion = entered === furthest.get(diagonal + 1) &&
      (diagonal === -differences ||
        (diagonal !== differences && (furthest.get(diagonal - 1) ?? -1) < entered));
    if (insertion) right--;
    else left--;
  }
  return matches.reverse();
}
