import { type Schema, Validator } from "@cfworker/json-schema";
import { assert, assertEquals } from "@std/assert";
import { type Node, parseTree } from "jsonc-parser";
import { initAutomerge } from "../src/doc/automerge.ts";
import { importNotebook } from "../src/doc/import.ts";
import { readCells, readNotebookMetadata } from "../src/doc/snapshot.ts";
import { parseNotebook } from "../src/ipynb/parse.ts";
import type { NotebookCell } from "../src/ipynb/notebook.ts";
import { restOfMetadata } from "../src/ipynb/snapshot.ts";
import { editNotebookText } from "../src/ipynb/write/edit_notebook.ts";
import { newNotebookText } from "../src/ipynb/write/new_notebook.ts";
import { type NotebookState, notebookState } from "../src/ipynb/write/state.ts";
import refusals from "./fixtures/corpus/refusals.json" with { type: "json" };

const CORPUS = new URL("./fixtures/corpus/", import.meta.url);
const SCHEMAS = new URL("./fixtures/schemas/", import.meta.url);
const MINORS = [0, 1, 2, 3, 4, 5];

/** Notebooks of the corpus that nbformat 5.11 writes back byte for byte. */
const WRITTEN_BY_NBFORMAT = [
  "IRkernel__IRkernel__example-notebooks-Display.ipynb",
  "evcxr__evcxr__evcxr-jupyter-samples-evcxr-jupyter-tour.ipynb",
  "jupyter__nbclient__tests-files-update-display-id.ipynb",
  "jupyter__nbconvert__nbconvert-exporters-tests-files-prompt-numbers.ipynb",
  "jupyterlab__jupyter-renderers__notebooks-geojson-extension.ipynb",
  "made__nbformat-4.3-raw.ipynb",
  "microsoft__vscode-jupyter__src-test-datascience-notebook-withMixedMimeTypeOutput.ipynb",
  "mwouts__jupytext__a-notebooks-inputs-ipynb-R-R-notebook-with-invalid-cell-keys.ipynb",
  "mwouts__jupytext__tests-data-notebooks-inputs-ipynb-bash-sample-bash-notebook.ipynb",
  "mwouts__jupytext__tests-data-notebooks-inputs-ipynb-cpp-xcpp-by-quantstack.ipynb",
  "spatialaudio__nbsphinx__doc-markdown-cells.ipynb",
  "twosigma__beakerx__doc-sql-Sql.ipynb",
];

interface Loaded {
  file: string;
  text: string;
  baseline: NotebookState;
}

type Change = (state: NotebookState) => Partial<NotebookState>;

const ADDED: NotebookCell = {
  id: "added-by-a-test",
  cellType: "code",
  source: "a = 1\nb = 2",
  executionCount: 1,
  outputs: ['{"output_type":"stream","name":"stdout","text":["é\\n"]}'],
};

/** Edits that keep a valid notebook valid, by name. */
const CHANGES: Record<string, Change> = {
  "a first cell": ({ cells }) => ({ cells: [ADDED, ...cells] }),
  "a last cell": ({ cells }) => ({ cells: [...cells, { ...ADDED, cellType: "markdown" }] }),
  "a raw cell in the middle": ({ cells }) => ({
    cells: cells.toSpliced(cells.length >> 1, 0, { ...ADDED, cellType: "raw" }),
  }),
  "the last cell first": ({ cells }) => ({ cells: [...cells.slice(-1), ...cells.slice(0, -1)] }),
  "no first cell": ({ cells }) => ({ cells: cells.slice(1) }),
  "no last cell": ({ cells }) => ({ cells: cells.slice(0, -1) }),
  "no cell": () => ({ cells: [] }),
  "an output more": eachCell((cell) =>
    cell.cellType === "code" ? { outputs: [...cell.outputs, ...ADDED.outputs] } : {}
  ),
  "no outputs": eachCell(() => ({ outputs: [], executionCount: null })),
  "code as markdown": eachCell((cell) => cell.cellType === "code" ? { cellType: "markdown" } : {}),
  "text as code": eachCell((cell) => cell.cellType === "code" ? {} : { cellType: "code" }),
  "tags": eachCell(({ metadata }) => ({ metadata: { ...metadata, tags: ["x"] } })),
  "another source": eachCell(({ source }) => ({ source: `${source}\nmore` })),
  "no source": eachCell(() => ({ source: "" })),
  "an environment": ({ snapshot }) => ({ snapshot: withEnvironment(snapshot) }),
  "a title": ({ metadata }) => ({ metadata: { ...metadata, title: "T" } }),
};

