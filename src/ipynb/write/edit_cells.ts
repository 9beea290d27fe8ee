/**
 * Edits the list of cells in a file.
 *
 * @module
 */

import { NotebookdError } from "../../errors.ts";
import type { NotebookCell } from "../notebook.ts";
import { longestRising } from "./align.ts";
import {
  type EditedFile,
  type Item,
  placeInside,
  rebuild,
  type Spot,
  textOf,
} from "./container.ts";
import { editCell } from "./edit_cell.ts";
import { writeCell } from "./new_cell.ts";
import { childrenOf } from "./nodes.ts";

/** The two lists of cells. */
export interface CellLists {
  /** What the document held for each element of the file's list, in the same order. */
  readonly before: readonly NotebookCell[];
  /** The cells now. */
  readonly after: readonly NotebookCell[];
  /** Whether a new cell gets its id written. */
  readonly withIds: boolean;
}

/**
 * Edits the list of cells. Cells are told apart by their ids: one that moved takes its bytes along,
 * and as few as possible count as moved.
 *
 * @param file The file.
 * @param spot The value of the notebook's `cells`.
 * @param lists The cells before and after.
 * @returns The list's new text, or null where nothing changes.
 * @throws {NotebookdError} with code `invalid_argument` when the cells before aren't as many as the
 * file has.
 */
export function editCells(file: EditedFile, spot: Spot, lists: CellLists): string | null {
  const { before, after, withIds } = lists;
  const children = childrenOf(spot.node);
  if (children.length !== before.length) throw wrongBaseline(children.length, before.length);
  const origins = findOrigins(before, after);
  const staying = stayingCells(origins);
  const inside = placeInside(file, spot);
  const items = after.map((cell, index): Item => {
    const child = origins[index] ?? -1;
    const [node, old] = [children[child], before[child]];
    if (node === undefined || old === undefined) {
      return { kind: "added", text: writeCell(cell, withIds, inside) };
    }
    const text = editCell(file, { node, start: node.offset, depth: inside.depth }, old, cell);
    if (staying.has(child)) return { kind: "kept", child, text };
    return { kind: "added", text: text ?? textOf(file, node) };
  });
  const untouched = items.length === children.length &&
    items.every((item) => item.kind === "kept" && item.text === null);
  return untouched ? null : rebuild(file, spot, items);
}

/**
 * For each cell its position before, or -1 for a new one. The first of several cells with one id is
 * the first that had it, and so on.
 */
function findOrigins(before: readonly NotebookCell[], after: readonly NotebookCell[]): number[] {
  const positions = Map.groupBy(before.keys(), (index) => before[index]?.id);
  const used = new Map<string, number>();
  return after.map(({ id }) => {
    const count = used.get(id) ?? 0;
    used.set(id, count + 1);
    return positions.get(id)?.[count] ?? -1;
  });
}

function stayingCells(origins: readonly number[]): Set<number> {
  const known = origins.filter((origin) => origin !== -1);
  return new Set(longestRising(known).map((position) => known[position] ?? -1));
}

function wrongBaseline(inFile: number, inBaseline: number): NotebookdError {
  return new NotebookdError(
    "invalid_argument",
    `Failed to edit the notebook: its baseline has ${inBaseline} cells and its text ${inFile}; ` +
      "take the baseline that was read from this very text",
  );
}
