import { assert, assertEquals } from "@std/assert";
import { isJsonObject, type JsonObject, type JsonValue } from "../../json.ts";
import type { NotebookCell } from "../notebook.ts";
import { parseNotebook } from "../parse.ts";
import { forEachSeed, Random } from "../testing_random.ts";
import { outputsOf, plainFields } from "./cell_fields.ts";
import { editNotebookText } from "./edit_notebook.ts";
import { equalJson } from "./equal.ts";
import { childrenOf, endOf, keyOf, type Node, parseNodes, valueNamed } from "./nodes.ts";
import { type NotebookState, notebookState } from "./state.ts";
import { randomCell, randomNotebookText, randomObject } from "./testing_layout.ts";

const SEEDS = 1500;

Deno.test("editNotebookText() says what the document says, whatever the file looks like", () => {
  forEachSeed(SEEDS, (random) => {
    const { text, baseline, current } = randomEdit(random);
    const result = editNotebookText({ text, baseline, current });
    assertEquals(result.omitted.length, 0);
    const again = read(result.text);
    assertEquals(again.cells.map(comparable), current.cells.map(comparable));
    assertEquals(again.extra, current.extra);
    assertEquals(parts(again), parts(current));
    assertEquals(withoutOlder(again.metadata), withoutOlder(current.metadata));
  });
});

Deno.test("editNotebookText() leaves every byte that nobody touched", () => {
  forEachSeed(SEEDS, (random) => {
    const { text, baseline, current } = randomEdit(random);
    const result = editNotebookText({ text, baseline, current }).text;
    const [before, after] = [rootOf(text), rootOf(result)];
    assertEquals(result.startsWith("\ufeff"), text.startsWith("\ufeff"));
    assertEquals(tailOf(text), tailOf(result));
    const [oldCells, newCells] = [cellNodes(before), cellNodes(after)];
    current.cells.forEach((cell, index) => {
      const origin = baseline.cells.findIndex(({ id }) => id === cell.id);
      const [old, now, was] = [oldCells[origin], newCells[index], baseline.cells[origin]];
      if (old === undefined || now === undefined || was === undefined) return;
      assertSameProperties([old, now], [text, result], touchedKeys(was, cell));
      assertSameLines([old, now], [text, result], [was.source, cell.source]);
      if (equalJson(was, cell)) assertEquals(slice(now, result), slice(old, text));
    });
    const [oldMetadata, newMetadata] = [before, after].map((root) => valueNamed(root, "metadata"));
    if (oldMetadata === undefined || newMetadata === undefined) return;
    const touched = ["kernelspec", "language_info", "runt", "uv"];
    touched.push(...differing(baseline.metadata, current.metadata));
    assertSameProperties([oldMetadata, newMetadata], [text, result], new Set(touched));
  });
});

Deno.test("editNotebookText() leaves everything outside the one cell that was edited", () => {
  forEachSeed(SEEDS, (random) => {
    const text = randomNotebookText(random);
    const baseline = read(text);
    const index = random.below(baseline.cells.length);
    const [cell, node] = [baseline.cells[index], cellNodes(rootOf(text))[index]];
    if (cell === undefined || node === undefined) return;
    const cells = baseline.cells.with(index, editOne(cell, random));
    const result = editNotebookText({ text, baseline, current: { ...baseline, cells } }).text;
    const rest = text.length - endOf(node);
    assertEquals(result.slice(0, node.offset), text.slice(0, node.offset));
    assertEquals(result.slice(result.length - rest), text.slice(text.length - rest));
  });
});

Deno.test("editNotebookText() gives the same text when nothing was edited", () => {
  forEachSeed(300, (random) => {
    const text = randomNotebookText(random);
    const baseline = read(text);
    assertEquals(editNotebookText({ text, baseline, current: structuredClone(baseline) }), {
      text,
      omitted: [],
    });
  });
});

Deno.test("editNotebookText() gives the file back when the edit is taken back", () => {
  forEachSeed(300, (random) => {
    const text = randomNotebookText(random);
    const baseline = read(text);
    const cells = [...baseline.cells];
    const moved = cells.splice(random.below(cells.length + 1), 1);
    cells.splice(random.below(cells.length + 1), 0, ...moved);
    const current = { ...baseline, cells };
    const edited = editNotebookText({ text, baseline, current }).text;
    const back = editNotebookText({ text: edited, baseline: current, current: baseline }).text;
    // The separators of a list may differ from one another; that is all a move may cost.
    const [one, other] = [text, back].map((json) =>
      cellNodes(rootOf(json)).map((cell) => slice(cell, json))
    );
    assertEquals(one, other);
  });
});

