import { assertEquals, assertStrictEquals } from "@std/assert";
import { forEachSeed } from "../testing_random.ts";
import { PLAIN_ESCAPES, readEscapes, writeString } from "./escapes.ts";

/** Writes a text as a file with this content would. */
function inStyleOf(file: string, text: string): string {
  return writeString(text, readEscapes(file));
}

Deno.test("readEscapes() sees nothing special in a file that escapes only what it must", () => {
  const file = JSON.stringify(["é", "😀", "a/b", '"', "\\", "\n", "<b>"]);
  assertStrictEquals(readEscapes(file), PLAIN_ESCAPES);
  assertEquals(inStyleOf(JSON.stringify(["\u0001", "\ud83d"]), "é/😀"), '"é/😀"');
});

Deno.test("writeString() escapes what isn't ASCII where the file always does", () => {
  assertEquals(inStyleOf(String.raw`["\u00e9"]`, "ü😀"), String.raw`"\u00fc\ud83d\ude00"`);
  assertEquals(inStyleOf(String.raw`["\u00E9"]`, "ü\u0001"), String.raw`"\u00FC\u0001"`);
  assertEquals(inStyleOf(String.raw`["\ud83d\ude00"]`, "ü"), String.raw`"\u00fc"`);
  assertEquals(inStyleOf(String.raw`["\u00e9", "ü"]`, "é"), '"é"');
});

Deno.test("writeString() takes no hint from escapes that any writer may need", () => {
  assertEquals(inStyleOf(String.raw`["\ud83d"]`, "é"), '"é"');
  assertEquals(inStyleOf(String.raw`["\u2028", "\u001b"]`, "é\n"), String.raw`"é\n"`);
  assertEquals(inStyleOf(String.raw`["\\u00e9"]`, "é"), '"é"');
});

Deno.test("writeString() escapes a slash, a quote or markup as the file does", () => {
  assertEquals(inStyleOf(String.raw`["a\/b"]`, "/"), String.raw`"\/"`);
  assertEquals(inStyleOf(String.raw`["a\/b", "/"]`, "/"), '"/"');
  assertEquals(inStyleOf(String.raw`["\\/"]`, "/"), '"/"');
  const web = String.raw`["\u003cb\u003e \u0022 \u0027"]`;
  assertEquals(inStyleOf(web, `<i>"'`), String.raw`"\u003ci\u003e\u0022\u0027"`);
  assertEquals(inStyleOf(String.raw`["\u0022", "\""]`, '"'), String.raw`"\""`);
  assertEquals(inStyleOf(String.raw`["\u000a"]`, "\n\t"), String.raw`"\u000a\t"`);
});

Deno.test("writeString() writes what reads back the same, in any style", () => {
  const files = [
    '["é"]',
    String.raw`["\u00e9"]`,
    String.raw`["\u00E9\/"]`,
    String.raw`["\u0022\u005c\u000a\u0061"]`,
  ];
  forEachSeed(200, (random) => {
    const text = random.text() + random.text();
    for (const file of files) assertEquals(JSON.parse(inStyleOf(file, text)), text);
  });
});
