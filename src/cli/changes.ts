/**
 * A change of a notebook as a line for people.
 *
 * @module
 */

import type { NotebookChange, NotebookSession } from "../client/mod.ts";
import { cutToWidth } from "./text.ts";

/** How much of a cell is shown, in columns. */
const SHOWN_COLUMNS = 60;

/**
 * Says what changed.
 *
 * @param change One change.
 * @param notebook Where what is in a new cell can be read.
 * @returns One line, its end left out; what it quotes isn't made safe for a terminal yet.
 */
export function describeChange(
  change: NotebookChange,
  notebook: Pick<NotebookSession, "cell">,
): string {
  switch (change.type) {
    case "cell_inserted":
      return `cell ${change.cellId} inserted at ${change.index}${source(change.cellId, notebook)}`;
    case "cell_deleted":
      return `cell ${change.cellId} deleted at ${change.index}`;
    case "source_changed":
      return `cell ${change.cellId} edited${counts(change.splices)}${
        source(change.cellId, notebook)
      }`;
    case "source_replaced":
      return `cell ${change.cellId} has another source${source(change.cellId, notebook)}`;
    case "outputs_changed":
      return `cell ${change.cellId} has other outputs`;
    case "execution_count_changed":
      return `cell ${change.cellId} has another execution count`;
    case "cell_type_changed":
      return `cell ${change.cellId} has another type`;
    case "cell_metadata_changed":
      return `cell ${change.cellId} has other metadata`;
    case "metadata_changed":
      return "the notebook has other metadata";
    case "cells_replaced":
      return "the whole list of cells is another one";
  }
}

function counts(splices: readonly { deleteCount: number; insert: string }[]): string {
  const added = splices.reduce((sum, { insert }) => sum + insert.length, 0);
  const removed = splices.reduce((sum, { deleteCount }) => sum + deleteCount, 0);
  return ` (+${added} -${removed})`;
}

/** The first line of what a cell holds now. */
function source(id: string, notebook: Pick<NotebookSession, "cell">): string {
  const text = notebook.cell(id)?.source ?? "";
  const [first = "", ...others] = text.split("\n");
  if (text === "") return "";
  return `: ${cutToWidth(others.length > 0 ? `${first} …` : first, SHOWN_COLUMNS)}`;
}
