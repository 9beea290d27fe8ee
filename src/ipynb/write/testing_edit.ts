/**
 * Edits of a notebook's text, for tests.
 *
 * @module
 */

import type { NotebookCell } from "../notebook.ts";
import { parseNotebook } from "../parse.ts";
import { editNotebookText } from "./edit_notebook.ts";
import { type NotebookState, notebookState } from "./state.ts";

/** Reads the state that a document has after this file was imported. */
export function stateOf(text: string): NotebookState {
  return notebookState(parseNotebook(new TextEncoder().encode(text)).notebook);
}

/** Edits a file as a save does when this became of its document. */
export function edit(
  text: string,
  change: (state: NotebookState) => Partial<NotebookState>,
): string {
  const baseline = stateOf(text);
  const current = { ...baseline, ...change(structuredClone(baseline)) };
  return editNotebookText({ text, baseline, current }).text;
}

/** Edits one cell of a file. */
export function editOneCell(text: string, index: number, change: Partial<NotebookCell>): string {
  return edit(text, ({ cells }) => ({
    cells: cells.map((cell, at) => at === index ? { ...cell, ...change } : cell),
  }));
}

/** Edits keys of the snapshot's `runt`; undefined removes one. */
export function editRunt(text: string, change: Record<string, unknown>): string {
  return edit(text, ({ snapshot }) => {
    const parsed = JSON.parse(snapshot ?? "{}");
    return { snapshot: JSON.stringify({ ...parsed, runt: { ...parsed.runt, ...change } }) };
  });
}

/** A cell for a document. */
export function cellOf(id: string, change: Partial<NotebookCell> = {}): NotebookCell {
  return { id, cellType: "code", source: "", executionCount: null, outputs: [], ...change };
}

/** The lines that one text has and the other hasn't, in order, marked "-" and "+". */
export function lineChanges(before: string, after: string): string[] {
  const [old, now] = [before.split("\n"), after.split("\n")];
  let start = 0;
  while (start < Math.min(old.length, now.length) && old[start] === now[start]) start++;
  let end = 0;
  const rest = Math.min(old.length, now.length) - start;
  while (end < rest && old.at(-1 - end) === now.at(-1 - end)) end++;
  return [
    ...old.slice(start, old.length - end).map((line) => `-${line}`),
    ...now.slice(start, now.length - end).map((line) => `+${line}`),
  ];
}
