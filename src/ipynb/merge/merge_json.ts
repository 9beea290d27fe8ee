/**
 * Merging two changed versions of one JSON value.
 *
 * @module
 */

import { isJsonObject, type JsonObject, type JsonValue } from "../../json.ts";
import { equalJson } from "../write/equal.ts";
import type { MergeConflict } from "./conflict.ts";

/** Whose values are merged, and where what can't be decided goes. */
export interface MergePlace {
  readonly cellId: string | null;
  readonly path: readonly string[];
  readonly conflicts: MergeConflict[];
}

/**
 * Merges a value: an object key by key, anything else as a whole. What both changed stays as ours,
 * and theirs is noted.
 *
 * @returns The merged value, or undefined where there is none.
 */
export function mergeJson(
  base: JsonValue | undefined,
  ours: JsonValue | undefined,
  theirs: JsonValue | undefined,
  place: MergePlace,
): JsonValue | undefined {
  if (equalJson(ours, theirs) || equalJson(base, theirs)) return ours;
  if (equalJson(base, ours)) return theirs;
  if (isJsonObject(ours) && isJsonObject(theirs)) {
    return mergeObjects(isJsonObject(base) ? base : {}, ours, theirs, place);
  }
  const { cellId, path, conflicts } = place;
  conflicts.push({ cellId, path, ...(theirs === undefined ? {} : { theirs }) });
  return ours;
}

function mergeObjects(
  base: JsonObject,
  ours: JsonObject,
  theirs: JsonObject,
  place: MergePlace,
): JsonObject {
  const entries: [string, JsonValue][] = [];
  for (const key of new Set([...Object.keys(ours), ...Object.keys(theirs)])) {
    const inner = { ...place, path: [...place.path, key] };
    const value = mergeJson(own(base, key), own(ours, key), own(theirs, key), inner);
    if (value !== undefined) entries.push([key, value]);
  }
  // Not by assignment: a key may be called "__proto__".
  return Object.fromEntries(entries);
}

function own(object: JsonObject, key: string): JsonValue | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}
