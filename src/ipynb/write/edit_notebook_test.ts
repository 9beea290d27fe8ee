import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { NotebookdError } from "../../errors.ts";
import { editNotebookText } from "./edit_notebook.ts";
import { cellOf, edit, editOneCell, lineChanges, stateOf } from "./testing_edit.ts";

/** Three cells as nbformat writes them. */
const FILE = `{
 "cells": [
  {
   "cell_type": "code",
   "execution_count": 1,
   "id": "a",
   "metadata": {},
   "outputs": [
    {
     "name": "stdout",
     "output_type": "stream",
     "text": [
      "1.0\\n"
     ]
    }
   ],
   "source": [
    "x\\n",
    "y"
   ]
  },
  {
   "cell_type": "markdown",
   "id": "b",
   "metadata": {},
   "source": []
  },
  {
   "cell_type": "raw",
   "id": "c",
   "metadata": {
    "n": 1.0
   },
   "source": "z"
  }
 ],
 "metadata": {},
 "nbformat": 4,
 "nbformat_minor": 5
}
`;

const NEW_CELL = `  {
   "cell_type": "code",
   "execution_count": null,
   "id": "new",
   "metadata": {},
   "outputs": [],
   "source": [
    "a\\n",
    "b"
   ]
  }`;

/** The text of one of the cells of the file, with its indentation. */
function cellText(index: number): string {
  return FILE.slice(FILE.indexOf("[\n") + 2, FILE.indexOf("\n ],")).split(",\n  {").map(
    (text, at) => at === 0 ? text : `  {${text}`,
  )[index] ?? "";
}

Deno.test("editNotebookText() gives the very same text when nothing changed", () => {
  const baseline = stateOf(FILE);
  const { text } = editNotebookText({ text: FILE, baseline, current: stateOf(FILE) });
  assertStrictEquals(text, FILE);
});

Deno.test("editNotebookText() puts a new cell anywhere", () => {
  const added = cellOf("new", { source: "a\nb" });
  const cellsAt = (at: number) =>
    edit(FILE, ({ cells }) => ({ cells: cells.toSpliced(at, 0, added) }));
  assertEquals(cellsAt(0), FILE.replace("[\n", `[\n${NEW_CELL},\n`));
  assertEquals(cellsAt(1), FILE.replace(cellText(1), `${NEW_CELL},\n${cellText(1)}`));
  assertEquals(cellsAt(3), FILE.replace(cellText(2), `${cellText(2)},\n${NEW_CELL}`));
});

