import { assertEquals } from "@std/assert";
import { formatPosition, positionAt } from "./position.ts";

Deno.test("positionAt() counts lines by every kind of line end", () => {
  const text = "a\nb\r\nc\rd";
  const cases = [[0, 1, 1], [1, 1, 2], [2, 2, 1], [3, 2, 2], [4, 2, 3], [5, 3, 1], [7, 4, 1]];
  for (const [offset = 0, line = 0, column = 0] of cases) {
    assertEquals(positionAt(text, offset), { line, column }, `offset ${offset}`);
  }
});

Deno.test("positionAt() counts an astral character as one column", () => {
  assertEquals(positionAt("😀😀x", 4), { line: 1, column: 3 });
});

Deno.test("positionAt() gives the end when the offset is past it", () => {
  assertEquals(positionAt("ab\n", 99), { line: 2, column: 1 });
  assertEquals(positionAt("", 0), { line: 1, column: 1 });
});

Deno.test("formatPosition() names line and column", () => {
  assertEquals(formatPosition({ line: 3, column: 7 }), "line 3, column 7");
});