function read(text: string): NotebookState {
  return notebookState(parseNotebook(new TextEncoder().encode(text)).notebook);
}

function randomEdit(random: Random) {
  const text = randomNotebookText(random);
  const baseline = read(text);
  const cells = [...baseline.cells];
  for (let edits = random.below(5); edits > 0; edits--) editList(cells, random);
  const current = {
    ...baseline,
    cells,
    snapshot: random.below(2) === 0 ? editSnapshot(baseline.snapshot, random) : baseline.snapshot,
    metadata: random.below(3) === 0
      ? { ...baseline.metadata, ...wellFormed(randomObject(random)) }
      : withoutOne(baseline.metadata, random),
    extra: random.below(3) === 0 ? { ...baseline.extra, added: [1] } : baseline.extra,
  };
  return { text, baseline, current };
}

function editList(cells: NotebookCell[], random: Random): void {
  const at = random.below(cells.length + 1);
  const cell = cells[at];
  const kind = random.below(8);
  if (cell === undefined || kind < 2) {
    cells.splice(at, 0, newCell(random, `new-${cells.length}-${random.below(1e6)}`));
  } else if (kind === 2) cells.splice(at, 1);
  else if (kind === 3) {
    cells.splice(at, 1);
    cells.splice(random.below(cells.length + 1), 0, cell);
  } else cells[at] = editOne(cell, random);
}

function newCell(random: Random, id: string): NotebookCell {
  const json = JSON.stringify({ nbformat: 4, cells: [randomCell(random, id)] });
  return read(json).cells[0] as NotebookCell;
}

function editOne(cell: NotebookCell, random: Random): NotebookCell {
  const other = newCell(random, cell.id);
  switch (random.below(6)) {
    case 0:
      return { ...cell, source: editText(cell.source, random) };
    case 1:
      return { ...cell, metadata: { ...cell.metadata, ...other.metadata } };
    case 2:
      return { ...cell, cellType: random.pick(["code", "markdown", "raw", "future"]) };
    case 3:
      return { ...cell, outputs: [...cell.outputs.slice(random.below(2)), ...other.outputs] };
    case 4:
      return { ...cell, executionCount: random.pick([null, 7]), outputs: [] };
    default:
      return { ...other, attachments: { "b.png": { "image/png": "BBBB" } } };
  }
}

function editText(source: string, random: Random): string {
  const at = random.below(source.length + 1);
  const end = at + random.below(source.length - at + 1) * random.below(2);
  const inserted = random.pick(["", "new", "a\nb\n", "\r\n", "é\n"]);
  return (source.slice(0, at) + inserted + source.slice(end)).toWellFormed();
}

/** Sets, changes and removes known keys; half of the time it forgets the unknown, as v2 does. */
function editSnapshot(text: string | null, random: Random): string {
  const snapshot: JsonObject = JSON.parse(text ?? "{}");
  const runt = { ...snapshot.runt as JsonObject };
  if (random.below(2) === 0) runt.env_id = `env-${random.below(9)}`;
  if (random.below(2) === 0) {
    const uv: JsonObject = isJsonObject(runt.uv) ? { ...runt.uv } : { dependencies: [] };
    uv.dependencies = random.pick([["numpy", "polars"], [], ["pandas"]]);
    if (random.below(2) === 0) delete uv["requires-python"];
    runt.uv = uv;
  }
  const edited: JsonObject = { ...snapshot, runt };
  if (random.below(3) === 0) edited.kernelspec = { name: "deno", display_name: "Deno" };
  return JSON.stringify(random.below(2) === 0 ? edited : knownOnly(edited));
}

function knownOnly(snapshot: JsonObject): JsonObject {
  return JSON.parse(
    JSON.stringify(
      snapshot,
      (key, value) => ["env", "mimetype", "note", "index"].includes(key) ? undefined : value,
    ),
  );
}

function withoutOne(object: JsonObject, random: Random): JsonObject {
  const keys = Object.keys(object).filter((key) => key !== "uv");
  const gone = random.below(keys.length + 1);
  return Object.fromEntries(Object.entries(object).filter(([key]) => key !== keys[gone]));
}