Deno.test("editNotebookText() takes out the first, a middle, the last and every cell", () => {
  const without = (at: number) => edit(FILE, ({ cells }) => ({ cells: cells.toSpliced(at, 1) }));
  assertEquals(without(0), FILE.replace(`${cellText(0)},\n`, ""));
  assertEquals(without(1), FILE.replace(`${cellText(1)},\n`, ""));
  assertEquals(without(2), FILE.replace(`,\n${cellText(2)}`, ""));
  const none = edit(FILE, () => ({ cells: [] }));
  assertEquals(none, FILE.replace(/\[\n {2}\{[^]*\n \],/, "[],"));
  assertEquals(
    edit(none, () => ({ cells: [cellOf("new", { source: "a\nb" })] })),
    none.replace("[]", `[\n${NEW_CELL}\n ]`),
  );
});

Deno.test("editNotebookText() moves a cell with its bytes, edited or not", () => {
  const moved = edit(
    FILE,
    ({ cells: [a, b, c] }) => ({ cells: [c, a, b].flatMap((cell) => cell ?? []) }),
  );
  assertEquals(
    moved,
    FILE.replace(`,\n${cellText(2)}`, "").replace("[\n", `[\n${cellText(2)},\n`),
  );
  const edited = edit(FILE, ({ cells: [a, b, c] }) => ({
    cells: [{ ...c ?? cellOf("c"), source: "w" }, a, b].flatMap((cell) => cell ?? []),
  }));
  assertEquals(edited, moved.replace('"z"', '"w"'));
});

Deno.test("editNotebookText() counts as few cells as possible as moved", () => {
  const cell = (id: string) => `{"cell_type":"raw","id":"${id}","source":""}`;
  const [a, b, c, d, e] = ["a", "b", "c", "d", "e"].map(cell);
  const file = `{"nbformat":4,"cells":[${a}, ${b},  ${c},   ${d},    ${e}]}`;
  assertEquals(
    edit(file, ({ cells }) => ({ cells: [...cells.slice(1), ...cells.slice(0, 1)] })),
    `{"nbformat":4,"cells":[${b},  ${c},   ${d},    ${e},    ${a}]}`,
  );
  assertEquals(
    edit(file, ({ cells }) => ({ cells: [...cells.slice(-1), ...cells.slice(0, -1)] })),
    `{"nbformat":4,"cells":[${e},    ${a}, ${b},  ${c},   ${d}]}`,
  );
});

Deno.test("editNotebookText() never writes the id of a cell that the file has", () => {
  const file =
    '{"cells":[{"cell_type":"raw","source":""},{"cell_type":"raw","id":"a","source":"1"},' +
    '{"cell_type":"raw","id":"a","source":"2"}],"nbformat":4,"nbformat_minor":5}';
  const edited = edit(file, ({ cells }) => ({
    cells: cells.map((cell) => ({ ...cell, source: cell.source + "!" })).reverse(),
  }));
  assertEquals(
    edited,
    '{"cells":[{"cell_type":"raw","id":"a","source":"2!"},{"cell_type":"raw","id":"a","source":"1!"},' +
      '{"cell_type":"raw","source":"!"}],"nbformat":4,"nbformat_minor":5}',
  );
});

Deno.test("editNotebookText() gives a new cell an id from nbformat 4.5 on", () => {
  const add = (minor: string) =>
    edit(
      `{"cells":[],"nbformat":4${minor}}`,
      () => ({ cells: [cellOf("n", { cellType: "raw" })] }),
    );
  const cell = (id: string) => `{"cell_type":"raw",${id}"metadata":{},"source":[]}`;
  assertEquals(add(""), `{"cells":[${cell("")}],"nbformat":4}`);
  assertEquals(
    add(',"nbformat_minor":4'),
    `{"cells":[${cell("")}],"nbformat":4,"nbformat_minor":4}`,
  );
  for (const minor of [5, 6]) {
    assertEquals(
      add(`,"nbformat_minor":${minor}`),
      `{"cells":[${cell('"id":"n",')}],"nbformat":4,"nbformat_minor":${minor}}`,
    );
  }
});

Deno.test("editNotebookText() adds, replaces and clears outputs", () => {
  const output = '{"output_type": "x", "n": [1.50, 1e5], "e": {}}';
  const [first = ""] = stateOf(FILE).cells[0]?.outputs ?? [];
  const written = [
    "    {",
    '     "output_type": "x",',
    '     "n": [',
    "      1.50,",
    "      1e5",
    "     ],",
    '     "e": {}',
    "    }",
  ];
  assertEquals(lineChanges(FILE, editOneCell(FILE, 0, { outputs: [first, output] })), [
    "+    },",
    ...written.slice(0, -1).map((line) => `+${line}`),
  ]);
  assertEquals(
    editOneCell(FILE, 0, { outputs: [output] }),
    FILE.replace(/ {4}\{\n {5}"name"[^}]*\}/, written.join("\n")),
  );
  assertEquals(
    editOneCell(FILE, 0, { outputs: [], executionCount: null }),
    FILE.replace(/"outputs": \[[^}]*\}\n {3}\]/, '"outputs": []').replace(": 1,", ": null,"),
  );
});

Deno.test("editNotebookText() keeps the bytes of outputs beside a new one", () => {
  const file = '{"cells":[{"cell_type":"code","outputs":[{"n": 1.0},  {"n": 2e0}]}],"nbformat":4}';
  assertEquals(
    editOneCell(file, 0, { outputs: ['{"n":1.0}', '{"n":7}', '{"n":2e0}'] }),
    file.replace('{"n": 1.0},  ', '{"n": 1.0},  {"n":7},  '),
  );
});

Deno.test("editNotebookText() leaves out and names an output that isn't the JSON of an object", () => {
  const baseline = stateOf(FILE);
  const deep = `{"a":${"[".repeat(2000)}${"]".repeat(2000)}}`;
  const outputs = ["", "7", "0".repeat(64), '{"a": 1}', '{"a": }', deep];
  const cells = baseline.cells.map((cell) => cell.id === "a" ? { ...cell, outputs } : cell);
  const result = editNotebookText({ text: FILE, baseline, current: { ...baseline, cells } });
  assertEquals(stateOf(result.text).cells[0]?.outputs, ['{"a":1}']);
  assertEquals(result.omitted, [0, 1, 2, 4, 5].map((index) => ({ cellId: "a", index })));
  const saved = { ...baseline, cells };
  const next = {
    ...saved,
    cells: cells.map((cell) => cell.id === "a" ? { ...cell, outputs: outputs.slice(0, 4) } : cell),
  };
  assertEquals(editNotebookText({ text: result.text, baseline: saved, current: next }), {
    text: result.text,
    omitted: [],
  });
});

