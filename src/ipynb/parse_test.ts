import { assert, assertEquals, assertFalse, assertStringIncludes, assertThrows } from "@std/assert";
import { type ErrorCode, NotebookdError } from "../errors.ts";
import type { JsonObject, JsonValue } from "../json.ts";
import { parseNotebook, type ParseOptions } from "./parse.ts";
import { forEachSeed, type Random } from "./testing_random.ts";

const utf8 = new TextEncoder();

function parse(text: string, options?: ParseOptions) {
  return parseNotebook(utf8.encode(text), options).notebook;
}

/** The text of a notebook whose one cell has these keys. */
function withCell(cell: string): string {
  return `{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [\n${cell}\n]}`;
}

function refusal(text: string, options?: ParseOptions): NotebookdError {
  return assertThrows(() => parse(text, options), NotebookdError);
}

Deno.test("parseNotebook() reads versions 4.0 to 4.99, and 4 without a minor", () => {
  const cases: [string, number][] = [
    ['"nbformat": 4, "nbformat_minor": 0', 0],
    ['"nbformat": 4, "nbformat_minor": 5', 5],
    ['"nbformat": 4, "nbformat_minor": 99', 99],
    ['"nbformat": 4.0, "nbformat_minor": 5.0', 5],
    ['"nbformat": 4, "nbformat_minor": -0', 0],
    ['"nbformat": 4', 0],
  ];
  for (const [version, minor] of cases) {
    const notebook = parse(`{${version}, "cells": []}`);
    assertEquals(notebook, {
      nbformat: 4,
      nbformatMinor: minor,
      cells: [],
      metadata: {},
      extra: {},
    }, version);
    assert(Object.is(notebook.nbformatMinor, minor));
  }
});

Deno.test("parseNotebook() refuses what isn't a notebook, naming the place", () => {
  const cases: [text: string, code: ErrorCode, ...parts: string[]][] = [
    ["[]", "invalid_notebook", "must be an object but is a list"],
    ["7", "invalid_notebook", "must be an object but is an integer"],
    ["{}", "invalid_notebook", '"nbformat"', "missing", "line 1, column 1"],
    ['{"nbformat": "4"}', "invalid_notebook", '"nbformat"', "a string", "line 1, column 14"],
    ['{"nbformat": 4.5}', "invalid_notebook", '"nbformat"', "a number"],
    ['{"nbformat": 3}', "invalid_notebook", "nbformat 3", "jupyter nbconvert"],
    ['{"nbformat": 2}', "invalid_notebook", "nbformat 2", "jupyter nbconvert"],
    ['{"nbformat": 5}', "invalid_notebook", "nbformat 5", "later"],
    ['{"nbformat": 4, "nbformat_minor": -1}', "invalid_notebook", '"nbformat_minor"'],
    ['{"nbformat": 4, "nbformat_minor": null}', "invalid_notebook", '"nbformat_minor"', "null"],
    ['{"nbformat": 4}', "invalid_notebook", '"cells"', "missing"],
    ['{"nbformat": 4, "cells": {}}', "invalid_notebook", '"cells"', "an object"],
    ['{"nbformat": 4, "cells": [],\n"metadata": []}', "invalid_notebook", '"metadata"', "line 2"],
    ['{"nbformat": 4, "nbformat": 3, "cells": []}', "invalid_notebook", "nbformat 3"],
    [withCell("null"), "invalid_notebook", '"cells[0]"', "null", "line 2, column 1"],
    [withCell("{}"), "invalid_notebook", '"cells[0].cell_type"', "missing", "line 2, column 1"],
    [withCell('{"cell_type": 1}'), "invalid_notebook", '"cells[0].cell_type"', "column 15"],
    [withCell('{"cell_type": "code", "source": null}'), "invalid_notebook", '"cells[0].source"'],
    [withCell('{"cell_type": "code", "source": ["", 1]}'), "invalid_notebook", "source[1]"],
    [withCell('{"cell_type": "code", "outputs": {}}'), "invalid_notebook", '"cells[0].outputs"'],
    [withCell('{"cell_type": "code", "outputs": [{}, 1]}'), "invalid_notebook", "outputs[1]"],
    ['{"nbformat": NaN}', "invalid_json", "NaN", "line 1, column 14"],
    [" \n ", "invalid_json", "white space"],
  ];
  for (const [text, code, ...parts] of cases) {
    const error = refusal(text);
    assertEquals(error.code, code, text);
    for (const part of parts) assertStringIncludes(error.message, part);
  }
});

