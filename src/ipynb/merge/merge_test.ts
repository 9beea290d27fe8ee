import { assertEquals } from "@std/assert";
import type { NotebookState } from "../write/state.ts";
import { cellOf } from "../write/testing_edit.ts";
import { mergeNotebooks } from "./merge.ts";
import { mergeText } from "./merge_text.ts";
import { notebookOf } from "./testing_versions.ts";
import { withTheirs } from "./theirs.ts";

const BASE = notebookOf("one\n", "two\n", "three\n", "four\n");

function reordered(state: NotebookState, order: readonly number[]): NotebookState {
  return { ...state, cells: order.map((index) => state.cells[index]!) };
}

function withSource(state: NotebookState, index: number, source: string): NotebookState {
  return { ...state, cells: state.cells.with(index, { ...state.cells[index]!, source }) };
}

function mergedIds(ours: NotebookState, theirs: NotebookState): string[] {
  return mergeNotebooks({ base: BASE, ours, theirs }).merged.cells.map(({ id }) => id);
}

Deno.test("mergeText() merges lines, and words of one line, and says where it can't", () => {
  const cases: [string, string, string, string, boolean][] = [
    ["a\nb\nc\n", "a1\nb\nc\n", "a\nb\nc1\n", "a1\nb\nc1\n", false],
    ["x = f(a, b)", "x = g(a, b)", "x = f(a, c)", "x = g(a, c)", false],
    ["a\n", "a\nmine\n", "a\ntheirs\n", "a\nmine\n", true],
    ["a\n", "a\nsame\n", "a\nsame\n", "a\nsame\n", false],
    ["a b", "a both more b", "a both b", "a both more b", false],
    ["old", "mine", "theirs", "mine", true],
    ["a\nb\n", "a\n", "a\nb2\n", "a\n", true],
    ["", "mine", "", "mine", false],
  ];
  for (const [base, ours, theirs, text, conflict] of cases) {
    assertEquals(mergeText(base, ours, theirs), { text, conflict }, JSON.stringify([ours, theirs]));
  }
});

Deno.test("mergeNotebooks() puts new cells behind the one they follow, ours first", () => {
  const add = (state: NotebookState, index: number, id: string) => ({
    ...state,
    cells: state.cells.toSpliced(index, 0, cellOf(id, { source: id })),
  });
  assertEquals(mergedIds(add(BASE, 2, "mine"), add(BASE, 2, "other")), [
    ...["c0", "c1", "mine", "other", "c2", "c3"],
  ]);
  assertEquals(mergedIds(add(BASE, 0, "mine"), add(BASE, 0, "other")).slice(0, 3), [
    ...["mine", "other", "c0"],
  ]);
  assertEquals(mergedIds(BASE, add(add(BASE, 4, "x"), 5, "y")), ["c0", "c1", "c2", "c3", "x", "y"]);
});

Deno.test("mergeNotebooks() moves what the other side moved, unless ours moved it too", () => {
  assertEquals(mergedIds(BASE, reordered(BASE, [3, 0, 1, 2])), ["c3", "c0", "c1", "c2"]);
  const edited = withSource(BASE, 1, "edited\n");
  assertEquals(mergedIds(edited, reordered(BASE, [1, 2, 3, 0])), ["c1", "c2", "c3", "c0"]);
  const ours = reordered(BASE, [0, 2, 1, 3]);
  assertEquals(mergedIds(ours, reordered(BASE, [0, 1, 3, 2])).includes("c2"), true);
});

Deno.test("mergeNotebooks() keeps a cell that one side deleted and the other edited", () => {
  const without = { ...BASE, cells: BASE.cells.toSpliced(1, 1) };
  const edited = withSource(BASE, 1, "edited\n");
  for (const [ours, theirs] of [[without, edited], [edited, without]] as const) {
    const { merged, conflicts } = mergeNotebooks({ base: BASE, ours, theirs });
    assertEquals(merged.cells.map(({ source }) => source), [
      ...["one\n", "edited\n", "three\n", "four\n"],
    ]);
    assertEquals(conflicts, []);
  }
  assertEquals(mergedIds(BASE, without), ["c0", "c2", "c3"]);
});

Deno.test("mergeNotebooks() notes what both changed, and withTheirs() decides it", () => {
  const ours = withSource({ ...BASE, metadata: { a: { b: 1, mine: true } } }, 0, "mine\n");
  const theirs = withSource({ ...BASE, metadata: { a: { b: 2 }, other: 1 } }, 0, "theirs\n");
  const base = { ...BASE, metadata: { a: { b: 0 } } };
  const { merged, conflicts } = mergeNotebooks({ base, ours, theirs });
  assertEquals(merged.cells[0]?.source, "mine\n");
  assertEquals(merged.metadata, { a: { b: 1, mine: true }, other: 1 });
  assertEquals(conflicts, [
    { cellId: "c0", path: ["source"], theirs: "theirs\n" },
    { cellId: null, path: ["metadata", "a", "b"], theirs: 2 },
  ]);
  const decided = withTheirs(merged, conflicts);
  assertEquals(decided.cells[0]?.source, "theirs\n");
  assertEquals(decided.metadata, { a: { mine: true, b: 2 }, other: 1 });
});

Deno.test("mergeNotebooks() takes a signature and its time as one", () => {
  const signed = (by: string) => ({
    ...BASE,
    snapshot: JSON.stringify({
      runt: { schema_version: "1", trust_signature: by, trust_timestamp: `at ${by}` },
    }),
  });
  const { merged, conflicts } = mergeNotebooks({
    base: BASE,
    ours: signed("us"),
    theirs: signed("them"),
  });
  assertEquals(merged.snapshot, signed("us").snapshot);
  assertEquals(conflicts, []);
});
