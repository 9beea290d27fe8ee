/**
 * The one rule by which every cell of a notebook gets an id that is its own.
 *
 * @module
 */

import { createHash } from "node:crypto";
import type { IdRepair } from "./notebook.ts";

/** The longest id that is used as it is, in UTF-16 code units. nbformat allows 64. */
export const MAX_ID_LENGTH = 1024;

/** What the rule looks at. */
export interface IdCandidate {
  /** What the file has under `id`, of whatever type; undefined where it has nothing. */
  id: unknown;
  /** The cell's type. */
  cellType: string;
  /** The cell's source, as one text. */
  source: string;
}

/** The outcome of {@linkcode assignIds}. */
export interface AssignedIds {
  /** One id per cell, in order, all different. */
  ids: string[];
  /** The cells whose id isn't the one in the file, in order. */
  repairs: IdRepair[];
}

/**
 * Gives every cell an id. The rule:
 *
 * 1. An id is usable if it is a string of 1 to {@linkcode MAX_ID_LENGTH} code units; lone surrogates
 *    are replaced (`toWellFormed`), nbformat's pattern isn't asked for.
 * 2. The first cell with a usable id keeps it.
 * 3. Every other cell gets "cell-" and the first 12 hex digits of the SHA-256 of the JSON array
 *    `[cell type, source, n]`. n counts the repaired cells of equal type and source from 0, and goes
 *    on counting while the id is one that the file has or that was given before.
 *
 * The ids are thus a function of the cells alone: the same file gets the same ids on any machine, and
 * a cell without an id keeps its own when cells with other content come before it.
 *
 * @example
 * ```ts
 * import { assignIds } from "@/ipynb/ids.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const { ids, repairs } = assignIds([
 *   { id: "a", cellType: "code", source: "1" },
 *   { id: "a", cellType: "code", source: "2" },
 * ]);
 * assertEquals(ids, ["a", "cell-18d3f4cb555f"]);
 * assertEquals(repairs, [{ index: 1, reason: "duplicate", id: "cell-18d3f4cb555f" }]);
 * ```
 */
export function assignIds(cells: readonly IdCandidate[]): AssignedIds {
  const usable = cells.map((cell) => usableId(cell.id));
  const taken = new Set(usable.filter((id) => id !== null));
  const owned = new Set<string>();
  const counts = new Map<string, number>();
  const repairs: IdRepair[] = [];
  const ids = cells.map((cell, index) => {
    const own = usable[index] ?? null;
    if (own !== null && !owned.has(own)) {
      owned.add(own);
      return own;
    }
    const id = derivedId(cell, taken, counts);
    repairs.push({ index, reason: own === null ? "missing" : "duplicate", id });
    return id;
  });
  return { ids, repairs };
}

function usableId(id: unknown): string | null {
  if (typeof id !== "string" || id.length === 0 || id.length > MAX_ID_LENGTH) return null;
  return id.toWellFormed();
}

function derivedId(cell: IdCandidate, taken: Set<string>, counts: Map<string, number>): string {
  const content = JSON.stringify([cell.cellType, cell.source]);
  for (let occurrence = counts.get(content) ?? 0;; occurrence++) {
    const hashed = JSON.stringify([cell.cellType, cell.source, occurrence]);
    const id = `cell-${createHash("sha256").update(hashed).digest("hex").slice(0, 12)}`;
    if (taken.has(id)) continue;
    taken.add(id);
    counts.set(content, occurrence + 1);
    return id;
  }
}
