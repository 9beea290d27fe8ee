import { assertEquals } from "@std/assert";
import { edit, editOneCell, stateOf } from "./testing_edit.ts";

/** A file of one cell with this source, as JSON text. */
function fileWith(source: string): string {
  return `{"cells":[{"cell_type":"raw","source":${source}}],"nbformat":4}`;
}

/** What becomes of a source when the cell's text becomes another. */
function edited(source: string, text: string): string {
  const file = fileWith(source);
  const result = editOneCell(file, 0, { source: text });
  assertEquals(stateOf(result).cells[0]?.source, text.toWellFormed());
  const [start, end] = [file.indexOf(source), file.length - file.indexOf(source) - source.length];
  return result.slice(start, result.length - end);
}

Deno.test("editSource() keeps the bytes of lines that stay", () => {
  const source = String.raw`[ "\u0061\n",  "b\n","\u0063\n", "\u0064" ]`;
  const cases: [text: string, expected: string][] = [
    ["a\nB\nc\nd", String.raw`[ "\u0061\n",  "B\n","\u0063\n", "\u0064" ]`],
    ["b\nc\nd", String.raw`[ "b\n","\u0063\n", "\u0064" ]`],
    ["a\nb\nc\n", String.raw`[ "\u0061\n",  "b\n","\u0063\n" ]`],
    ["a\nc\nd", String.raw`[ "\u0061\n","\u0063\n", "\u0064" ]`],
    ["a\nb\nx\nc\nd", String.raw`[ "\u0061\n",  "b\n","x\n","\u0063\n", "\u0064" ]`],
    ["x\na\nb\nc\nd", String.raw`[ "x\n", "\u0061\n",  "b\n","\u0063\n", "\u0064" ]`],
    ["", "[]"],
  ];
  for (const [text, expected] of cases) assertEquals(edited(source, text), expected);
});

Deno.test("editSource() keeps a split that isn't at line feeds where nothing changed", () => {
  assertEquals(
    edited('["ab", "c\\n", "d\\ne\\n", "f"]', "abc\nd\ne\nF"),
    '["ab", "c\\n", "d\\ne\\n", "F"]',
  );
  assertEquals(
    edited('["ab", "c\\n", "d\\ne\\n", "f"]', "abc\nd\nE\nf"),
    '["ab", "c\\n", "d\\nE\\n", "f"]',
  );
  assertEquals(edited('["ab", "c\\n", "d"]', "abC\nd"), '["abC\\n", "d"]');
  assertEquals(edited('["a\\r", "\\nb\\n", "c"]', "a\r\nb\nC"), '["a\\r", "\\nb\\n", "C"]');
  assertEquals(edited('["a\\nb\\nc"]', "a\nB\nc"), '["a\\nB\\nc"]');
  assertEquals(edited('["a\\nb", "\\n", "c"]', "a\nb\nC"), '["a\\nb", "\\n", "C"]');
});

Deno.test("editSource() splits new lines as nbformat does", () => {
  assertEquals(edited('["a"]', "a\nb\r\nc\u2028d"), '["a\\n","b\\r\\n","c\u2028","d"]');
  assertEquals(edited("[]", "a\nb"), '["a\\n","b"]');
  assertEquals(edited('[""]', "a"), '["a"]');
});

Deno.test("editSource() splits only at line feeds in a cell that does so", () => {
  assertEquals(edited('["a\\fb\\n", "c"]', "a\fb\nx\fy\nc"), '["a\\fb\\n", "x\\fy\\n", "c"]');
});

Deno.test("editSource() leaves a string a string", () => {
  assertEquals(edited('"a\\nb"', "a\nc"), '"a\\nc"');
  assertEquals(edited('""', "a\n"), '"a\\n"');
});

Deno.test("editSource() keeps a lone surrogate until its own line is edited", () => {
  const source = String.raw`["\ud83d\n","b\n","\ud83d"]`;
  assertEquals(edited(source, "\ufffd\nB\n\ufffd"), String.raw`["\ud83d\n","B\n","\ud83d"]`);
  assertEquals(
    edited(source, "\ufffd!\nb\n\ufffd"),
    String.raw`["` + "\ufffd!" + String.raw`\n","b\n","\ud83d"]`,
  );
});

Deno.test("editSource() keeps a surrogate pair that two elements share", () => {
  const source = String.raw`["\ud83d", "\ude00\n", "b"]`;
  assertEquals(edited(source, "😀\nB"), String.raw`["\ud83d", "\ude00\n", "B"]`);
});

Deno.test("editSource() adds the key where a cell has no source", () => {
  const file = '{"cells":[{"cell_type":"raw"}],"nbformat":4}';
  assertEquals(
    edit(file, ({ cells }) => ({ cells: cells.map((cell) => ({ ...cell, source: "a\nb" })) })),
    '{"cells":[{"cell_type":"raw","source":["a\\n","b"]}],"nbformat":4}',
  );
});
