/**
 * Edits the source of a cell in a file: of a list of lines only the lines that changed are written.
 *
 * @module
 */

import { matchLists } from "./align.ts";
import {
  type EditedFile,
  type Item,
  placeInside,
  placeOf,
  rebuild,
  type Spot,
} from "./container.ts";
import { writeString } from "./escapes.ts";
import { formatValue } from "./format.ts";
import { splitAtLineFeeds, splitLines } from "./lines.ts";
import { childrenOf } from "./nodes.ts";

/** A part of the old source, by offsets in UTF-16 code units, and the text that replaces it. */
interface Hunk {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** An element of the list, and the part of the source that it holds. */
interface Piece {
  readonly child: number;
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** Hunks, and the neighbouring elements that they touch; none where they fall between two. */
interface Group {
  readonly hunks: readonly Hunk[];
  readonly pieces: readonly Piece[];
  readonly start: number;
  readonly end: number;
}

/**
 * Edits a source. A string stays a string; in a list the elements that hold no changed line keep
 * their bytes, also where the list isn't split at line ends.
 *
 * @param file The file.
 * @param spot The value of the cell's `source`.
 * @param before The source that the document held for it.
 * @param after The source now.
 * @returns The value's new text.
 */
export function editSource(file: EditedFile, spot: Spot, before: string, after: string): string {
  const { style } = file;
  if (spot.node.type === "string") return writeString(after, style.escapes);
  const pieces = piecesOf(spot);
  const joined = pieces.map(({ text }) => text).join("");
  if (joined.toWellFormed() !== before) return formatValue(splitLines(after), placeOf(file, spot));
  const split = pieces.every(({ text }) => splitLines(text).length <= 1)
    ? splitLines
    : splitAtLineFeeds;
  const place = placeInside(file, spot);
  const items: Item[] = [];
  let next = 0;
  const keepUntil = (child: number) => {
    for (; next < child; next++) items.push({ kind: "kept", child: next, text: null });
  };
  for (const group of groupHunks(hunksBetween(before, after), pieces)) {
    keepUntil(group.pieces[0]?.child ?? pieces.filter(({ end }) => end <= group.start).length);
    replace(group, before, split).forEach((text, index) => {
      const piece = group.pieces[index];
      const written = writeString(text, place.style.escapes);
      items.push(
        piece === undefined
          ? { kind: "added", text: written }
          : { kind: "kept", child: piece.child, text: written },
      );
    });
    next += group.pieces.length;
  }
  keepUntil(pieces.length);
  return rebuild(file, spot, items);
}

function piecesOf(spot: Spot): Piece[] {
  let start = 0;
  return childrenOf(spot.node).map(({ value }, child) => {
    const text = String(value);
    const piece = { child, start, end: start + text.length, text };
    start = piece.end;
    return piece;
  });
}

/** What differs, by lines that end at "\n". */
function hunksBetween(before: string, after: string): Hunk[] {
  const [oldLines, newLines] = [splitAtLineFeeds(before), splitAtLineFeeds(after)];
  const hunks: Hunk[] = [];
  let [left, right, offset] = [0, 0, 0];
  const stop = [oldLines.length, newLines.length] as const;
  for (const [keptLeft, keptRight] of [...matchLists(oldLines, newLines), stop]) {
    const removed = oldLines.slice(left, keptLeft).join("");
    const text = newLines.slice(right, keptRight).join("");
    const end = offset + removed.length;
    if (end > offset || text !== "") hunks.push({ start: offset, end, text });
    offset = end + (oldLines[keptLeft]?.length ?? 0);
    [left, right] = [keptLeft + 1, keptRight + 1];
  }
  return hunks;
}

function groupHunks(hunks: readonly Hunk[], pieces: readonly Piece[]): Group[] {
  const groups: Group[] = [];
  for (const hunk of hunks) {
    const touched = pieces.filter((piece) => touches(hunk, piece));
    const last = groups.at(-1);
    const shares = last !== undefined &&
      touched.some(({ child }) => last.pieces.at(-1)?.child === child);
    const start = Math.min(hunk.start, touched[0]?.start ?? hunk.start);
    const end = Math.max(hunk.end, touched.at(-1)?.end ?? hunk.end);
    if (!shares || last === undefined) {
      groups.push({ hunks: [hunk], pieces: touched, start, end });
      continue;
    }
    groups[groups.length - 1] = {
      hunks: [...last.hunks, hunk],
      pieces: [...last.pieces, ...touched.slice(1)],
      start: last.start,
      end: Math.max(last.end, end),
    };
  }
  return groups;
}

function touches(hunk: Hunk, piece: Piece): boolean {
  if (piece.start === piece.end) return hunk.start <= piece.start && piece.start <= hunk.end;
  return piece.start < hunk.end && hunk.start < piece.end;
}

/** The elements that replace those of a group. */
function replace(
  group: Group,
  before: string,
  split: (text: string) => string[],
): string[] {
  const whole = group.pieces.every(({ text }) => split(text).length <= 1);
  const parts: string[] = [""];
  const add = (text: string) => parts.push((parts.pop() ?? "") + text);
  // An element that holds several lines keeps its bounds, as far as they lie in unchanged text.
  const bounds = new Set(group.pieces.slice(1).map(({ start }) => start));
  const copy = (start: number, end: number) => {
    let from = start;
    for (const bound of [...bounds].filter((bound) => start <= bound && bound <= end)) {
      add(before.slice(from, bound));
      parts.push("");
      bounds.delete(bound);
      from = bound;
    }
    add(before.slice(from, end));
  };
  let offset = group.start;
  for (const hunk of group.hunks) {
    copy(offset, hunk.start);
    add(hunk.text);
    offset = hunk.end;
  }
  copy(offset, group.end);
  const elements = whole ? split(parts.join("")) : parts;
  return elements.filter((element) => element !== "");
}
