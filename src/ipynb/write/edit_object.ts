/**
 * Edits the properties of an object in a file.
 *
 * @module
 */

import { type EditedFile, type Item, placeInside, rebuild, type Spot } from "./container.ts";
import { compareKeys, formatPart, type Place } from "./format.ts";
import { childrenOf, keyOf, propertiesNamed, valueOf } from "./nodes.ts";

/** What becomes of a property. */
export type PropertyEdit =
  | { readonly kind: "remove" }
  | {
    readonly kind: "set";
    /** Gives the new text of the value that is there, or null where it stays. */
    readonly edit: (value: Spot) => string | null;
    /** Writes the value where there is none. */
    readonly write: (place: Place) => string;
  };

/**
 * Edits properties of an object. Of duplicate keys the last counts, as for `JSON.parse`: it is the
 * one that is edited, and all go where one is removed. A new key goes to its place where the object
 * has its keys sorted, else to the end.
 *
 * @param file The file.
 * @param spot The object.
 * @param edits By key.
 * @returns The object's new text, or null where nothing changes.
 */
export function editProperties(
  file: EditedFile,
  spot: Spot,
  edits: ReadonlyMap<string, PropertyEdit>,
): string | null {
  const children = childrenOf(spot.node);
  const gone = new Set<number>();
  const edited = new Map<number, string>();
  const added: [key: string, text: string][] = [];
  for (const [key, edit] of edits) {
    const positions = propertiesNamed(spot.node, key);
    const last = positions.at(-1);
    const property = last === undefined ? undefined : children[last];
    if (edit.kind === "remove") positions.forEach((position) => gone.add(position));
    else if (last === undefined || property === undefined) {
      added.push([key, formatPart({ key, write: edit.write }, placeInside(file, spot))]);
    } else {
      const value = valueOf(property);
      const text = edit.edit({ node: value, start: property.offset, depth: spot.depth + 1 });
      if (text === null) continue;
      edited.set(last, file.text.slice(property.offset, value.offset) + text);
    }
  }
  if (gone.size === 0 && edited.size === 0 && added.length === 0) return null;
  const kept = children.map((property, child): KeyedItem => ({
    key: keyOf(property),
    item: { kind: "kept", child, text: edited.get(child) ?? null },
  }));
  const staying = kept.filter((_, child) => !gone.has(child));
  return rebuild(file, spot, insertKeys(staying, added).map(({ item }) => item));
}

interface KeyedItem {
  key: string;
  item: Item;
}

function insertKeys(
  kept: readonly KeyedItem[],
  added: readonly (readonly [key: string, text: string])[],
): KeyedItem[] {
  const sorted = kept.every(({ key }, index) => {
    const before = kept[index - 1];
    return before === undefined || compareKeys(before.key, key) <= 0;
  });
  const items = [...kept];
  for (const [key, text] of added) {
    const next = sorted ? items.findIndex((item) => compareKeys(item.key, key) > 0) : -1;
    items.splice(next === -1 ? items.length : next, 0, { key, item: { kind: "added", text } });
  }
  return items;
}
