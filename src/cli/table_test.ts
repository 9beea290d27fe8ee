import { assert, assertEquals } from "@std/assert";
import { renderTable } from "./table.ts";

const COLUMNS = [{ title: "#", align: "right" }, { title: "source" }] as const;

Deno.test("renderTable() draws the headings alone when there are no rows", () => {
  assertEquals(renderTable(COLUMNS, [], { colour: false }), "#  source\n");
});

Deno.test("renderTable() cuts only the last column when the terminal is narrow", () => {
  const rows = [["10", "x = 'a long line of source'"]];
  const [, row] = renderTable(COLUMNS, rows, { colour: false, width: 14 }).split("\n");
  assertEquals(row, "10  x = 'a lo…");
});

Deno.test("renderTable() keeps some of the last column when there is no room at all", () => {
  const rows = [["1", "0123456789"]];
  const [, row] = renderTable(COLUMNS, rows, { colour: false, width: 1 }).split("\n");
  assertEquals(row, "1  0123456…");
});

Deno.test("renderTable() doesn't cut when there is no terminal", () => {
  const source = "x".repeat(1000);
  assert(renderTable(COLUMNS, [["1", source]], { colour: false }).includes(source));
});

Deno.test("renderTable() colours the headings only, and only when told", () => {
  const coloured = renderTable(COLUMNS, [["1", "\x1b[31mred"]], { colour: true });
  const [heading, row] = coloured.split("\n");
  assert(heading?.startsWith("\x1b[1m"), heading);
  assertEquals(row, "1  ␛[31mred");
});

Deno.test("renderTable() keeps one line for a row whatever its texts hold", () => {
  const table = renderTable(COLUMNS, [["1\n2", "a\nb\r"]], { colour: false });
  assertEquals(table.split("\n").length, 3);
});

Deno.test("renderTable() lines up wide characters", () => {
  const table = renderTable(
    [{ title: "id" }, { title: "type" }],
    [["日本", "code"], ["ab", "raw"]],
    { colour: false },
  );
  assertEquals(table, "id    type\n日本  code\nab    raw\n");
});
