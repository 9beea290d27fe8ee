import { assert, assertEquals } from "@std/assert";
import { cutToWidth, padToWidth, visible } from "./text.ts";

Deno.test("visible() shows what would command the terminal", () => {
  const cases: [string, string][] = [
    ["plain – ünïcode 日本 👩‍👩‍👧", "plain – ünïcode 日本 👩‍👩‍👧"],
    ["\x1b]0;title\x07", "␛]0;title␇"],
    ["a\tb\r\nc\0", "a␉b␍␊c␀"],
    ["\x7f\x9b31m", "\\u{7f}\\u{9b}31m"],
    ["a\u202eb\u2066c\u2028d", "a\\u{202e}b\\u{2066}c\\u{2028}d"],
    ["\ud800", "\\u{d800}"],
  ];
  for (const [text, expected] of cases) assertEquals(visible(text), expected);
});

Deno.test("cutToWidth() counts terminal columns, not characters", () => {
  assertEquals(cutToWidth("abc", 3), "abc");
  assertEquals(cutToWidth("abcd", 3), "ab…");
  assertEquals(cutToWidth("日本語", 6), "日本語");
  assertEquals(cutToWidth("日本語", 5), "日本…");
  assertEquals(cutToWidth("日本語", 4), "日…");
  assertEquals(cutToWidth("👩‍👩‍👧👩‍👩‍👧", 3), "👩‍👩‍👧…");
  assertEquals(cutToWidth("", 1), "");
});

Deno.test("padToWidth() fills on the side that isn't aligned", () => {
  assertEquals(padToWidth("日", 4, "left"), "日  ");
  assertEquals(padToWidth("日", 4, "right"), "  日");
  assert(padToWidth("long", 2, "left") === "long");
});
