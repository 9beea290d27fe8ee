/**
 * Merging two changed versions of one notebook.
 *
 * @module
 */

import { isJsonObject, type JsonObject, type JsonValue } from "../../json.ts";
import { parseSnapshot, serialiseSnapshot } from "../snapshot.ts";
import { equalJson } from "../write/equal.ts";
import type { NotebookState } from "../write/state.ts";
import type { MergeConflict } from "./conflict.ts";
import { mergeCells } from "./merge_cells.ts";
import { mergeJson } from "./merge_json.ts";

/** The three versions of a notebook. */
export interface NotebookVersions {
  /** What both came from. */
  readonly base: NotebookState;
  /** What the document says. */
  readonly ours: NotebookState;
  /** What somebody else made of it. */
  readonly theirs: NotebookState;
}

/** What came of a merge. */
export interface MergedNotebook {
  readonly merged: NotebookState;
  /** What both had changed; the merged notebook has ours there. */
  readonly conflicts: MergeConflict[];
}

/**
 * Merges two changed versions of a notebook. Merging once more what came of it changes nothing, except
 * perhaps the order of cells that both moved: what ours holds already is no change. Costs in proportion to the notebook, little where it is the same.
 *
 * @example
 * ```ts
 * import { mergeNotebooks } from "@/ipynb/merge/merge.ts";
 * import { notebookState } from "@/ipynb/write/state.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const cell = { id: "a", cellType: "code", source: "1\n2\n", executionCount: null, outputs: [] };
 * const with_ = (source: string) =>
 *   notebookState({
 *     nbformat: 4,
 *     nbformatMinor: 5,
 *     cells: [{ ...cell, source }],
 *     metadata: {},
 *     extra: {},
 *   });
 * const versions = { base: with_("1\n2\n"), ours: with_("10\n2\n"), theirs: with_("1\n20\n") };
 * assertEquals(mergeNotebooks(versions), { merged: with_("10\n20\n"), conflicts: [] });
 * ```
 */
export function mergeNotebooks({ base, ours, theirs }: NotebookVersions): MergedNotebook {
  if (equalJson(base, theirs) || equalJson(ours, theirs)) return { merged: ours, conflicts: [] };
  if (equalJson(base, ours)) return { merged: theirs, conflicts: [] };
  const conflicts: MergeConflict[] = [];
  const cells = mergeCells(
    { base: base.cells, ours: ours.cells, theirs: theirs.cells },
    conflicts,
  );
  const object = (name: "metadata" | "extra"): JsonObject => {
    const place = { cellId: null, path: [name], conflicts };
    const merged = mergeJson(base[name], ours[name], theirs[name], place);
    return isJsonObject(merged) ? merged : {};
  };
  const merged = {
    cells,
    snapshot: mergeSnapshots({ base, ours, theirs }, conflicts),
    metadata: object("metadata"),
    nbformat: ours.nbformat ?? theirs.nbformat,
    nbformatMinor: mergeMinor(base.nbformatMinor, ours.nbformatMinor, theirs.nbformatMinor),
    extra: object("extra"),
  };
  return { merged, conflicts };
}

/** The higher one where both changed it: it says what the cells may have. */
function mergeMinor(
  base: number | null,
  ours: number | null,
  theirs: number | null,
): number | null {
  if (ours === theirs || base === theirs || theirs === null) return ours;
  if (base === ours || ours === null) return theirs;
  return Math.max(ours, theirs);
}

function mergeSnapshots(
  { base, ours, theirs }: NotebookVersions,
  conflicts: MergeConflict[],
): string | null {
  if (theirs.snapshot === null || theirs.snapshot === ours.snapshot) return ours.snapshot;
  if (ours.snapshot === null) return theirs.snapshot;
  const [before, mine, other] = [base.snapshot ?? "", ours.snapshot, theirs.snapshot]
    .map((text) => split(parseSnapshot(text)));
  if (before === undefined || mine === undefined || other === undefined) return ours.snapshot;
  const place = { cellId: null, path: ["snapshot"], conflicts };
  const merged = mergeJson(before.rest, mine.rest, other.rest, place);
  // A signature that fits what was signed no longer is no loss: it has to be given anew.
  const trust = mergeJson(before.trust, mine.trust, other.trust, { ...place, conflicts: [] });
  const result = joined(objectOf(merged), objectOf(trust));
  return equalJson(result, parseSnapshot(ours.snapshot))
    ? ours.snapshot
    : serialiseSnapshot(result);
}

const TRUST_KEYS = ["trust_signature", "trust_timestamp"];

/** The signature and its time belong together: as a list, they are merged as one value. */
function split(snapshot: JsonObject): { rest: JsonObject; trust: JsonObject } {
  const runt = objectOf(snapshot.runt);
  const isTrust = ([key]: [string, JsonValue | undefined]) => TRUST_KEYS.includes(key);
  const trust = Object.entries(runt).filter(isTrust);
  const rest = Object.entries(runt).filter((entry) => !isTrust(entry));
  const withoutTrust = trust.length === 0
    ? snapshot
    : { ...snapshot, runt: Object.fromEntries(rest) };
  return { rest: withoutTrust, trust: trust.length === 0 ? {} : { pair: trust as JsonValue } };
}

function joined(rest: JsonObject, trust: JsonObject): JsonObject {
  if (!Array.isArray(trust.pair)) return rest;
  const pairs = trust.pair.filter((one) => Array.isArray(one)) as [string, JsonValue][];
  return { ...rest, runt: { ...objectOf(rest.runt), ...Object.fromEntries(pairs) } };
}

function objectOf(value: JsonValue | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}
