/**
 * How a file is laid out, read off its text, so that what is written into it looks like the rest.
 *
 * @module
 */

import { type EscapeStyle, PLAIN_ESCAPES, readEscapes } from "./escapes.ts";
import { childrenOf, endOf, keyOf, lineIndent, type Node, valueNamed, valueOf } from "./nodes.ts";

/** How JSON is written. */
export interface FileStyle {
  /** One level of indentation, or null where everything stands on one line. */
  readonly unit: string | null;
  /** The end of a line. */
  readonly lineEnd: string;
  /** Between a key and its value. */
  readonly colon: string;
  /** Between two items on one line. */
  readonly comma: string;
  /** After an item that ends its line. */
  readonly commaAtLineEnd: string;
  /** How strings are spelled. */
  readonly escapes: EscapeStyle;
  /** Whether sources are lists of lines, or one string each. */
  readonly sources: "lines" | "string";
}

/** How nbformat writes. */
export const NBFORMAT_STYLE: FileStyle = {
  unit: " ",
  lineEnd: "\n",
  colon: ": ",
  comma: ", ",
  commaAtLineEnd: ",",
  escapes: PLAIN_ESCAPES,
  sources: "lines",
};

/**
 * Reads the style off a notebook.
 *
 * @param text The whole text, without a byte order mark.
 * @param root Its tree; the top must be an object.
 */
export function readStyle(text: string, root: Node): FileStyle {
  const unit = readUnit(text, root, 1);
  const [first, second] = childrenOf(root);
  const colon = first === undefined ? ": " : text.slice(
    endOf(first.children?.[0] ?? first),
    valueOf(first).offset,
  );
  const comma = first === undefined || second === undefined
    ? ","
    : text.slice(endOf(first), second.offset);
  const broken = /^([ \t]*,[ \t]*)[\r\n]/.exec(comma)?.[1];
  return {
    unit,
    lineEnd: /\r\n?|\n/.exec(text)?.[0] ?? "\n",
    colon: /[\r\n]/.test(colon) ? ": " : colon,
    comma: /[\r\n]/.test(comma) ? (colon === ":" ? "," : ", ") : comma,
    commaAtLineEnd: broken ?? ",",
    escapes: readEscapes(text),
    sources: readSources(root),
  };
}

/**
 * The indentation of the first child that begins a line, divided by how deep it stands. Hand-written
 * files may begin their first lines deeper in.
 */
function readUnit(text: string, node: Node, depth: number): string | null {
  for (const child of childrenOf(node).slice(0, 3)) {
    const indent = lineIndent(text, child.offset);
    if (indent !== null) return indent.slice(0, Math.ceil(indent.length / depth));
    const value = child.type === "property" ? valueOf(child) : child;
    const unit = readUnit(text, value, depth + 1);
    if (unit !== null) return unit;
  }
  return null;
}

/** Strings only where the file has some, and no list. */
function readSources(root: Node): FileStyle["sources"] {
  const cells = valueNamed(root, "cells");
  let strings = 0;
  for (const cell of cells === undefined ? [] : childrenOf(cells)) {
    const source = childrenOf(cell).findLast((property) => keyOf(property) === "source");
    if (source === undefined) continue;
    if (valueOf(source).type !== "string") return "lines";
    strings++;
  }
  return strings > 0 ? "string" : "lines";
}