Deno.test("parseNotebook() points at the duplicate that counts when the wrong part has two keys", () => {
  const error = refusal(withCell('{"cell_type": "code",\n"source": "",\n"source": 1}'));
  assertStringIncludes(error.message, "line 4, column 11");
});

Deno.test("parseNotebook() quotes no content in an error", () => {
  const texts = [
    '{"nbformat": 4, "cells": [{"cell_type": "code", "source": {"s3cret": 1}}]}',
    '{"nbformat": 4, "cells": ["s3cret"]}',
    '{"nbformat": "s3cret"}',
    '{"nbformat": 4, s3cret',
    '{"a": "s3cret',
    '"s3cret\\q"',
  ];
  for (const text of texts) {
    const error = refusal(text);
    assertFalse(error.message.includes("s3cret"), error.message);
    assertEquals(error.cause, undefined);
  }
});

Deno.test("parseNotebook() fills in what a cell lacks", () => {
  assertEquals(parse(withCell('{"id": "a", "cell_type": "markdown"}')).cells, [
    { id: "a", cellType: "markdown", source: "", executionCount: null, outputs: [] },
  ]);
});

Deno.test("parseNotebook() joins a source that is a list, split anywhere", () => {
  const [cell] = parse(withCell('{"cell_type": "x", "source": ["a\\r", "b", "", "\\n"]}')).cells;
  assertEquals(cell?.source, "a\rb\n");
});

Deno.test("parseNotebook() keeps values of a wrong type in extra", () => {
  const cell = '{"id": 5, "cell_type": "code", "metadata": [], "attachments": null, ' +
    '"execution_count": "3", "unknown": {"b": 1, "a": 2}}';
  const { cells, extra } = parse(withCell(cell).replace("{", '{"z": [1], '));
  assertEquals(cells[0]?.executionCount, null);
  assertFalse("metadata" in (cells[0] ?? {}));
  assertFalse("attachments" in (cells[0] ?? {}));
  assertEquals(cells[0]?.extra, {
    id: 5,
    metadata: [],
    attachments: null,
    execution_count: "3",
    unknown: { b: 1, a: 2 },
  });
  assertEquals(extra, { z: [1] });
});

Deno.test("parseNotebook() reads execution counts that are safe integers and keeps others", () => {
  const cases: [string, number | null, JsonValue | undefined][] = [
    ["7", 7, undefined],
    ["7.0", 7, undefined],
    ["null", null, undefined],
    ["1.5", null, 1.5],
    ["9007199254740993", null, 9007199254740992],
    ["true", null, true],
  ];
  for (const [count, expected, kept] of cases) {
    const [cell] = parse(withCell(`{"cell_type": "code", "execution_count": ${count}}`)).cells;
    assertEquals(cell?.executionCount, expected, count);
    assertEquals(cell?.extra?.execution_count, kept, count);
  }
});

Deno.test("parseNotebook() spells the numbers of outputs as the file does", () => {
  const numbers = "[1.0,-0,-0.0,1e5,1.49e-06,1E400,1656011267020894200,9007199254740993,0.1,1]";
  const output = `{"output_type":"display_data","data":{"b":${numbers},"a":["x"]}}`;
  const text = withCell(
    `{"cell_type": "code", "metadata": {"n": 1.0, "big": 1e5}, "outputs": [ ${output} ]}`,
  );
  const { cells, metadata } = parse(text.replace('"metadata": {}', '"metadata": {"m": -0.0}'));
  assertEquals(cells[0]?.outputs, [output]);
  assertEquals(cells[0]?.metadata, { n: 1, big: 100000 });
  assertEquals(metadata, { m: -0 });
});

