/**
 * Merging two changed versions of a notebook's cells: which there are, and in which order.
 *
 * @module
 */

import type { NotebookCell } from "../notebook.ts";
import { longestRising } from "../write/align.ts";
import { equalJson } from "../write/equal.ts";
import type { MergeConflict } from "./conflict.ts";
import { mergeCell } from "./merge_cell.ts";

/** The cells of the three versions. */
export interface CellVersions {
  readonly base: readonly NotebookCell[];
  readonly ours: readonly NotebookCell[];
  readonly theirs: readonly NotebookCell[];
}

/**
 * Merges cells by their ids. The order is ours, with what theirs moved, added or brought back put
 * behind the cell that it follows there; where both moved one cell, ours counts. A cell that one side
 * deleted and the other changed stays.
 *
 * @param conflicts Where what can't be decided is noted.
 */
export function mergeCells(versions: CellVersions, conflicts: MergeConflict[]): NotebookCell[] {
  const base = byId(versions.base);
  const theirs = byId(versions.theirs);
  const ours = byId(versions.ours);
  const merged = versions.ours.flatMap((cell) => {
    // Of two cells with one id the first counts; the other is nobody else's.
    if (ours.get(cell.id) !== cell) return [cell];
    const [before, other] = [base.get(cell.id), theirs.get(cell.id)];
    if (other !== undefined) return [mergeCell(before, cell, other, conflicts)];
    return before !== undefined && equalJson(before, cell) ? [] : [cell];
  });
  const isComing = ({ id }: NotebookCell) => {
    if (ours.has(id)) return false;
    const before = base.get(id);
    return before === undefined || !equalJson(before, theirs.get(id));
  };
  const moved = movedByTheirsAlone(versions);
  const placed = new Set(versions.theirs.filter(isComing).map(({ id }) => id).concat(...moved));
  if (placed.size === 0) return merged;
  const isOurNew = (id: string) => !base.has(id) && !theirs.has(id);
  return place(merged, versions.theirs, { placed, isOurNew });
}

/** Puts cells behind the one that they follow in theirs, and behind what we added there. */
function place(
  merged: readonly NotebookCell[],
  theirs: readonly NotebookCell[],
  { placed, isOurNew }: { placed: ReadonlySet<string>; isOurNew: (id: string) => boolean },
): NotebookCell[] {
  const own = byId(merged);
  const staying = merged.filter(({ id }) => !placed.has(id));
  const present = new Set(staying.map(({ id }) => id));
  /** What comes behind each cell of theirs that stays; null: at the start. */
  const behind = new Map<string | null, NotebookCell[]>([[null, []]]);
  let anchor: string | null = null;
  for (const cell of theirs) {
    if (placed.has(cell.id)) {
      behind.set(anchor, [...behind.get(anchor) ?? [], own.get(cell.id) ?? cell]);
    } else if (present.has(cell.id)) anchor = cell.id;
  }
  const result: NotebookCell[] = [];
  let waiting = behind.get(null) ?? [];
  for (const cell of staying) {
    if (!isOurNew(cell.id)) {
      result.push(...waiting);
      waiting = behind.get(cell.id) ?? [];
      behind.delete(cell.id);
    }
    result.push(cell);
  }
  return [...result, ...waiting];
}

/** The cells that all three have, that theirs has in another order than the base, and ours hasn't. */
function movedByTheirsAlone({ base, ours, theirs }: CellVersions): string[] {
  const inTheirs = movedIds(base, theirs);
  if (inTheirs.size === 0) return [];
  const inOurs = movedIds(base, ours);
  const there = byId(ours);
  return [...inTheirs].filter((id) => there.has(id) && !inOurs.has(id));
}

function movedIds(base: readonly NotebookCell[], now: readonly NotebookCell[]): Set<string> {
  const places = new Map(base.map(({ id }, index) => [id, index]));
  const common = now.filter(({ id }) => places.has(id));
  const positions = common.map(({ id }) => places.get(id) ?? -1);
  const staying = new Set(longestRising(positions));
  return new Set(common.filter((_, index) => !staying.has(index)).map(({ id }) => id));
}

function byId(cells: readonly NotebookCell[]): Map<string, NotebookCell> {
  const map = new Map<string, NotebookCell>();
  for (const cell of cells) if (!map.has(cell.id)) map.set(cell.id, cell);
  return map;
}
