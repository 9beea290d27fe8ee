/**
 * The two ways in which existing builds turn what they sign into text.
 *
 * @module
 */

import { isJsonObject, type JsonObject, type JsonValue } from "../json.ts";

/**
 * Compact JSON with the keys sorted at every level, in the order of their UTF-8 bytes. That is the
 * order of code points: JavaScript's own, of UTF-16 code units, differs beyond U+FFFF.
 *
 * @example
 * ```ts
 * import { canonicalJson } from "@/trust/canonical.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(canonicalJson({ b: [{ d: 1, c: 2 }], a: "é" }), '{"a":"é","b":[{"c":2,"d":1}]}');
 * ```
 */
export function canonicalJson(value: JsonObject): string {
  return sortedText(value);
}

/** Compact JSON with the keys as they stand. */
export function compactJson(value: JsonObject): string {
  return JSON.stringify(value);
}

/** Text, not a sorted object: an object puts keys such as "10" in an order of its own. */
function sortedText(value: JsonValue): string {
  if (Array.isArray(value)) return `[${value.map(sortedText).join(",")}]`;
  if (!isJsonObject(value)) return JSON.stringify(value);
  const entries = Object.entries(value).sort(([a], [b]) => compareCodePoints(a, b));
  return `{${entries.map(([key, inner]) => `${JSON.stringify(key)}:${sortedText(inner)}`)}}`;
}

function compareCodePoints(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let index = 0; index < length; index++) {
    if (a[index] === b[index]) continue;
    // At the first difference either both are whole characters, or both begin or end an astral one.
    return (a.codePointAt(index) ?? 0) - (b.codePointAt(index) ?? 0);
  }
  return a.length - b.length;
}
