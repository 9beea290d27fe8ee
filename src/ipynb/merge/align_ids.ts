/**
 * Finding the cells of a document again in a file that doesn't name them.
 *
 * @module
 */

import type { NotebookCell } from "../notebook.ts";
import type { ParsedNotebook } from "../parse.ts";
import { matchLists } from "../write/align.ts";
import { splitAtLineFeeds } from "../write/lines.ts";

/** As much of two sources must be the same for them to be one cell that was edited, of 1. */
const ALIKE = 0.5;

/** With more pairs than this, sources are only compared with those of equal rank. */
const MAX_PAIRS = 100_000;

/**
 * Gives the cells of a changed file the ids that they have in the document. A cell whose id can be
 * used keeps it. One that had to be given an id is found among the cells of the baseline that nobody
 * else is: by the same content first, then by the most alike. One that isn't found is new.
 *
 * @param baseline The cells of the file before, with their ids in the document.
 * @param file The file now.
 * @returns The cells of the file in its order, no id twice.
 */
export function alignCellIds(
  baseline: readonly NotebookCell[],
  file: ParsedNotebook,
): NotebookCell[] {
  const { cells } = file.notebook;
  if (file.repairs.length === 0) return cells;
  const repaired = new Set(file.repairs.map(({ index }) => index));
  const taken = new Set(cells.filter((_, index) => !repaired.has(index)).map(({ id }) => id));
  const free = baseline.filter(({ id }) => !taken.has(id));
  const nameless = cells.filter((_, index) => repaired.has(index));
  const found = findCells(free, nameless);
  for (const { id } of found.values()) taken.add(id);
  return cells.map((cell, index) => {
    if (!repaired.has(index)) return cell;
    const id = found.get(cell)?.id ?? freshId(cell.id, taken);
    taken.add(id);
    return { ...cell, id };
  });
}

/** Which of the cells before each of the cells now is. */
function findCells(
  before: readonly NotebookCell[],
  now: readonly NotebookCell[],
): Map<NotebookCell, NotebookCell> {
  const found = new Map<NotebookCell, NotebookCell>();
  const used = new Set<NotebookCell>();
  const pair = (old: NotebookCell | undefined, cell: NotebookCell | undefined) => {
    if (old === undefined || cell === undefined || used.has(old) || found.has(cell)) return;
    found.set(cell, old);
    used.add(old);
  };
  for (const [left, right] of matchLists(before.map(keyOf), now.map(keyOf))) {
    pair(before[left], now[right]);
  }
  const rest = () => before.filter((cell) => !used.has(cell));
  const open = () => now.filter((cell) => !found.has(cell));
  // Cells that moved.
  const byKey = Map.groupBy(rest(), keyOf);
  for (const cell of open()) pair(byKey.get(keyOf(cell))?.shift(), cell);
  for (const [old, cell] of mostAlike(rest(), open())) pair(old, cell);
  return found;
}

function* mostAlike(
  before: readonly NotebookCell[],
  now: readonly NotebookCell[],
): Generator<[NotebookCell, NotebookCell]> {
  const small = before.length * now.length <= MAX_PAIRS;
  const pairs: { old: NotebookCell; cell: NotebookCell; likeness: number; distance: number }[] = [];
  for (const [place, cell] of now.entries()) {
    for (const [rank, old] of before.entries()) {
      const distance = Math.abs(rank - place);
      if (old.cellType !== cell.cellType || (!small && distance > 0)) continue;
      const likeness = likenessOf(old.source, cell.source);
      if (likeness >= ALIKE) pairs.push({ old, cell, likeness, distance });
    }
  }
  pairs.sort((one, other) => other.likeness - one.likeness || one.distance - other.distance);
  for (const { old, cell } of pairs) yield [old, cell];
}

/** How much of two texts is the same: lines that both have, or else their common start and end. */
function likenessOf(one: string, other: string): number {
  const [lines, others] = [splitAtLineFeeds(one), splitAtLineFeeds(other)];
  const total = lines.length + others.length;
  if (total === 0) return 1;
  const there = Map.groupBy(others, (line) => line);
  const shared = lines.filter((line) => there.get(line)?.shift() !== undefined).length;
  return Math.max(2 * shared / total, commonEnds(one, other));
}

function commonEnds(one: string, other: string): number {
  const shorter = Math.min(one.length, other.length);
  let start = 0;
  while (start < shorter && one[start] === other[start]) start++;
  let end = 0;
  while (end < shorter - start && one.at(-1 - end) === other.at(-1 - end)) end++;
  return 2 * (start + end) / Math.max(1, one.length + other.length);
}

function keyOf({ cellType, source }: NotebookCell): string {
  return JSON.stringify([cellType, source]);
}

function freshId(id: string, taken: ReadonlySet<string>): string {
  let fresh = id;
  for (let count = 2; taken.has(fresh); count++) fresh = `${id}-${count}`;
  return fresh;
}
