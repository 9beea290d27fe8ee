import { assertEquals } from "@std/assert";
import { seededRandom } from "./testing.ts";
import { textSplice } from "./text_diff.ts";

Deno.test("textSplice() finds the part between the common start and the common end", () => {
  assertEquals(textSplice("same", "same"), null);
  assertEquals(textSplice("", "new"), { index: 0, deleteCount: 0, insert: "new" });
  assertEquals(textSplice("old", ""), { index: 0, deleteCount: 3, insert: "" });
  assertEquals(textSplice("abc", "abXc"), { index: 2, deleteCount: 0, insert: "X" });
  assertEquals(textSplice("aaa", "aa"), { index: 2, deleteCount: 1, insert: "" });
});

Deno.test("textSplice() leaves surrogate pairs whole", () => {
  assertEquals(textSplice("a😀b", "a😁b"), { index: 1, deleteCount: 2, insert: "😁" });
  assertEquals(textSplice("\u{1f600}", "\u{1fa00}"), {
    index: 0,
    deleteCount: 2,
    insert: "\u{1fa00}",
  });
  // The same low surrogate behind another high one.
  assertEquals(textSplice("\ud83d\ude00", "\ud83e\ude00"), {
    index: 0,
    deleteCount: 2,
    insert: "\ud83e\ude00",
  });
});

Deno.test("textSplice() turns any text into any other", () => {
  const seed = 77;
  const random = seededRandom(seed);
  const text = () =>
    Array.from(
      { length: random() * 8 },
      () => ["a", "b", "😀", "😁", "🨀"][Math.floor(random() * 5)],
    )
      .join("");
  for (let round = 0; round < 500; round++) {
    const [from, to] = [text(), text()];
    const splice = textSplice(from, to);
    const made = splice === null
      ? from
      : from.slice(0, splice.index) + splice.insert + from.slice(splice.index + splice.deleteCount);
    assertEquals(made, to, `seed ${seed}, round ${round}`);
    assertEquals(splice?.insert.isWellFormed() ?? true, true, `seed ${seed}, round ${round}`);
  }
});
