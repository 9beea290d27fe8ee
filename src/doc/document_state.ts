/**
 * What a document says, in the terms of a save.
 *
 * @module
 */

import type { NotebookCell } from "../ipynb/notebook.ts";
import type { NotebookState } from "../ipynb/write/state.ts";
import type { CrdtDocument, ObjectId } from "./crdt_document.ts";
import { type CellSnapshot, readCellObject, readCells, readNotebookMetadata } from "./snapshot.ts";

/** What a document says of its notebook besides the cells. */
export type StateWithoutCells = Omit<NotebookState, "cells">;

/** Reads the state of a document. Costs in proportion to it. */
export function documentState(doc: CrdtDocument): NotebookState {
  return { cells: readCells(doc).map(toCell), ...stateWithoutCells(doc) };
}

/** Reads what isn't a cell. */
export function stateWithoutCells(doc: CrdtDocument): StateWithoutCells {
  const { snapshot, notebook, nbformat, nbformatMinor, extra } = readNotebookMetadata(doc);
  return { snapshot, metadata: notebook, nbformat, nbformatMinor, extra };
}

/** Reads one cell. */
export function cellState(doc: CrdtDocument, cell: ObjectId): NotebookCell {
  return toCell(readCellObject(doc, cell));
}

function toCell(cell: CellSnapshot): NotebookCell {
  const { id, cell_type, source, execution_count, outputs, ...maps } = cell;
  return {
    id,
    cellType: cell_type,
    source,
    executionCount: toCount(execution_count),
    outputs,
    ...maps,
  };
}

/** A client may have written anything; what isn't the JSON of an integer counts as none. */
function toCount(text: string): number | null {
  if (!/^-?\d+$/.test(text)) return null;
  const count = Number(text);
  return Number.isSafeInteger(count) ? count : null;
}
