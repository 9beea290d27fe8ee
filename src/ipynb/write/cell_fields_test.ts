import { assertEquals } from "@std/assert";
import { outputsOf, plainFields } from "./cell_fields.ts";
import { cellOf } from "./testing_edit.ts";

const FULL = { executionCount: 3, outputs: ["{}"], attachments: { a: 1 }, metadata: { m: 1 } };

Deno.test("plainFields() gives each cell type the keys that nbformat has for it", () => {
  const fields = (cellType: string) => plainFields(cellOf("a", { ...FULL, cellType }));
  assertEquals(fields("code"), { cell_type: "code", execution_count: 3, metadata: { m: 1 } });
  const withAttachments = { attachments: { a: 1 }, metadata: { m: 1 } };
  assertEquals(fields("markdown"), { cell_type: "markdown", ...withAttachments });
  assertEquals(fields("raw"), { cell_type: "raw", ...withAttachments });
  assertEquals(fields("x"), { cell_type: "x", execution_count: 3, ...withAttachments });
});

Deno.test("plainFields() gives code cells, and no other, a count where there is none", () => {
  assertEquals(plainFields(cellOf("a")), { cell_type: "code", execution_count: null });
  for (const cellType of ["markdown", "raw", "x"]) {
    assertEquals(plainFields(cellOf("a", { cellType })), { cell_type: cellType });
  }
  assertEquals(plainFields(cellOf("a", { executionCount: NaN })).execution_count, null);
});

Deno.test("plainFields() gives the extra keys, those of a wrong type where nothing else is", () => {
  const extra = { execution_count: "3", metadata: [], own: 1, id: 5, source: 1, outputs: 2 };
  assertEquals(plainFields(cellOf("a", { extra })), {
    cell_type: "code",
    execution_count: "3",
    metadata: [],
    own: 1,
  });
  assertEquals(plainFields(cellOf("a", { extra, executionCount: 1, metadata: {} })), {
    cell_type: "code",
    execution_count: 1,
    metadata: {},
    own: 1,
  });
});

Deno.test("plainFields() passes over extra keys that the cell's type hasn't got", () => {
  const extra = { execution_count: "3", attachments: null };
  const fields = (cellType: string) => plainFields(cellOf("a", { cellType, extra }));
  assertEquals(fields("code"), { cell_type: "code", execution_count: "3" });
  assertEquals(fields("markdown"), { cell_type: "markdown", attachments: null });
  assertEquals(fields("x"), { cell_type: "x", ...extra });
});

Deno.test("outputsOf() gives the outputs of cells that may have some", () => {
  const outputs = (cellType: string) => outputsOf(cellOf("a", { ...FULL, cellType }));
  assertEquals(["code", "x", "markdown", "raw"].map(outputs), [
    ["{}"],
    ["{}"],
    undefined,
    undefined,
  ]);
  assertEquals(outputsOf(cellOf("a")), []);
  assertEquals(outputsOf(cellOf("a", { cellType: "x" })), undefined);
});