Deno.test("notebookState() says of any notebook what its document says", async () => {
  await initAutomerge();
  for (const { file, text, baseline } of await loadable()) {
    const { notebook } = parseNotebook(new TextEncoder().encode(text));
    const { snapshot, metadata } = baseline;
    using doc = await importNotebook({
      notebookId: file,
      contentHash: file,
      notebook,
      runtime: "python",
      snapshot,
      restOfMetadata: restOfMetadata(notebook.metadata),
    });
    const document = readNotebookMetadata(doc);
    assertEquals(document.notebook, metadata, file);
    assertEquals(document.extra, baseline.extra, file);
    assertEquals(
      readCells(doc).map(({ cell_type, execution_count, ...cell }) => ({
        ...cell,
        cellType: cell_type,
        executionCount: JSON.parse(execution_count),
      })),
      [...baseline.cells],
      file,
    );
  }
});

Deno.test("editNotebookText() writes nothing into any notebook without an edit", async () => {
  for (const { file, text, baseline } of await loadable()) {
    const current = structuredClone(baseline);
    assertEquals(editNotebookText({ text, baseline, current }), { text, omitted: [] }, file);
  }
});

Deno.test("editNotebookText() touches the lines of the edited cell alone in any notebook", async () => {
  for (const { file, text, baseline } of await loadable()) {
    const nodes = cellNodes(text);
    for (const index of spread(baseline.cells.length)) {
      const [cell, node] = [baseline.cells[index], nodes[index]];
      assert(cell !== undefined && node !== undefined);
      const cells = baseline.cells.with(index, { ...cell, source: `# é\n${cell.source}` });
      const edited = editNotebookText({ text, baseline, current: { ...baseline, cells } }).text;
      assertEquals(read(edited), { ...baseline, cells: idsOf(edited, cells) }, file);
      const end = text.length - node.offset - node.length;
      assertEquals(edited.slice(0, node.offset), text.slice(0, node.offset), file);
      assertEquals(edited.slice(edited.length - end), text.slice(text.length - end), file);
      const lines = edited.split(/\r\n|\n/).length - text.split(/\r\n|\n/).length;
      assert(lines <= 3, `${file}: ${lines} lines more for one more line of source`);
    }
  }
});

Deno.test("editNotebookText() says what the document says after every kind of edit", async () => {
  for (const { file, text, baseline } of await loadable()) {
    for (const [name, change] of Object.entries(CHANGES)) {
      const current = { ...baseline, ...change(baseline) };
      const edited = editNotebookText({ text, baseline, current });
      assertEquals(edited.omitted, [], `${file}: ${name}`);
      const again = read(edited.text);
      assertEquals(again.cells.map(content), current.cells.map(content), `${file}: ${name}`);
      assertEquals(again.extra, current.extra, `${file}: ${name}`);
      assertEquals(again.metadata, current.metadata, `${file}: ${name}`);
      assertEquals(parsed(again.snapshot), parsed(current.snapshot), `${file}: ${name}`);
    }
  }
});

Deno.test("editNotebookText() gives the file back when an edit is taken back", async () => {
  const names = ["a first cell", "a last cell", "an output more", "tags", "a title"] as const;
  for (const { file, text, baseline } of await loadable()) {
    for (const name of names) {
      if (baseline.cells.length === 0 || !hasMetadata(baseline)) continue;
      const current = { ...baseline, ...CHANGES[name]?.(baseline) };
      const edited = editNotebookText({ text, baseline, current }).text;
      const back = editNotebookText({ text: edited, baseline: current, current: baseline }).text;
      assertEquals(JSON.parse(plain(back)), JSON.parse(plain(text)), `${file}: ${name}`);
      if (canonical(text)) assertEquals(back, text, `${file}: ${name}`);
    }
  }
});

Deno.test("editNotebookText() keeps valid notebooks valid by nbformat's schemas", async () => {
  const validators = await loadValidators();
  let checked = 0;
  for (const { text, baseline, file } of await loadable()) {
    const validator = validators[baseline.nbformatMinor ?? 0];
    if (validator === undefined || !validator.validate(JSON.parse(plain(text))).valid) continue;
    checked++;
    for (const [name, change] of Object.entries(CHANGES)) {
      const current = { ...baseline, ...change(baseline) };
      const edited = editNotebookText({ text, baseline, current }).text;
      const { errors } = validator.validate(JSON.parse(plain(edited)));
      assertEquals(
        errors.map(({ error, instanceLocation }) => [instanceLocation, error]),
        [],
        `${file}: ${name}`,
      );
    }
  }
  assert(checked >= 35, `${checked} notebooks of the corpus are valid`);
});

