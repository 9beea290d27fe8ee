import { assert, assertEquals } from "@std/assert";
import { forEachSeed } from "../testing_random.ts";
import { longestRising, matchLists, planList } from "./align.ts";

Deno.test("matchLists() gives equal elements, both positions rising", () => {
  forEachSeed(300, (random) => {
    const list = () => Array.from({ length: random.below(9) }, () => random.pick(["a", "b", "c"]));
    const [before, after] = [list(), list()];
    const matches = matchLists(before, after);
    matches.forEach(([left, right], index) => {
      assertEquals(before[left], after[right]);
      const [lastLeft, lastRight] = matches[index - 1] ?? [-1, -1];
      assert(left > lastLeft && right > lastRight);
    });
    assertEquals(matches.length, longestByTrying(before, after));
  });
});

Deno.test("matchLists() finds anchors in long lists that differ nearly everywhere", () => {
  const before = Array.from({ length: 3000 }, (_, index) => `old ${index}`);
  const after = Array.from({ length: 3000 }, (_, index) => `new ${index}`);
  for (const at of [10, 1500, 2900]) [before[at], after[at + 3]] = ["same " + at, "same " + at];
  assertEquals(matchLists(before, after), [[10, 13], [1500, 1503], [2900, 2903]]);
});

Deno.test("planList() changes elements in place before it adds or removes", () => {
  assertEquals(planList(["a", "b", "c"], ["a", "x", "c"]), [
    { kind: "keep", before: 0, after: 0 },
    { kind: "change", before: 1, after: 1 },
    { kind: "keep", before: 2, after: 2 },
  ]);
  assertEquals(planList(["a"], ["a", "b"]), [
    { kind: "keep", before: 0, after: 0 },
    { kind: "add", after: 1 },
  ]);
  assertEquals(planList(["a", "b"], []), []);
});

Deno.test("longestRising() gives the positions of a longest rising subsequence", () => {
  assertEquals(longestRising([]), []);
  assertEquals(longestRising([0, 1, 2]), [0, 1, 2]);
  assertEquals(longestRising([3, 0, 1, 2]), [1, 2, 3]);
  assertEquals(longestRising([1, 2, 0]), [0, 1]);
  assertEquals(longestRising([2, 2]).length, 1);
});

function longestByTrying(before: readonly string[], after: readonly string[]): number {
  const [first, ...rest] = before;
  if (first === undefined) return 0;
  const at = after.indexOf(first);
  const without = longestByTrying(rest, after);
  return at === -1 ? without : Math.max(without, 1 + longestByTrying(rest, after.slice(at + 1)));
}
