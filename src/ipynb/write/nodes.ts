/**
 * JSON with positions: what a save needs of the tree that `jsonc-parser` gives.
 *
 * @module
 */

import { type Node, type ParseError, parseTree } from "jsonc-parser";
import { NotebookdError } from "../../errors.ts";

export type { Node };

/**
 * Parses JSON with positions, strictly.
 *
 * @param text Valid JSON, with its nesting already capped: the parser recurses.
 * @throws {NotebookdError} with code `internal` when it isn't JSON.
 */
export function parseNodes(text: string): Node {
  const errors: ParseError[] = [];
  const root = parseTree(text, errors, { disallowComments: true, allowTrailingComma: false });
  if (root !== undefined && errors.length === 0) return root;
  throw new NotebookdError(
    "internal",
    `Failed to find the parts of a JSON text of ${text.length} characters: it was read before, and ` +
      `now it is refused at offset ${errors[0]?.offset ?? 0}; report this, the file is untouched`,
  );
}

/** The elements of an array, or the properties of an object. */
export function childrenOf(node: Node): readonly Node[] {
  return node.children ?? [];
}

/** The key of a property. */
export function keyOf(property: Node): string {
  const key: unknown = property.children?.[0]?.value;
  return typeof key === "string" ? key : "";
}

/** The value of a property. Valid JSON has no property without one. */
export function valueOf(property: Node): Node {
  return property.children?.[1] ?? property;
}

/**
 * Finds the properties with this key, by position among the children. The last is the one that
 * counts. A key with lone surrogates is found by its `toWellFormed()`, as documents have it.
 */
export function propertiesNamed(object: Node, key: string): number[] {
  const named = positionsWhere(object, (candidate) => candidate === key);
  if (named.length > 0 || !key.includes("\ufffd")) return named;
  return positionsWhere(object, (candidate) => candidate.toWellFormed() === key);
}

/** The value of the property with this key that counts. */
export function valueNamed(object: Node, key: string): Node | undefined {
  const position = propertiesNamed(object, key).at(-1);
  const property = position === undefined ? undefined : object.children?.[position];
  return property === undefined ? undefined : valueOf(property);
}

/** Where a node ends. */
export function endOf(node: Node): number {
  return node.offset + node.length;
}

/**
 * Gives the indentation of the line that begins with what stands at an offset, or null where
 * something stands before it on its line. The start of the text begins a line.
 */
export function lineIndent(text: string, offset: number): string | null {
  let start = offset;
  while (start > 0 && (text[start - 1] === " " || text[start - 1] === "\t")) start--;
  const before = text[start - 1];
  return before === undefined || before === "\n" || before === "\r"
    ? text.slice(start, offset)
    : null;
}

function positionsWhere(object: Node, matches: (key: string) => boolean): number[] {
  return childrenOf(object).flatMap((property, position) =>
    property.type === "property" && matches(keyOf(property)) ? [position] : []
  );
}
