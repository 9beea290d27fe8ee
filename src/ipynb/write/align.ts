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

/** Up to this many comparisons the best match is worth its time and memory. */
const MAX_COMPARISONS = 1_000_000;

/**
 * Finds a common subsequence of two lists: the longest one where what differs is short, else what
 * the lists have at their start, at their end, and once each in between.
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
  const left = before.slice(start, before.length - end);
  const right = after.slice(start, after.length - end);
  const middle = left.length * right.length <= MAX_COMPARISONS
    ? longestCommon(left, right)
    : commonUnique(left, right);
  return [
    ...Array.from({ length: start }, (_, index): Match => [index, index]),
    ...middle.map(([one, other]): Match => [one + start, other + start]),
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
  const stop: Match = [before.length, after.length];
  for (const [keptBefore, keptAfter] of [...matchLists(before, after), stop]) {
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
 * @returns The positions of its values, in order.
 */
export function longestRising(values: readonly number[]): number[] {
  // ends[n]: where the smallest value stands that ends a rising run of n + 1 values.
  const ends: number[] = [];
  const previous: number[] = [];
  values.forEach((value, index) => {
    let [low, high] = [0, ends.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((values[ends[middle] ?? 0] ?? 0) < value) low = middle + 1;
      else high = middle;
    }
    previous.push(ends[low - 1] ?? -1);
    ends[low] = index;
  });
  const rising: number[] = [];
  for (let at = ends.at(-1) ?? -1; at >= 0; at = previous[at] ?? -1) rising.push(at);
  return rising.reverse();
}

/** The textbook table: in each field the length of the longest match of what follows. */
function longestCommon(before: readonly string[], after: readonly string[]): Match[] {
  const width = after.length + 1;
  const lengths = new Uint32Array((before.length + 1) * width);
  const lengthAt = (left: number, right: number) => lengths[left * width + right] ?? 0;
  for (let left = before.length - 1; left >= 0; left--) {
    for (let right = after.length - 1; right >= 0; right--) {
      lengths[left * width + right] = before[left] === after[right]
        ? lengthAt(left + 1, right + 1) + 1
        : Math.max(lengthAt(left + 1, right), lengthAt(left, right + 1));
    }
  }
  const matches: Match[] = [];
  let [left, right] = [0, 0];
  while (left < before.length && right < after.length) {
    if (before[left] === after[right]) matches.push([left++, right++]);
    else if (lengthAt(left + 1, right) >= lengthAt(left, right + 1)) left++;
    else right++;
  }
  return matches;
}

/** Elements that either list has exactly once are anchors, as many as stand in the same order. */
function commonUnique(before: readonly string[], after: readonly string[]): Match[] {
  const places = uniquePlaces(after);
  const pairs = [...uniquePlaces(before)].flatMap(([element, left]): Match[] => {
    const right = places.get(element);
    return right === undefined ? [] : [[left, right]];
  });
  const rising = new Set(longestRising(pairs.map(([, right]) => right)));
  return pairs.filter((_, position) => rising.has(position));
}

function uniquePlaces(list: readonly string[]): Map<string, number> {
  const places = new Map<string, number>();
  const repeated = new Set<string>();
  list.forEach((element, index) => {
    if (places.has(element)) repeated.add(element);
    else places.set(element, index);
  });
  for (const element of repeated) places.delete(element);
  return places;
}
