/**
 * Versions of one notebook, for tests.
 *
 * @module
 */

import type { NotebookCell } from "../notebook.ts";
import type { Random } from "../testing_random.ts";
import type { NotebookState } from "../write/state.ts";
import { cellOf } from "../write/testing_edit.ts";

/** A notebook of cells with these sources; their ids are c0, c1, … */
export function notebookOf(...sources: string[]): NotebookState {
  return {
    cells: sources.map((source, index) => cellOf(`c${index}`, { source })),
    snapshot: '{"runt":{"schema_version":"1"}}',
    metadata: {},
    nbformat: 4,
    nbformatMinor: 5,
    extra: {},
  };
}

/** A notebook whose lines are tokens that nothing else holds. */
export function randomNotebook(random: Random): NotebookState {
  const sources = Array.from({ length: 1 + random.below(6) }, (_, cell) => {
    return Array.from({ length: random.below(5) }, (_, line) => `line${cell}x${line}\n`).join("");
  });
  return { ...notebookOf(...sources), metadata: { a: { b: 1, c: 2 }, d: [1] } };
}

/**
 * Edits a notebook in several ways.
 *
 * @param side Goes into what is written, so that it can be found again.
 */
export function randomEdits(state: NotebookState, random: Random, side: string): NotebookState {
  let edited = state;
  for (let count = random.below(5); count >= 0; count--) {
    edited = randomEdit(edited, random, `${side}${count}`);
  }
  return edited;
}

function randomEdit(state: NotebookState, random: Random, token: string): NotebookState {
  const { cells } = state;
  const index = random.below(Math.max(1, cells.length));
  const cell = cells[index];
  switch (random.below(8)) {
    case 0:
      return { ...state, cells: cells.toSpliced(index, 0, cellOf(token, { source: token })) };
    case 1:
      return { ...state, cells: cells.toSpliced(index, 1) };
    case 2:
      return { ...state, metadata: { ...state.metadata, [random.pick(["a", "d", "e"])]: token } };
    case 3: {
      if (cell === undefined) return state;
      const rest = cells.toSpliced(index, 1);
      return { ...state, cells: rest.toSpliced(random.below(rest.length + 1), 0, cell) };
    }
  }
  if (cell === undefined) return state;
  return { ...state, cells: cells.with(index, randomCellEdit(cell, random, token)) };
}

function randomCellEdit(cell: NotebookCell, random: Random, token: string): NotebookCell {
  const lines = cell.source.split("\n");
  const line = random.below(lines.length);
  switch (random.below(5)) {
    case 0:
      return { ...cell, outputs: [`"${token}"`], executionCount: random.below(9) };
    case 1:
      return { ...cell, metadata: { ...cell.metadata, [random.pick(["x", "y"])]: token } };
    case 2:
      return { ...cell, source: lines.toSpliced(line, 1).join("\n") };
    default:
      return { ...cell, source: lines.with(line, `${lines[line]}${token}`).join("\n") };
  }
}
