/**
 * Edits any JSON value in a file: only what differs between the value before and the value after is
 * written.
 *
 * @module
 */

import { isJsonObject, type JsonObject, type JsonValue } from "../../json.ts";
import { planList } from "./align.ts";
import {
  type EditedFile,
  type Item,
  placeInside,
  placeOf,
  rebuild,
  type Spot,
} from "./container.ts";
import { editProperties, type PropertyEdit } from "./edit_object.ts";
import { equalJson } from "./equal.ts";
import { formatValue } from "./format.ts";
import { childrenOf } from "./nodes.ts";

/**
 * Edits a value.
 *
 * @param file The file.
 * @param spot The value in the file. It may differ from `before` where nobody changed anything: in
 * number spelling, in lone surrogates, in duplicate keys.
 * @param before What the document held for it; undefined where it held nothing.
 * @param after What it is to be.
 * @returns The value's new text, or null where nothing changes.
 * @throws {NotebookdError} with code `limit_reached` when the file would nest too deep.
 */
export function editValue(
  file: EditedFile,
  spot: Spot,
  before: JsonValue | undefined,
  after: JsonValue,
): string | null {
  if (before !== undefined && equalJson(before, after)) return null;
  const { node } = spot;
  if (node.type === "object" && isJsonObject(before) && isJsonObject(after)) {
    return editProperties(file, spot, objectEdits(file, before, after));
  }
  if (node.type === "array" && Array.isArray(before) && Array.isArray(after)) {
    if (childrenOf(node).length === before.length) return editArray(file, spot, before, after);
  }
  return formatValue(after, placeOf(file, spot));
}

/** Gives the edits that make one object the other. */
export function objectEdits(
  file: EditedFile,
  before: JsonObject,
  after: JsonObject,
): Map<string, PropertyEdit> {
  const edits = new Map<string, PropertyEdit>();
  for (const key of Object.keys(before)) {
    if (!Object.hasOwn(after, key)) edits.set(key, { kind: "remove" });
  }
  for (const [key, value] of Object.entries(after)) {
    const old = Object.hasOwn(before, key) ? before[key] : undefined;
    if (old !== undefined && equalJson(old, value)) continue;
    edits.set(key, setTo(file, old, value));
  }
  return edits;
}

/** The edit that makes a property this value. */
export function setTo(
  file: EditedFile,
  before: JsonValue | undefined,
  after: JsonValue,
): PropertyEdit {
  return {
    kind: "set",
    edit: (spot) => editValue(file, spot, before, after),
    write: (place) => formatValue(after, place),
  };
}

function editArray(
  file: EditedFile,
  spot: Spot,
  before: readonly JsonValue[],
  after: readonly JsonValue[],
): string {
  const keys = (values: readonly JsonValue[]) => values.map((value) => JSON.stringify(value));
  const items = planList(keys(before), keys(after)).map((step): Item => {
    const value = after[step.after] ?? null;
    if (step.kind === "add") {
      return { kind: "added", text: formatValue(value, placeInside(file, spot)) };
    }
    const text = step.kind === "keep" ? null : editElement(file, spot, step.before, before, value);
    return { kind: "kept", child: step.before, text };
  });
  return rebuild(file, spot, items);
}

function editElement(
  file: EditedFile,
  { node, depth }: Spot,
  child: number,
  before: readonly JsonValue[],
  after: JsonValue,
): string | null {
  const element = childrenOf(node)[child];
  if (element === undefined) return null;
  const spot = { node: element, start: element.offset, depth: depth + 1 };
  return editValue(file, spot, before[child], after);
}
