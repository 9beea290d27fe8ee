/**
 * A notebook in the terms of its document: what a save compares, and what it writes.
 *
 * @module
 */

import { isJsonObject, type JsonObject, type JsonValue } from "../../json.ts";
import type { Notebook, NotebookCell } from "../notebook.ts";
import { restOfMetadata, serialiseSnapshot, snapshotOf } from "../snapshot.ts";

/** What a document says at one moment. */
export interface NotebookState {
  /** The cells in their order. Ids may repeat: two people who move one cell make two of it. */
  readonly cells: readonly NotebookCell[];
  /** The JSON text of the metadata snapshot, or null where the document has none. */
  readonly snapshot: string | null;
  /** The notebook's metadata outside the snapshot. */
  readonly metadata: JsonObject;
  /** The major version of nbformat, or null where the document doesn't say. */
  readonly nbformat: number | null;
  /** The minor version of nbformat, or null where the document doesn't say. */
  readonly nbformatMinor: number | null;
  /** Every top-level key that has no place above. */
  readonly extra: JsonObject;
}

/**
 * Gives the state that a document has right after a notebook was imported into it. Lone surrogates,
 * which a document can't hold, are replaced (`toWellFormed`).
 *
 * @param notebook What the file says.
 *
 * @example
 * ```ts
 * import { notebookState } from "@/ipynb/write/state.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const metadata = { title: "\ud83d", kernelspec: { name: "ir", display_name: "R" } };
 * const notebook = { nbformat: 4, nbformatMinor: 5, cells: [], metadata, extra: {} };
 * const state = notebookState(notebook);
 * assertEquals(state.metadata, { title: "\ufffd" });
 * assertEquals(JSON.parse(state.snapshot ?? "").kernelspec, metadata.kernelspec);
 * ```
 */
export function notebookState(notebook: Notebook): NotebookState {
  const { nbformat, nbformatMinor, metadata } = notebook;
  return {
    cells: notebook.cells.map(wellFormedCell),
    snapshot: serialiseSnapshot(snapshotOf(metadata)),
    metadata: wellFormedObject(restOfMetadata(metadata)),
    nbformat,
    nbformatMinor,
    extra: wellFormedObject(notebook.extra),
  };
}

function wellFormedCell(cell: NotebookCell): NotebookCell {
  const { metadata, attachments, extra } = cell;
  return {
    id: cell.id.toWellFormed(),
    cellType: cell.cellType.toWellFormed(),
    source: cell.source.toWellFormed(),
    executionCount: cell.executionCount,
    // As JSON text these have their lone surrogates escaped.
    outputs: cell.outputs,
    ...(metadata === undefined ? {} : { metadata: wellFormedObject(metadata) }),
    ...(attachments === undefined ? {} : { attachments: wellFormedObject(attachments) }),
    ...(extra === undefined ? {} : { extra: wellFormedObject(extra) }),
  };
}

function wellFormedObject(object: JsonObject): JsonObject {
  const entries = Object.entries(object).map(([key, value]): [string, JsonValue] => [
    key.toWellFormed(),
    wellFormed(value),
  ]);
  return Object.fromEntries(entries);
}

function wellFormed(value: JsonValue): JsonValue {
  if (typeof value === "string") return value.toWellFormed();
  if (Array.isArray(value)) return value.map(wellFormed);
  return isJsonObject(value) ? wellFormedObject(value) : value;
}
