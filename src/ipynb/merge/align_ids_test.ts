import { assert, assertEquals } from "@std/assert";
import { parseNotebook } from "../parse.ts";
import { cellOf } from "../write/testing_edit.ts";
import { alignCellIds } from "./align_ids.ts";

function parsed(...cells: { id?: string; source: string; cell_type?: string }[]) {
  const notebook = {
    nbformat: 4,
    nbformat_minor: 5,
    metadata: {},
    cells: cells.map((cell) => ({ cell_type: "code", metadata: {}, outputs: [], ...cell })),
  };
  return parseNotebook(new TextEncoder().encode(JSON.stringify(notebook)));
}

const BASELINE = [
  cellOf("a", { source: "import os\nimport sys\n" }),
  cellOf("b", { source: "x = 1\n" }),
  cellOf("c", { source: "x = 1\n" }),
  cellOf("d", { source: "print(x)\nprint(y)\n" }),
];

function ids(...cells: Parameters<typeof parsed>): string[] {
  return alignCellIds(BASELINE, parsed(...cells)).map(({ id }) => id);
}

Deno.test("alignCellIds() keeps the ids that a file names", () => {
  assertEquals(ids({ id: "z", source: "x = 1\n" }), ["z"]);
});

Deno.test("alignCellIds() finds cells by their content, also moved and edited ones", () => {
  const sources = ["print(x)\nprint(z)\n", "import os\nimport sys\n", "x = 1\n", "x = 1\n"];
  assertEquals(ids(...sources.map((source) => ({ source }))), ["d", "a", "b", "c"]);
});

Deno.test("alignCellIds() gives a new cell an id that no other has", () => {
  const found = ids({ source: "quite another thing\n" }, { source: "x = 1\n" });
  assert(found[1] === "b" || found[1] === "c");
  assertEquals(BASELINE.some(({ id }) => id === found[0]), false);
  const doubled = ids({ id: "q", source: "1" }, { id: "q", source: "2" }, { source: "x = 1\n" });
  assertEquals(new Set(doubled).size, 3);
  assertEquals(doubled[0], "q");
});

Deno.test("alignCellIds() leaves a baseline cell to the one that names it", () => {
  assertEquals(ids({ source: "x = 1\n" }, { id: "b", source: "x = 1\n" }), ["c", "b"]);
});
