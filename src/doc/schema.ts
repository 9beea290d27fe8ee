/**
 * The keys of the notebook document, as the protocol names them. Which of them hold a scalar
 * string and which a Text is part of the protocol: clients read each only as what it is here.
 *
 * @module
 */

/**
 * Names the set of rules by which a notebook becomes a document. It goes into the actor id of an
 * import, so it must change whenever the same notebook would be written with other operations:
 * one actor with two different histories is an error for every peer.
 */
export const GENESIS = "notebookd-genesis-2";

/** Keys of the document's root map. */
export const ROOT_KEYS = {
  /** Scalar string: the notebook's canonical path, or its UUID. */
  notebookId: "notebook_id",
  /** List of maps with {@linkcode CELL_KEYS}. */
  cells: "cells",
  /** Map with {@linkcode METADATA_KEYS}. */
  metadata: "metadata",
  /**
   * List of scalar strings (an addition), each the JSON of one conflict that somebody has to decide;
   * absent where there never was one.
   */
  conflicts: "conflicts",
} as const;

/** Keys of one cell. */
export const CELL_KEYS = {
  /** Scalar string, never empty. */
  id: "id",
  /** Scalar string: "code", "markdown" or "raw". */
  cellType: "cell_type",
  /** Text. */
  source: "source",
  /** Scalar string: the JSON of an integer, or "null". */
  executionCount: "execution_count",
  /** List of scalar strings: the JSON of an output, or the hash of a manifest blob. */
  outputs: "outputs",
  /** Map (an addition): the cell's metadata; absent where the cell has none. */
  metadata: "metadata",
  /** Map (an addition): the cell's attachments; absent where the cell has none. */
  attachments: "attachments",
  /** Map (an addition): every key of the cell that has no place elsewhere. */
  extra: "extra",
} as const;

/** Keys of the map under {@linkcode ROOT_KEYS}`.metadata`. */
export const METADATA_KEYS = {
  /** Scalar string: "python", "deno", … */
  runtime: "runtime",
  /** Scalar string: the JSON of the metadata snapshot. */
  snapshot: "notebook_metadata",
  /** Map (an addition): notebook-level metadata that the snapshot doesn't hold. */
  notebook: "notebook",
  /** Integer (an addition): the notebook's major format version. */
  nbformat: "nbformat",
  /** Integer (an addition): the notebook's minor format version. */
  nbformatMinor: "nbformat_minor",
  /** Map (an addition): top-level keys of the notebook that have no place elsewhere. */
  extra: "extra",
  /** Boolean (an addition): whether the notebook saves itself; absent where nobody has said. */
  autosave: "autosave",
} as const;

/** What `execution_count` holds where a cell has none. */
export const NO_EXECUTION_COUNT = "null";

/** The runtime of a document that doesn't name one. */
export const DEFAULT_RUNTIME = "python";

/** The cell type of a cell that doesn't name one. */
export const DEFAULT_CELL_TYPE = "code";
