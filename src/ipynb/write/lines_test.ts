import { assertEquals } from "@std/assert";
import { splitAtLineFeeds, splitLines } from "./lines.ts";

Deno.test("splitLines() splits where Python's str.splitlines does", () => {
  // From Python 3.11: [..."\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029"] end a line, "\x1f" and "\t" don't.
  for (
    const end of [
      "\n",
      "\r",
      "\r\n",
      "\v",
      "\f",
      "\x1c",
      "\x1d",
      "\x1e",
      "\x85",
      "\u2028",
      "\u2029",
    ]
  ) {
    assertEquals(splitLines(`a${end}${end}b`), [`a${end}`, end, "b"], JSON.stringify(end));
  }
  assertEquals(splitLines("a\x1fb\tc\u00a0d"), ["a\x1fb\tc\u00a0d"]);
  assertEquals(splitLines("\n\r\n\r"), ["\n", "\r\n", "\r"]);
  assertEquals(splitLines("\ud83d\n"), ["\ud83d\n"]);
});

Deno.test("splitAtLineFeeds() splits after each line feed and nowhere else", () => {
  assertEquals(splitAtLineFeeds("a\r\n\nb\rc\u2028"), ["a\r\n", "\n", "b\rc\u2028"]);
  assertEquals(splitAtLineFeeds(""), []);
});