Deno.test("editNotebookText() gives a cell the keys of its new type", () => {
  const markdown = editOneCell(FILE, 0, {
    cellType: "markdown",
    outputs: [],
    executionCount: null,
  });
  assertEquals(
    markdown,
    FILE.replace('"code"', '"markdown"').replace('   "execution_count": 1,\n', "")
      .replace(/ {3}"outputs": \[[^}]*\}\n {3}\],\n/, ""),
  );
  assertEquals(
    editOneCell(FILE, 1, { cellType: "code" }),
    FILE.replace('"markdown",\n', '"code",\n   "execution_count": null,\n')
      .replace('   "source": []', '   "outputs": [],\n   "source": []'),
  );
});

Deno.test("editNotebookText() keeps attachments off code cells only", () => {
  const attachments = { "a.png": { "image/png": "AA" } };
  const withOne = editOneCell(FILE, 1, { attachments });
  assertEquals(lineChanges(FILE, withOne), [
    '+   "attachments": {',
    '+    "a.png": {',
    '+     "image/png": "AA"',
    "+    }",
    "+   },",
  ]);
  assertEquals(
    stateOf(editOneCell(withOne, 1, { cellType: "code" })).cells[1]?.attachments,
    undefined,
  );
  assertEquals(editOneCell(FILE, 0, { attachments }), FILE);
});

Deno.test("editNotebookText() edits metadata at each level and nothing beside it", () => {
  assertEquals(
    editOneCell(FILE, 2, { metadata: { n: 1, tags: ["x"] } }),
    FILE.replace(
      '"n": 1.0',
      '"n": 1.0,\n    "tags": [\n     "x"\n    ]',
    ),
  );
  assertEquals(
    editOneCell(FILE, 2, { metadata: {} }),
    FILE.replace(/\{\n {4}"n": 1.0\n {3}\}/, "{}"),
  );
  const extra = edit(FILE, () => ({ extra: { generator: { a: [] } } }));
  assertEquals(
    extra,
    FILE.replace('\n "metadata"', '\n "generator": {\n  "a": []\n },\n "metadata"'),
  );
  assertEquals(edit(extra, () => ({ extra: {} })), FILE);
  const metadata = edit(FILE, () => ({ metadata: { title: "é" } }));
  assertEquals(metadata, FILE.replace('{},\n "nbformat"', '{\n  "title": "é"\n },\n "nbformat"'));
});

Deno.test("editNotebookText() gives a cell that lost its metadata an empty one", () => {
  const edited = edit(FILE, ({ cells }) => ({
    cells: cells.map(({ metadata: _metadata, ...cell }) => cell),
  }));
  assertEquals(edited, FILE.replace(/\{\n {4}"n": 1.0\n {3}\}/, "{}"));
});

Deno.test("editNotebookText() edits the duplicate that counts, and removes them all", () => {
  const file = '{"nbformat":4,"cells":[],"metadata":{"a":1,"b":2,"a":3}}';
  assertEquals(edit(file, () => ({ metadata: { a: 4, b: 2 } })), file.replace("3", "4"));
  assertEquals(
    edit(file, () => ({ metadata: { b: 2 } })),
    file.replace('"a":1,', "").replace(',"a":3', ""),
  );
});

Deno.test("editNotebookText() writes a list whole where the file has another than the baseline", () => {
  const text = '{"nbformat":4,"cells":[],"metadata":{"a":[1.0]}}';
  const baseline = { ...stateOf(text), metadata: { a: [1, 2] } };
  const current = { ...baseline, metadata: { a: [1, 2, 3] } };
  const result = editNotebookText({ text, baseline, current });
  assertEquals(result.text, text.replace("1.0", "1,2,3"));
});

