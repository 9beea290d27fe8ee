import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { type Node, parseTree } from "jsonc-parser";
import { NotebookdError } from "../src/errors.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../src/json.ts";
import { type ParsedNotebook, parseNotebook } from "../src/ipynb/parse.ts";
import type { NotebookCell } from "../src/ipynb/notebook.ts";
import { mergeMetadata, restOfMetadata, snapshotOf } from "../src/ipynb/snapshot.ts";
import refusals from "./fixtures/corpus/refusals.json" with { type: "json" };

const FOLDER = new URL("./fixtures/corpus/", import.meta.url);

interface Refusal {
  code: string;
  line?: number;
  column?: number;
}

const REFUSED: ReadonlyMap<string, Refusal> = new Map(Object.entries(refusals));

async function corpusFiles(): Promise<string[]> {
  const index = await Deno.readTextFile(new URL("INDEX.tsv", FOLDER));
  return index.trimEnd().split("\n").slice(1).map((line) => line.split("\t")[0] ?? "");
}

function read(file: string): Promise<Uint8Array> {
  return Deno.readFile(new URL(encodeURIComponent(file), FOLDER));
}

async function loadable(): Promise<{ file: string; bytes: Uint8Array; parsed: ParsedNotebook }[]> {
  const files = (await corpusFiles()).filter((file) => !REFUSED.has(file));
  return await Promise.all(files.map(async (file) => {
    const bytes = await read(file);
    return { file, bytes, parsed: parseNotebook(bytes) };
  }));
}

Deno.test("corpus: the index names every notebook of the folder", async () => {
  const inFolder = (await Array.fromAsync(Deno.readDir(FOLDER))).map(({ name }) => name)
    .filter((name) => name.endsWith(".ipynb"));
  assertEquals((await corpusFiles()).sort(), inFolder.sort());
  assertEquals(inFolder.length, 80);
});

Deno.test("parseNotebook() refuses what isn't a notebook with its code and place", async () => {
  for (const [file, { code, line, column }] of REFUSED) {
    const bytes = await read(file);
    const error = assertThrows(() => parseNotebook(bytes), NotebookdError);
    assertEquals(error.code, code, file);
    if (line !== undefined) {
      assertStringIncludes(error.message, `line ${line}, column ${column}`, file);
    }
  }
});

Deno.test("parseNotebook() loads every notebook as an independent parse sees it", async () => {
  for (const { file, bytes, parsed: { notebook } } of await loadable()) {
    const top: JsonObject = JSON.parse(new TextDecoder().decode(bytes));
    const { cells, metadata, nbformat, nbformat_minor, ...extra } = top;
    assertEquals(notebook.metadata, metadata, file);
    assertEquals(notebook.extra, extra, file);
    assertEquals([notebook.nbformat, notebook.nbformatMinor], [nbformat, nbformat_minor ?? 0]);
    assert(Array.isArray(cells));
    assertEquals(notebook.cells.map(asInFile), cells.map(independent), file);
  }
});

Deno.test("parseNotebook() spells every output as the file does", async () => {
  for (const { file, bytes, parsed: { notebook } } of await loadable()) {
    const tree = parseTree(new TextDecoder().decode(bytes));
    const expected = (child(tree, "cells")?.children ?? []).map((cell) =>
      (child(cell, "outputs")?.children ?? []).map((output) => spelled(output, bytes))
    );
    assertEquals(notebook.cells.map(({ outputs }) => outputs), expected, file);
  }
});

Deno.test("parseNotebook() gives unique ids and reports those that aren't the file's", async () => {
  for (const { file, bytes, parsed: { notebook, repairs } } of await loadable()) {
    const { cells } = JSON.parse(new TextDecoder().decode(bytes));
    assertEquals(new Set(notebook.cells.map(({ id }) => id)).size, notebook.cells.length, file);
    const changed = notebook.cells.flatMap(({ id }, at) => id === cells[at].id ? [] : [at]);
    assertEquals(repairs.map(({ index }) => index), changed, file);
  }
});

Deno.test("mergeMetadata() undoes the split of every notebook's metadata", async () => {
  for (const { file, parsed: { notebook: { metadata } } } of await loadable()) {
    const { runt, ...merged } = mergeMetadata(restOfMetadata(metadata), snapshotOf(metadata));
    assertEquals(
      { runt: { schema_version: "1" }, ...metadata },
      { runt: runt ?? null, ...merged },
      file,
    );
  }
});

/** A parsed cell in the shape of the file, without its id. */
function asInFile(cell: NotebookCell): Record<string, unknown> {
  const { cellType, source, executionCount, outputs, metadata, attachments, extra } = cell;
  return {
    ...(metadata === undefined ? {} : { metadata }),
    ...(attachments === undefined ? {} : { attachments }),
    execution_count: executionCount,
    ...extra,
    cell_type: cellType,
    source,
    outputs: outputs.map((output) => JSON.parse(output)),
  };
}

/** A cell as plain JSON.parse gives it, with the defaults filled in, without its id. */
function independent(cell: JsonValue): Record<string, unknown> {
  assert(isJsonObject(cell));
  const { id: _id, ...rest } = cell;
  const source = Array.isArray(cell.source) ? cell.source.join("") : cell.source ?? "";
  return { execution_count: null, outputs: [], ...rest, source };
}

/** The value of a key; of duplicates the last. */
function child(node: Node | undefined, key: string): Node | undefined {
  return node?.children?.findLast(({ children }) => children?.[0]?.value === key)?.children?.[1];
}

/** A node as compact JSON with its numbers as they stand in the text. */
function spelled(node: Node, bytes: Uint8Array): string {
  return write(node, new TextDecoder().decode(bytes));
}

function write(node: Node, text: string): string {
  const children = node.children ?? [];
  if (node.type === "array") return `[${children.map((item) => write(item, text))}]`;
  if (node.type === "number") return text.slice(node.offset, node.offset + node.length);
  if (node.type !== "object") return JSON.stringify(node.value);
  // An object, so that duplicate keys and keys such as "10" come as JavaScript has them.
  const values = Object.fromEntries(children.map(({ children: [key, value] = [] }) => {
    assert(key !== undefined && value !== undefined);
    return [String(key.value), write(value, text)];
  }));
  return `{${Object.entries(values).map(([key, value]) => `${JSON.stringify(key)}:${value}`)}}`;
}
