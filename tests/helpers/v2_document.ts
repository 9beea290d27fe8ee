/**
 * The document as an existing client reads it, with the library's own API and none of this
 * project's code.
 *
 * @module
 */

import * as A from "@automerge/automerge";
import { automergeWasmBase64 } from "@automerge/automerge/wasm";

await A.initializeWasm(Uint8Array.fromBase64(automergeWasmBase64));

/** A scalar string as the library's high-level API shows it. */
export type Scalar = A.ImmutableString;

/** One cell of the document. */
export interface DocumentCell {
  id: Scalar;
  cell_type: Scalar;
  source: string;
  execution_count: Scalar;
  outputs: Scalar[];
  metadata?: unknown;
  attachments?: unknown;
  extra?: unknown;
}

/** The document of protocol.md, chapter 4. */
export interface NotebookDocument {
  notebook_id: Scalar;
  cells: DocumentCell[];
  metadata: { runtime: Scalar; notebook_metadata: Scalar; [key: string]: unknown };
}

/** One cell as plain values. */
export interface PlainCell {
  id: string;
  cell_type: string;
  source: string;
  execution_count: string;
  outputs: string[];
}

/** A scalar string for a change. */
export function scalar(value: string): Scalar {
  return new A.ImmutableString(value);
}

/** A new code cell for a change. */
export function codeCell(id: string, source: string): DocumentCell {
  return {
    id: scalar(id),
    cell_type: scalar("code"),
    source,
    execution_count: scalar("null"),
    outputs: [],
  };
}

/** The cells that a v2 client sees. */
export function plainCells(doc: A.Doc<NotebookDocument>): PlainCell[] {
  return (doc.cells ?? []).map((cell) => ({
    id: cell.id.toString(),
    cell_type: cell.cell_type.toString(),
    source: cell.source,
    execution_count: cell.execution_count.toString(),
    outputs: [...cell.outputs].map((output) => output.toString()),
  }));
}

/** A value of the document as plain JSON: scalars as strings, dates and counters don't occur. */
export function plainJson(value: unknown): unknown {
  if (A.isImmutableString(value)) return value.toString();
  if (Array.isArray(value)) return value.map(plainJson);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([key, part]) => [key, plainJson(part)] as const);
  return Object.fromEntries(entries);
}

/** What a map or a list of the low-level handle answers; the type's name comes first. */
type Typed = readonly [type: string, value: unknown];

/** The part of the low-level handle that shows types. */
interface TypedHandle {
  getWithType(object: string, key: string | number): Typed | null;
  keys(object: string): string[];
  length(object: string): number;
}

/**
 * Every type that protocol.md's chapter 4 names, as "where: type" lines, read with the low-level
 * handle: the high-level API hides what is scalar and what is Text.
 */
export function documentTypes(doc: A.Doc<NotebookDocument>): string[] {
  const handle = A.getBackend(doc) as unknown as TypedHandle;
  const lines: string[] = [];
  const type = (object: string, key: string | number, where: string): string => {
    const [name, value] = handle.getWithType(object, key) ?? ["missing", ""];
    lines.push(`${where}: ${name}`);
    return String(value);
  };
  type("_root", "notebook_id", "notebook_id");
  const metadata = type("_root", "metadata", "metadata");
  type(metadata, "runtime", "metadata.runtime");
  type(metadata, "notebook_metadata", "metadata.notebook_metadata");
  const cells = type("_root", "cells", "cells");
  for (let index = 0; index < handle.length(cells); index++) {
    const cell = type(cells, index, "cell");
    for (const key of ["id", "cell_type", "source", "execution_count"]) {
      type(cell, key, `cell.${key}`);
    }
    const outputs = type(cell, "outputs", "cell.outputs");
    for (let at = 0; at < handle.length(outputs); at++) type(outputs, at, "cell.output");
    for (const key of handle.keys(cell)) {
      if (["metadata", "attachments", "extra"].includes(key)) type(cell, key, `cell.${key}`);
    }
  }
  return [...new Set(lines)].sort();
}
