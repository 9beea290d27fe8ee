/**
 * Writes JSON in the style of a file.
 *
 * @module
 */

import { NotebookdError } from "../../errors.ts";
import type { JsonValue } from "../../json.ts";
import { DEFAULT_PARSE_LIMITS } from "../parse.ts";
import { scanJson } from "../scan.ts";
import { writeString } from "./escapes.ts";
import { childrenOf, endOf, keyOf, type Node, parseNodes, valueOf } from "./nodes.ts";
import type { FileStyle } from "./style.ts";

/** Where a value is written. */
export interface Place {
  /** The indentation of the line on which the value begins, or null to stay on that line. */
  readonly indent: string | null;
  /** How many arrays and objects enclose it. */
  readonly depth: number;
  /** The style of the file. */
  readonly style: FileStyle;
  /** Whether the keys of objects are sorted by code point, at every level. */
  readonly sortKeys?: boolean;
}

/** A property, or an element if it has no key, that writes its value at a place it is given. */
export interface Part {
  /** The key of a property. */
  readonly key?: string;
  /** Writes the value; the place is that of the line on which the part begins. */
  readonly write: (place: Place) => string;
}

/** Writes a value. */
export function formatValue(value: JsonValue, place: Place): string {
  return formatJson(JSON.stringify(value), place);
}

/**
 * Writes JSON text anew at a place. Numbers keep their spelling, and keys their order (duplicates
 * too) unless they are to be sorted.
 *
 * @param json Valid JSON.
 * @throws {NotebookdError} with code `limit_reached` when the file would nest so deep that it couldn't
 * be opened again.
 */
export function formatJson(json: string, place: Place): string {
  if (nestsTooDeep(json, place.depth)) throw tooDeep();
  return formatNode(parseNodes(json), json, place);
}

/** Tells whether JSON at this depth nests deeper than a notebook may. */
export function nestsTooDeep(json: string, depth: number): boolean {
  const bytes = new TextEncoder().encode(json);
  return scanJson(bytes, DEFAULT_PARSE_LIMITS.depth - depth).tooDeepAt !== null;
}

/** Writes an array or an object out of its parts. */
export function formatParts(brackets: "[]" | "{}", parts: readonly Part[], place: Place): string {
  const { style } = place;
  const inner = innerPlace(place);
  const sorted = place.sortKeys === true && brackets === "{}"
    ? parts.toSorted((one, other) => compareKeys(one.key ?? "", other.key ?? ""))
    : parts;
  if (sorted.length === 0) return brackets;
  const texts = sorted.map((part) => formatPart(part, inner));
  const [open, close] = [brackets.slice(0, 1), brackets.slice(1)];
  if (inner.indent === null) return open + texts.join(style.comma) + close;
  const lineBreak = style.lineEnd + inner.indent;
  const last = style.lineEnd + (place.indent ?? "");
  return open + lineBreak + texts.join(style.commaAtLineEnd + lineBreak) + last + close;
}

/** Writes a property or an element at the place of its line. */
export function formatPart({ key, write }: Part, place: Place): string {
  const value = write(place);
  if (key === undefined) return value;
  return writeString(key, place.style.escapes) + place.style.colon + value;
}

/** The place of what stands inside an array or object at a place. */
export function innerPlace(place: Place): Place {
  const { indent, style } = place;
  const multiline = indent !== null && style.unit !== null;
  return { ...place, indent: multiline ? indent + style.unit : null, depth: place.depth + 1 };
}

/** Orders keys as Python does: by code points, where JavaScript compares UTF-16 code units. */
export function compareKeys(one: string, other: string): number {
  const length = Math.min(one.length, other.length);
  for (let at = 0; at < length; at++) {
    const [left, right] = [one.charCodeAt(at), other.charCodeAt(at)];
    if (left !== right) return codePointRank(left) - codePointRank(right);
  }
  return one.length - other.length;
}

/** Surrogates stand for code points above all others of one unit. */
function codePointRank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}

function formatNode(node: Node, text: string, place: Place): string {
  switch (node.type) {
    case "object":
      return formatParts("{}", childrenOf(node).map((property) => nodePart(property, text)), place);
    case "array":
      return formatParts("[]", childrenOf(node).map((element) => nodePart(element, text)), place);
    case "string":
      return writeString(String(node.value), place.style.escapes);
    default:
      return text.slice(node.offset, endOf(node));
  }
}

function nodePart(node: Node, text: string): Part {
  if (node.type !== "property") return { write: (place) => formatNode(node, text, place) };
  return { key: keyOf(node), write: (place) => formatNode(valueOf(node), text, place) };
}

function tooDeep(): NotebookdError {
  return new NotebookdError(
    "limit_reached",
    `Failed to write the notebook: its JSON would nest deeper than ${DEFAULT_PARSE_LIMITS.depth} ` +
      "levels; flatten the metadata that was added last and save again, the file is untouched",
  );
}
