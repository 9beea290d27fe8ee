/**
 * From what a document says to the text of its file.
 *
 * @module
 */

import { editNotebookText, type NotebookText } from "../ipynb/write/edit_notebook.ts";
import { newNotebookText } from "../ipynb/write/new_notebook.ts";
import type { NotebookState } from "../ipynb/write/state.ts";
import type { Baseline } from "./baseline.ts";

/**
 * Gives the text that a save writes: the file's own text with what changed, or a new one where there
 * is no file yet.
 *
 * @throws {NotebookdError} with code `limit_reached` when the result couldn't be opened again.
 */
export function saveText(current: NotebookState, baseline: Baseline | null): NotebookText {
  if (baseline === null) return newNotebookText(current);
  return editNotebookText({ text: baseline.text, baseline: baseline.state(), current });
}
