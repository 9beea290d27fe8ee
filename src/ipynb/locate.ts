/**
 * From a path inside a JSON value to the place in its text, for error messages.
 *
 * @module
 */

import { type Node, parseTree } from "jsonc-parser";
import { type Position, positionAt } from "./position.ts";

/** Keys and zero-based indices from the top of a JSON value down to one of its parts. */
export type JsonPath = readonly (string | number)[];

/** The longest text, in UTF-16 code units, for which a position is worth a parse with positions. */
const MAX_LOCATED_LENGTH = 16 * 1024 * 1024;

/**
 * Finds where in a text a part of its JSON value begins.
 *
 * @param text Valid JSON, with its nesting already capped: the parser with positions recurses.
 * @param path The part; where it doesn't exist, the innermost part on the way that does is meant.
 * @returns The position, or null for a text so long that finding it would take too long.
 */
export function locate(text: string, path: JsonPath): Position | null {
  if (text.length > MAX_LOCATED_LENGTH) return null;
  let node = parseTree(text, [], { disallowComments: true, allowTrailingComma: false });
  if (node === undefined) return null;
  for (const step of path) {
    const child: Node | undefined = typeof step === "number"
      ? node.children?.[step]
      : valueOfKey(node, step);
    if (child === undefined) break;
    node = child;
  }
  return positionAt(text, node.offset);
}

/** Writes a path as an error message names it, such as `cells[3].source`. */
export function formatPath(path: JsonPath): string {
  return path.map((step, index) =>
    typeof step === "number" ? `[${step}]` : index === 0 ? step : `.${step}`
  ).join("");
}

/** Of duplicate keys the last one counts, as for `JSON.parse`. */
function valueOfKey(node: Node, key: string): Node | undefined {
  if (node.type !== "object") return undefined;
  const property = node.children?.findLast((child) => child.children?.[0]?.value === key);
  return property?.children?.[1];
}
