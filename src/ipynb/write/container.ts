/**
 * Gives an array or an object of a file other children, and keeps every byte between those that
 * stay.
 *
 * @module
 */

import type { Place } from "./format.ts";
import { childrenOf, endOf, lineIndent, type Node } from "./nodes.ts";
import type { FileStyle } from "./style.ts";

/** A file that is being edited. */
export interface EditedFile {
  /** Its text, without a byte order mark. */
  readonly text: string;
  /** How it is written. */
  readonly style: FileStyle;
}

/** A node of the file, and where it stands. */
export interface Spot {
  /** An array, an object or a scalar. */
  readonly node: Node;
  /** Where the element or property begins whose value the node is: that decides on its line. */
  readonly start: number;
  /** How many arrays and objects enclose the node. */
  readonly depth: number;
}

/** A child of the new container: one that stays, edited where it has a new text, or a new one. */
export type Item =
  | { readonly kind: "kept"; readonly child: number; readonly text: string | null }
  | { readonly kind: "added"; readonly text: string };

/** The place of a node: where a text that replaces it is written. */
export function placeOf(file: EditedFile, spot: Spot): Place {
  return { indent: lineIndent(file.text, spot.start), depth: spot.depth, style: file.style };
}

/** The place of the children of a container: that of its first, or where a first would stand. */
export function placeInside(file: EditedFile, spot: Spot): Place {
  const { style } = file;
  const [first] = childrenOf(spot.node);
  const depth = spot.depth + 1;
  if (first !== undefined) return { indent: lineIndent(file.text, first.offset), depth, style };
  const outer = lineIndent(file.text, spot.start);
  return {
    indent: outer === null || style.unit === null ? null : outer + style.unit,
    depth,
    style,
  };
}

/**
 * Writes a container with other children.
 *
 * @param file The file.
 * @param spot The container.
 * @param items Its new children. Those kept are in the order of the file; what moves is added.
 */
export function rebuild(file: EditedFile, spot: Spot, items: readonly Item[]): string {
  const { text } = file;
  const { node } = spot;
  const [open, close] = [text.slice(node.offset, node.offset + 1), text.charAt(endOf(node) - 1)];
  if (items.length === 0) return open + close;
  const children = childrenOf(node);
  const [first, last] = [children[0], children.at(-1)];
  const inside = placeInside(file, spot).indent;
  const lead = first === undefined
    ? lineBreak(file, inside)
    : text.slice(node.offset + 1, first.offset);
  const tail = last === undefined
    ? lineBreak(file, inside === null ? null : lineIndent(text, spot.start))
    : text.slice(endOf(last), endOf(node) - 1);
  const pieces = [open, lead];
  items.forEach((item, index) => {
    const before = items[index - 1];
    if (before !== undefined) pieces.push(separator(file, spot, before, item));
    pieces.push(
      item.kind === "added" ? item.text : item.text ?? textOf(file, children[item.child]),
    );
  });
  pieces.push(tail, close);
  return pieces.join("");
}

/** What stands between two neighbours: the file's own bytes where it has a separator there. */
function separator(file: EditedFile, spot: Spot, left: Item, right: Item): string {
  const count = childrenOf(spot.node).length;
  if (right.kind === "kept" && right.child > 0) return separatorBefore(file, spot, right.child);
  if (left.kind === "kept" && left.child + 1 < count) {
    return separatorBefore(file, spot, left.child + 1);
  }
  if (count > 1) return separatorBefore(file, spot, count - 1);
  const { indent } = placeInside(file, spot);
  if (indent === null) return file.style.comma;
  return file.style.commaAtLineEnd + lineBreak(file, indent);
}

function separatorBefore(file: EditedFile, { node }: Spot, child: number): string {
  const [left, right] = childrenOf(node).slice(child - 1, child + 1);
  return left === undefined || right === undefined
    ? file.style.comma
    : file.text.slice(endOf(left), right.offset);
}

function lineBreak(file: EditedFile, indent: string | null): string {
  return indent === null ? "" : file.style.lineEnd + indent;
}

/** The bytes of a node as they are. */
export function textOf(file: EditedFile, node: Node | undefined): string {
  return node === undefined ? "" : file.text.slice(node.offset, endOf(node));
}
