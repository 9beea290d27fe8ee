/**
 * The notebook as this project holds it in memory: what an .ipynb file says, with nothing dropped.
 *
 * @module
 */

import type { JsonObject } from "../json.ts";

/** One cell. */
export interface NotebookCell {
  /** Unique within the notebook, never empty. */
  id: string;
  /** "code", "markdown", "raw", or whatever a later nbformat calls it. */
  cellType: string;
  /** The source as one text; a list in the file is joined. */
  source: string;
  /** An integer, or null where the file has none (or has something that isn't an integer). */
  executionCount: number | null;
  /** Each output as JSON text, numbers spelled as in the file. */
  outputs: string[];
  /** The cell's metadata; absent where the file has none, or has something that isn't an object. */
  metadata?: JsonObject;
  /** The cell's attachments; absent where the file has none, or has something that isn't an object. */
  attachments?: JsonObject;
  /** Every key of the cell that has no place above, values as they are. */
  extra?: JsonObject;
}

/** A whole notebook. */
export interface Notebook {
  /** Always 4 today. */
  nbformat: number;
  /** 0 where the file doesn't say. */
  nbformatMinor: number;
  /** In the order of the file. */
  cells: NotebookCell[];
  /** The notebook's metadata, whole. */
  metadata: JsonObject;
  /** Every top-level key that has no place above. */
  extra: JsonObject;
}

/** Why a cell's id isn't the one in the file. */
export interface IdRepair {
  /** Zero-based position of the cell. */
  index: number;
  /** What was wrong. */
  reason: "missing" | "duplicate";
  /** The id the cell has in the document. */
  id: string;
}
