import { assert, assertEquals } from "@std/assert";
import { toCell, toExecutionCount, toOutput } from "./cells.ts";

Deno.test("toCell() gives typed values when the cell is whole", () => {
  const cell = toCell({
    id: "a",
    cell_type: "code",
    source: "print(1)",
    execution_count: "7",
    outputs: ['{"output_type":"stream","name":"stdout","text":"1\\n"}'],
    metadata: { tags: ["x"] },
  });
  assertEquals(cell, {
    id: "a",
    cellType: "code",
    source: "print(1)",
    executionCount: 7,
    outputs: [{ output_type: "stream", name: "stdout", text: "1\n" }],
    metadata: { tags: ["x"] },
    attachments: {},
    extra: {},
  });
  assert(Object.isFrozen(cell) && Object.isFrozen(cell.outputs));
});

Deno.test("toOutput() keeps the text when it is a manifest's hash or no JSON", () => {
  for (const text of ["1".repeat(64), "ab".repeat(32), "{broken", ""]) {
    assertEquals(toOutput(text), text);
  }
});

Deno.test("toExecutionCount() gives null when the text is no count", () => {
  const cases: [string, number | null][] = [
    ["0", 0],
    ["12", 12],
    ["null", null],
    ["-1", null],
    ["1.5", null],
    ["", null],
    ["99999999999999999999", null],
    ["true", null],
  ];
  for (const [text, count] of cases) assertEquals(toExecutionCount(text), count);
});
