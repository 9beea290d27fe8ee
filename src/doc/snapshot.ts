/**
 * Reads a notebook out of a document.
 *
 * Any client may write anything into a document, so nothing here trusts its shape: what is missing
 * or of the wrong type reads as its default, what isn't a cell at all is skipped, and nothing
 * throws.
 *
 * @module
 */

import type { JsonObject } from "../json.ts";
import { type CrdtDocument, type ObjectId, ROOT } from "./crdt_document.ts";
import { readObject } from "./json_tree.ts";
import {
  CELL_KEYS,
  DEFAULT_CELL_TYPE,
  DEFAULT_RUNTIME,
  METADATA_KEYS,
  NO_EXECUTION_COUNT,
  ROOT_KEYS,
} from "./schema.ts";

/** One cell as the document holds it; keys as on the wire. */
export interface CellSnapshot {
  /** Names the cell; empty only in a damaged document. */
  id: string;
  /** "code", "markdown" or "raw". */
  cell_type: string;
  /** The source as one text. */
  source: string;
  /** The JSON of an integer, or "null". */
  execution_count: string;
  /** Each the JSON of one Jupyter output, or 64 hex digits: the hash of a manifest blob. */
  outputs: string[];
  /** The cell's metadata, if it has any. */
  metadata?: JsonObject;
  /** The cell's attachments, if it has any. */
  attachments?: JsonObject;
  /** The cell's keys that have no place above, if there are any. */
  extra?: JsonObject;
}

/** What the document says of the notebook as a whole. */
export interface NotebookMetadata {
  /** "python", "deno" or another. */
  runtime: string;
  /** The JSON text of the metadata snapshot, or null where the document has none yet. */
  snapshot: string | null;
  /** Notebook-level metadata that the snapshot doesn't hold. */
  notebook: JsonObject;
  /** The notebook's major format version, or null where the document doesn't say. */
  nbformat: number | null;
  /** The notebook's minor format version, or null where the document doesn't say. */
  nbformatMinor: number | null;
  /** Top-level keys of the notebook that have no place elsewhere. */
  extra: JsonObject;
}

/** The id of the list of cells, or null in a document that has none yet. */
export function cellsList(doc: CrdtDocument): ObjectId | null {
  return objectAt(doc, ROOT, ROOT_KEYS.cells, "list");
}

/** How many elements the list of cells has. */
export function cellCount(doc: CrdtDocument): number {
  const cells = cellsList(doc);
  return cells === null ? 0 : doc.length(cells);
}

/** Reads every cell, in order. Costs in proportion to the document. */
export function readCells(doc: CrdtDocument): CellSnapshot[] {
  const cells = cellsList(doc);
  if (cells === null) return [];
  const length = doc.length(cells);
  const read: CellSnapshot[] = [];
  for (let index = 0; index < length; index++) {
    const value = doc.get(cells, index);
    if (value?.[0] === "map") read.push(readCellObject(doc, value[1]));
  }
  return read;
}

/** Reads the cell with this object id. */
export function readCellObject(doc: CrdtDocument, cell: ObjectId): CellSnapshot {
  const snapshot: CellSnapshot = {
    id: readString(doc, cell, CELL_KEYS.id) ?? "",
    cell_type: readString(doc, cell, CELL_KEYS.cellType) ?? DEFAULT_CELL_TYPE,
    source: readString(doc, cell, CELL_KEYS.source) ?? "",
    execution_count: readExecutionCount(doc, cell),
    outputs: readOutputs(doc, cell),
  };
  for (const key of [CELL_KEYS.metadata, CELL_KEYS.attachments, CELL_KEYS.extra] as const) {
    const map = objectAt(doc, cell, key, "map");
    if (map !== null) snapshot[key] = readObject(doc, map);
  }
  return snapshot;
}

/** Reads what the document says of the notebook as a whole. */
export function readNotebookMetadata(doc: CrdtDocument): NotebookMetadata {
  const metadata = objectAt(doc, ROOT, ROOT_KEYS.metadata, "map");
  if (metadata === null) {
    return {
      runtime: DEFAULT_RUNTIME,
      snapshot: null,
      notebook: {},
      nbformat: null,
      nbformatMinor: null,
      extra: {},
    };
  }
  return {
    runtime: readString(doc, metadata, METADATA_KEYS.runtime) ?? DEFAULT_RUNTIME,
    snapshot: readString(doc, metadata, METADATA_KEYS.snapshot),
    notebook: readMap(doc, metadata, METADATA_KEYS.notebook),
    nbformat: readInteger(doc, metadata, METADATA_KEYS.nbformat),
    nbformatMinor: readInteger(doc, metadata, METADATA_KEYS.nbformatMinor),
    extra: readMap(doc, metadata, METADATA_KEYS.extra),
  };
}

/** Reads the JSON text of the metadata snapshot alone, or null where there is none. */
export function readSnapshotText(doc: CrdtDocument): string | null {
  const metadata = objectAt(doc, ROOT, ROOT_KEYS.metadata, "map");
  return metadata === null ? null : readString(doc, metadata, METADATA_KEYS.snapshot);
}

/** Reads the runtime alone. */
export function readRuntime(doc: CrdtDocument): string {
  const metadata = objectAt(doc, ROOT, ROOT_KEYS.metadata, "map");
  const runtime = metadata === null ? null : readString(doc, metadata, METADATA_KEYS.runtime);
  return runtime ?? DEFAULT_RUNTIME;
}

/** The id of the object of this kind at a key, or null if something else or nothing is there. */
export function objectAt(
  doc: CrdtDocument,
  object: ObjectId,
  key: string,
  kind: "map" | "list" | "text",
): ObjectId | null {
  const value = doc.get(object, key);
  return value?.[0] === kind ? value[1] : null;
}

/** The string at a key of a map, be it a scalar or a Text, or null. */
export function readString(doc: CrdtDocument, map: ObjectId, key: string): string | null {
  const value = doc.get(map, key);
  if (value?.[0] === "str") return value[1];
  return value?.[0] === "text" ? doc.text(value[1]) : null;
}

function readInteger(doc: CrdtDocument, map: ObjectId, key: string): number | null {
  const value = doc.get(map, key);
  return value?.[0] === "int" || value?.[0] === "uint" ? Number(value[1]) : null;
}

function readMap(doc: CrdtDocument, map: ObjectId, key: string): JsonObject {
  const child = objectAt(doc, map, key, "map");
  return child === null ? {} : readObject(doc, child);
}

function readExecutionCount(doc: CrdtDocument, cell: ObjectId): string {
  const text = readString(doc, cell, CELL_KEYS.executionCount);
  if (text !== null) return /^-?\d+$/.test(text) ? text : NO_EXECUTION_COUNT;
  const number = readInteger(doc, cell, CELL_KEYS.executionCount);
  return number === null ? NO_EXECUTION_COUNT : String(number);
}

function readOutputs(doc: CrdtDocument, cell: ObjectId): string[] {
  const list = objectAt(doc, cell, CELL_KEYS.outputs, "list");
  if (list === null) return [];
  const outputs: string[] = [];
  const length = doc.length(list);
  for (let index = 0; index < length; index++) {
    const value = doc.get(list, index);
    if (value?.[0] === "str") outputs.push(value[1]);
    else if (value?.[0] === "text") outputs.push(doc.text(value[1]));
  }
  return outputs;
}
