import { assertEquals } from "@std/assert";
import { findSyntaxFault } from "./syntax.ts";
import { forEachSeed } from "./testing_random.ts";

const CUT_SHORT = "so it may be cut short";

Deno.test("findSyntaxFault() says where and why when a text isn't JSON", () => {
  const cases: [text: string, offset: number, problem: string][] = [
    ["", 0, "there is nothing but white space"],
    [" \r\n\t", 0, "there is nothing but white space"],
    ["[NaN]", 1, "NaN is not JSON"],
    ["[1, Infinity]", 4, "Infinity is not JSON"],
    ["[-Infinity]", 1, "Infinity is not JSON"],
    ["[None]", 1, "a literal of another language is not JSON"],
    ["[trueish]", 1, "a value was expected"],
    ["[01]", 1, "a number is not spelled as JSON wants it"],
    ["[1.]", 1, "a number is not spelled as JSON wants it"],
    ["[.5]", 1, "a value was expected"],
    ["[1,]", 2, "a comma before the end of a list is not JSON"],
    ["[,1]", 1, "a value was expected"],
    ["[1 2]", 3, "a comma or the end of the list was expected"],
    ["[1}", 2, "a comma or the end of the list was expected"],
    ['{"a":1,}', 6, "a comma before the end of an object is not JSON"],
    ['{"a" 1}', 5, "a colon was expected after a key"],
    ['{"a":1 "b":2}', 7, "a comma or the end of the object was expected"],
    ["{a:1}", 1, "a key in double quotes was expected"],
    ["{'a':1}", 1, "single quotes are not JSON"],
    ["[1, // one\n2]", 4, "a comment is not JSON"],
    ["{\n<<<<<<< HEAD\n", 2, "a merge conflict marker is left in the file"],
    ["{}}", 2, "there is more after the end of the JSON"],
    ["\ufeff{}", 0, "a value was expected"],
    ['"a\nb"', 2, "the control character U+000A must be escaped in a string"],
    ['"a\\x"', 2, "a backslash in a string does not begin an escape of JSON"],
    ['"\\u12G4"', 1, "a backslash in a string does not begin an escape of JSON"],
    ['["abc', 5, `the file ends inside a string, ${CUT_SHORT}`],
    ['["\\', 3, `the file ends inside a string, ${CUT_SHORT}`],
    ['["\\u00', 6, `the file ends inside a string, ${CUT_SHORT}`],
    ['{"a":', 5, `the file ends before its JSON is complete, ${CUT_SHORT}`],
    ["[[]", 3, `the file ends before its JSON is complete, ${CUT_SHORT}`],
  ];
  for (const [text, offset, problem] of cases) {
    assertEquals(findSyntaxFault(text), { offset, problem }, JSON.stringify(text));
  }
});

Deno.test("findSyntaxFault() takes any depth", () => {
  assertEquals(findSyntaxFault("[".repeat(200_000) + "]".repeat(200_000)), null);
});

Deno.test("findSyntaxFault() finds a fault exactly when JSON.parse does", () => {
  const pieces = ["{", "}", "[", "]", ",", ":", '"', "\\", "1", "-", ".", "e", "true", " ", "\n"];
  forEachSeed(5000, (random) => {
    let text = JSON.stringify(random.json(4), null, random.below(2));
    for (let edits = random.below(3); edits > 0; edits--) {
      const at = random.below(text.length + 1);
      const removed = random.below(3);
      text = text.slice(0, at) + random.pick(["", ...pieces]) + text.slice(at + removed);
    }
    assertEquals(findSyntaxFault(text) === null, isJson(text), JSON.stringify(text));
  });
});

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