Deno.test("parseNotebook() keeps the file's key order and escapes lone surrogates in outputs", () => {
  const output = String.raw`{"z":1,"a":["\ud83d","\u00e9","\/"],"output_type":"x"}`;
  const [cell] = parse(withCell(`{"cell_type": "code", "outputs": [${output}]}`)).cells;
  assertEquals(cell?.outputs, [String.raw`{"z":1,"a":["\ud83d","é","/"],"output_type":"x"}`]);
});

Deno.test("parseNotebook() keeps __proto__ an ordinary key at every level", () => {
  const proto = '"__proto__": {"polluted": true}';
  const cell = `{"id": "__proto__", "cell_type": "code", ${proto}, "metadata": {${proto}}}`;
  const { cells, extra } = parse(withCell(cell).replace("{", `{${proto}, `));
  assert(Object.hasOwn(extra, "__proto__"));
  assert(Object.hasOwn(cells[0]?.extra ?? {}, "__proto__"));
  assert(Object.hasOwn(cells[0]?.metadata ?? {}, "__proto__"));
  assertEquals(Object.getPrototypeOf(extra), Object.prototype);
  assertEquals(({} as JsonObject).polluted, undefined);
});

Deno.test("parseNotebook() remembers a byte order mark", () => {
  const text = '{"nbformat": 4, "cells": []}';
  assert(parseNotebook(utf8.encode("\ufeff" + text)).byteOrderMark);
  assertFalse(parseNotebook(utf8.encode(text)).byteOrderMark);
});

Deno.test("parseNotebook() refuses nesting and cells beyond the limits, and takes them up to there", () => {
  const nested = (depth: number) =>
    `{"nbformat": 4, "cells": [], "x": ${"[".repeat(depth - 1)}1.0${"]".repeat(depth - 1)}}`;
  assertEquals(parse(nested(1000)).cells, []);
  assertEquals(refusal(nested(1001)).code, "limit_reached");
  assertEquals(refusal(nested(500_000)).code, "limit_reached");
  const cells = '{"cell_type":"raw"},'.repeat(3).slice(0, -1);
  assertEquals(parse(withCell(cells), { limits: { cells: 3 } }).cells.length, 3);
  assertEquals(refusal(withCell(cells), { limits: { cells: 2 } }).code, "limit_reached");
});

Deno.test("parseNotebook() reports repaired ids and leaves the others", () => {
  const file = '{"nbformat": 4, "cells": [{"cell_type": "raw", "id": "a"}, {"cell_type": "raw", ' +
    '"id": "a"}, {"cell_type": "raw"}]}';
  const { notebook, repairs } = parseNotebook(utf8.encode(file));
  assertEquals(repairs.map(({ index, reason }) => [index, reason]), [
    [1, "duplicate"],
    [2, "missing"],
  ]);
  assertEquals(notebook.cells.map(({ id }) => id), ["a", repairs[0]?.id, repairs[1]?.id]);
});

Deno.test("parseNotebook() gives back what a random notebook was written from", () => {
  forEachSeed(400, (random) => {
    const cells = Array.from({ length: random.below(6) }, (_, index) => randomCell(random, index));
    const top = { cells, metadata: { m: random.json(3) }, nbformat: 4, other: random.json(3) };
    const notebook = parse(JSON.stringify(top, null, random.below(3)));
    assertEquals(notebook.metadata, top.metadata);
    assertEquals(notebook.extra, { other: top.other });
    assertEquals(
      notebook.cells.map((cell) => ({
        id: cell.id,
        cell_type: cell.cellType,
        source: cell.source,
        outputs: cell.outputs.map((output) => JSON.parse(output)),
        metadata: cell.metadata,
        ...cell.extra,
      })),
      cells.map((cell) => ({ ...cell, source: [cell.source].flat().join("") })),
    );
  });
});

function randomCell(random: Random, index: number) {
  return {
    id: `id-${index}`,
    cell_type: random.pick(["code", "markdown", "future"]),
    source: random.pick<string | string[]>([random.text(), [random.text(), random.text()], []]),
    outputs: [{ output_type: "x", data: random.json(4) }],
    metadata: { tags: random.json(2) },
    extra_key: random.json(2),
  };
}
