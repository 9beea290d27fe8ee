/**
 * A cell as control payloads carry it: in `file_changed` and in the answer to `inspect_notebook`.
 *
 * @module
 */

import { fields, type Schema, text, texts } from "./schemas.ts";

/** One cell, its fields as in the document of protocol v2. */
export type CellView = {
  /** Unique within the notebook. */
  readonly id: string;
  /** "code", "markdown" or "raw". */
  readonly cell_type: string;
  /** The whole source. */
  readonly source: string;
  /** JSON of an integer, or "null". */
  readonly execution_count: string;
  /** Each the JSON of one Jupyter output, or the hash of a manifest blob. */
  readonly outputs: readonly string[];
};

/** Checks a cell. */
export const cellViewSchema: Schema<CellView> = fields({
  id: text,
  cell_type: text,
  source: text,
  execution_count: text,
  outputs: texts,
});