function wellFormed(object: JsonObject): JsonObject {
  return notebookState({ nbformat: 4, nbformatMinor: 5, cells: [], metadata: {}, extra: object })
    .extra;
}

/** What a cell is in a file, apart from its id, by the rules that `cell_fields_test.ts` pins. */
function comparable(cell: NotebookCell): JsonObject {
  return {
    metadata: {},
    ...plainFields(cell),
    source: cell.source,
    outputs: (outputsOf(cell) ?? []).map((output): JsonValue => JSON.parse(output)),
  };
}

/** The known parts of the snapshot: unknown ones stay in the file although a client dropped them. */
function parts(state: NotebookState): JsonObject {
  const known = knownOnly(JSON.parse(state.snapshot ?? "{}"));
  return { runt: { schema_version: "1" }, ...known };
}

function withoutOlder(metadata: JsonObject): JsonObject {
  const { uv: _uv, ...rest } = metadata;
  return rest;
}

function rootOf(text: string): Node {
  // Blanked rather than cut, so that offsets stay those of the text.
  return parseNodes(text.replace(/^\ufeff/, " "));
}

function tailOf(text: string): string {
  return text.slice(endOf(rootOf(text)));
}

function cellNodes(root: Node): readonly Node[] {
  const cells = valueNamed(root, "cells");
  assert(cells !== undefined);
  return childrenOf(cells);
}

function slice(node: Node, text: string): string {
  return text.slice(node.offset, endOf(node));
}

/** The keys of a cell that an edit may touch. */
function touchedKeys(before: NotebookCell, after: NotebookCell): Set<string> {
  const keys = new Set(differing(plainFields(before), plainFields(after)));
  if (before.source !== after.source) keys.add("source");
  if (!equalJson(outputsOf(before), outputsOf(after))) keys.add("outputs");
  return keys;
}

function differing(before: JsonObject, after: JsonObject): string[] {
  return [...Object.keys(before), ...Object.keys(after)].filter((key) =>
    !equalJson(
      Object.getOwnPropertyDescriptor(before, key)?.value,
      Object.getOwnPropertyDescriptor(after, key)?.value,
    )
  );
}

function assertSameProperties(
  [before, after]: readonly [Node, Node],
  [text, result]: readonly [string, string],
  touched: ReadonlySet<string>,
): void {
  const untouched = (node: Node, json: string) =>
    childrenOf(node).filter((property) => !touched.has(keyOf(property).toWellFormed()))
      .map((property) => slice(property, json));
  assertEquals(untouched(after, result), untouched(before, text));
}

/** Elements of a list of lines before the first and after the last changed line keep their bytes. */
function assertSameLines(
  nodes: readonly [Node, Node],
  texts: readonly [string, string],
  sources: readonly [string, string],
): void {
  const [before, after] = nodes.map((cell) => valueNamed(cell, "source"));
  if (before?.type !== "array" || after?.type !== "array") return;
  const [old, now] = [elementsOf(before, texts[0]), elementsOf(after, texts[1])];
  const [first, last] = commonEnds(...sources);
  const head = old.filter(({ end }) => end <= first).map(({ json }) => json);
  assertEquals(now.slice(0, head.length).map(({ json }) => json), head);
  const tail = old.filter(({ start, end }) => start < end && start >= sources[0].length - last)
    .map(({ json }) => json);
  assertEquals(now.slice(now.length - tail.length).map(({ json }) => json), tail);
}

function elementsOf(list: Node, text: string): { start: number; end: number; json: string }[] {
  let start = 0;
  return childrenOf(list).map((node) => {
    const end = start + String(node.value).length;
    const element = { start, end, json: slice(node, text) };
    start = end;
    return element;
  }).filter(({ start, end }) => start < end);
}

/** How many characters the whole lines take that two texts share at their start, and at their end. */
function commonEnds(before: string, after: string): [start: number, end: number] {
  const [old, now] = [before, after].map((text) => text.split(/(?<=\n)/)) as [string[], string[]];
  const most = Math.min(old.length, now.length);
  let head = 0;
  while (head < most && old[head] === now[head]) head++;
  let tail = 0;
  while (tail < most - head && old.at(-1 - tail) === now.at(-1 - tail)) tail++;
  const length = (lines: string[]) => lines.join("").length;
  return [length(old.slice(0, head)), length(old.slice(old.length - tail))];
}