Deno.test("editNotebookText() writes in the file's own style", () => {
  const cell = cellOf("n", { cellType: "raw", source: "é\n/", metadata: { a: [1, 2] } });
  const add = (file: string) => edit(file, ({ cells }) => ({ cells: [...cells, cell] }));
  const cases: [before: string, after: string][] = [
    [
      '{"cells":[],"nbformat":4}',
      '{"cell_type":"raw","metadata":{"a":[1,2]},"source":["é\\n","/"]}',
    ],
    [
      '{"cells": [], "nbformat": 4}',
      '{"cell_type": "raw", "metadata": {"a": [1, 2]}, "source": ["é\\n", "/"]}',
    ],
    [
      String.raw`{"cells":[],"nbformat":4,"x":"\u00e8\/"}`,
      String.raw`{"cell_type":"raw","metadata":{"a":[1,2]},"source":["\u00e9\n","\/"]}`,
    ],
    [
      '{\r\n\t"cells": [],\r\n\t"nbformat": 4\r\n}',
      '[\r\n\t\t{\r\n\t\t\t"cell_type": "raw",\r\n\t\t\t"metadata": {\r\n\t\t\t\t"a": [\r\n\t\t\t\t\t1,\r\n' +
      '\t\t\t\t\t2\r\n\t\t\t\t]\r\n\t\t\t},\r\n\t\t\t"source": [\r\n\t\t\t\t"é\\n",\r\n\t\t\t\t"/"\r\n\t\t\t]' +
      "\r\n\t\t}\r\n\t]",
    ],
    [
      '\ufeff{\n"cells" : [ ], \n"nbformat" : 4\n}\n\n',
      '[\n{\n"cell_type" : "raw", \n"metadata" : {\n"a" : [\n1, \n2\n]\n}, \n"source" : [\n"é\\n", \n"/"\n]\n}\n]',
    ],
  ];
  for (const [before, cells] of cases) {
    const list = cells.startsWith("[") ? cells : `[${cells}]`;
    assertEquals(add(before), before.replace(/\[ ?\]/, list));
  }
});

Deno.test("editNotebookText() writes sources as strings where the file has no lists", () => {
  const file = '{"cells":[{"cell_type":"raw","source":"a"}],"nbformat":4}';
  const add = (text: string) =>
    edit(
      text,
      ({ cells }) => ({ cells: [...cells, cellOf("n", { cellType: "raw", source: "b\nc" })] }),
    );
  assertEquals(
    add(file),
    file.replace("}]", '},{"cell_type":"raw","metadata":{},"source":"b\\nc"}]'),
  );
});

Deno.test("editNotebookText() edits the minor version and never the major one", () => {
  const file = '{"cells":[],"nbformat":4,"nbformat_minor":4}';
  assertEquals(edit(file, () => ({ nbformat: 3, nbformatMinor: 5 })), file.replace(/4\}/, "5}"));
  assertEquals(edit(file, () => ({ nbformat: null, nbformatMinor: null })), file);
  assertEquals(edit(file, () => ({ nbformat: 9, nbformatMinor: -1 })), file);
});

Deno.test("editNotebookText() leaves alone what a client put where nothing of it belongs", () => {
  const extra = { cells: "x", metadata: 1, nbformat: 9, nbformat_minor: "y" };
  assertEquals(edit(FILE, () => ({ extra })), FILE);
  assertEquals(editOneCell(FILE, 0, { extra: { id: "z", source: 1, outputs: 2 } }), FILE);
});

Deno.test("editNotebookText() writes cells of one id one after the other", () => {
  const doubled = edit(FILE, ({ cells }) => ({ cells: [...cells, ...cells.slice(2)] }));
  assertEquals(stateOf(doubled).cells.map(({ source }) => source), ["x\ny", "", "z", "z"]);
  const baseline = stateOf(FILE);
  const cells = [...baseline.cells, ...baseline.cells.slice(2)];
  const current = { ...baseline, cells: cells.slice(0, 3) };
  const text = editNotebookText({ text: doubled, baseline: { ...baseline, cells }, current }).text;
  assertEquals(text, FILE);
});

Deno.test("editNotebookText() refuses a baseline of another text", () => {
  const baseline = stateOf(FILE);
  const current = { ...baseline, cells: [] };
  const text = '{"cells":[],"nbformat":4}';
  const error = assertThrows(() => editNotebookText({ text, baseline, current }), NotebookdError);
  assertEquals(error.code, "invalid_argument");
});

Deno.test("editNotebookText() refuses to nest deeper than it could read again", () => {
  let nested: unknown[] = [];
  for (let depth = 0; depth < 1100; depth++) nested = [nested];
  const metadata = JSON.parse(JSON.stringify({ nested }));
  const error = assertThrows(() => editOneCell(FILE, 0, { metadata }), NotebookdError);
  assertEquals(error.code, "limit_reached");
});
