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

/** The minor version that a state names, or null where it names none that there can be. */
export function minorOf({ nbformatMinor }: NotebookState): number | null {
  const valid = nbformatMinor !== null && Number.isSafeInteger(nbformatMinor) && nbformatMinor >= 0;
  return valid ? nbformatMinor : null;
}

/**
 * Gives the state that a document has right after a notebook was imported into it. What a document
 * can't hold is replaced: lone surrogates (`toWellFormed`), and numbers too large for a double, such
 * as 1E400, by null. A save compares with this and never with the file, so that the file keeps both.
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
    cells: notebook.cells.map(importedCell),
    snapshot: serialiseSnapshot(snapshotOf(metadata)),
    metadata: importedObject(restOfMetadata(metadata)),
    nbformat,
    nbformatMinor,
    extra: importedObject(notebook.extra),
  };
}

function importedCell(cell: NotebookCell): NotebookCell {
  const { metadata, attachments, extra } = cell;
  return {
    id: cell.id.toWellFormed(),
    cellType: cell.cellType.toWellFormed(),
    source: cell.source.toWellFormed(),
    executionCount: cell.executionCount,
    // As JSON text these have their lone surrogates escaped.
    outputs: cell.outputs,
    ...(metadata === undefined ? {} : { metadata: importedObject(metadata) }),
    ...(attachments === undefined ? {} : { attachments: importedObject(attachments) }),
    ...(extra === undefined ? {} : { extra: importedObject(extra) }),
  };
}

function importedObject(object: JsonObject): JsonObject {
  const entries = Object.entries(object).map(([key, value]): [string, JsonValue] => [
    key.toWellFormed(),
    imported(value),
  ]);
  return Object.fromEntries(entries);
}

function imported(value: JsonValue): JsonValue {
  if (typeof value === "string") return value.toWellFormed();
  if (typeof value === "number") return Number.isFinite(value) ? value : null;
  if (Array.isArray(value)) return value.map(imported);
  return isJsonObject(value) ? importedObject(value) : value;
}