Deno.test("newNotebookText() writes valid notebooks of every minor version", async () => {
  const validators = await loadValidators();
  const state = { snapshot: withEnvironment(null), metadata: {}, extra: {}, nbformat: 4 };
  for (const minor of MINORS) {
    const cells = ["code", "markdown", "raw"].map((cellType) => ({
      ...ADDED,
      cellType,
      id: cellType,
    }));
    const { text } = newNotebookText({ ...state, cells, nbformatMinor: minor });
    const { errors } = validators[minor]?.validate(JSON.parse(text)) ?? { errors: [] };
    assertEquals(errors.map(({ error, instanceLocation }) => [instanceLocation, error]), []);
  }
});

Deno.test("newNotebookText() writes again what nbformat wrote", async () => {
  const notebooks = await loadable();
  for (const name of WRITTEN_BY_NBFORMAT) {
    const { text, baseline } = notebooks.find(({ file }) => file === name) ?? { text: "" };
    assert(baseline !== undefined, name);
    assertEquals(newNotebookText(baseline), { text, omitted: [] }, name);
  }
});

async function loadable(): Promise<Loaded[]> {
  const files = (await Array.fromAsync(Deno.readDir(CORPUS))).map(({ name }) => name)
    .filter((name) => name.endsWith(".ipynb") && !Object.hasOwn(refusals, name)).sort();
  assert(files.length > 50);
  return await Promise.all(files.map(async (file) => {
    const bytes = await Deno.readFile(new URL(encodeURIComponent(file), CORPUS));
    const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
    return { file, text, baseline: read(text) };
  }));
}

async function loadValidators(): Promise<Validator[]> {
  return await Promise.all(MINORS.map(async (minor) => {
    const schema: Schema = JSON.parse(
      await Deno.readTextFile(new URL(`nbformat.v4.${minor}.schema.json`, SCHEMAS)),
    );
    return new Validator(schema, "4", false);
  }));
}

function read(text: string): NotebookState {
  return notebookState(parseNotebook(new TextEncoder().encode(text)).notebook);
}

function eachCell(change: (cell: NotebookCell) => Partial<NotebookCell>): Change {
  return ({ cells }) => ({ cells: cells.map((cell) => ({ ...cell, ...change(cell) })) });
}

function withEnvironment(snapshot: string | null): string {
  const before = parsed(snapshot ?? "{}");
  const runt = {
    schema_version: "1",
    ...before.runt,
    env_id: "e",
    uv: { dependencies: ["numpy"] },
  };
  return JSON.stringify({ ...before, runt });
}

function parsed(snapshot: string | null): { runt?: Record<string, unknown> } {
  return JSON.parse(snapshot ?? "{}");
}

/** The cells, with the ids that repair gives to cells whose content changed. */
function idsOf(text: string, cells: readonly NotebookCell[]): NotebookCell[] {
  const again = read(text).cells;
  return cells.map((cell, index) => ({ ...cell, id: again[index]?.id ?? "" }));
}

/** What of a cell a file can hold, its id apart: repair derives some from the content. */
function content(cell: NotebookCell): Record<string, unknown> {
  const { id: _id, metadata, attachments, extra = {}, ...rest } = cell;
  const text = cell.cellType === "markdown" || cell.cellType === "raw";
  const { execution_count, attachments: odd, ...others } = extra;
  return {
    ...rest,
    extra: text ? { ...others, odd } : { ...others, execution_count },
    metadata: metadata ?? {},
    attachments: cell.cellType === "code" ? undefined : attachments,
    executionCount: text ? null : cell.executionCount,
    outputs: text ? [] : cell.outputs,
  };
}

/** Up to five positions over a list, the first and the last among them. */
function spread(length: number): number[] {
  const wanted = [0, 1, length >> 1, length - 2, length - 1];
  return [...new Set(wanted)].filter((index) => index >= 0 && index < length);
}

function plain(text: string): string {
  return text.replace(/^\ufeff/, "");
}

/** Whether a file is laid out as `JSON.stringify` would, so that nothing hand-made can be lost. */
function canonical(text: string): boolean {
  return [1, 2, 4].some((indent) =>
    text.trimEnd() === JSON.stringify(JSON.parse(plain(text)), null, indent)
  );
}

function hasMetadata({ cells }: NotebookState): boolean {
  return cells.every(({ metadata, extra }) => metadata !== undefined && extra === undefined);
}

function cellNodes(text: string): readonly Node[] {
  const root = parseTree(text.replace(/^\ufeff/, " "));
  const cells = root?.children?.findLast(({ children }) => children?.[0]?.value === "cells");
  return cells?.children?.[1]?.children ?? [];
}
