/**
 * Why a notebook isn't saved.
 *
 * @module
 */

import { NotebookdError } from "../errors.ts";

/** It has no path. */
export function untitled(): NotebookdError {
  return new NotebookdError(
    "invalid_argument",
    'Cannot save an untitled notebook: name an absolute path for it in "path"',
  );
}

/** Its room has no storage. */
export function notKept(notebookId: string): NotebookdError {
  return new NotebookdError(
    "invalid_argument",
    `Cannot save "${notebookId}": a room under an id that is neither a path nor a UUID isn't kept; create a notebook instead`,
  );
}

/** Its file was deleted, and nobody asked for a new one. */
export function fileGone(path: string): NotebookdError {
  return new NotebookdError(
    "not_found",
    `Cannot save "${path}": the file was deleted; save the notebook yourself to make it again`,
  );
}

/** Both sides changed one thing, and nobody has decided yet. */
export function needsDecision(path: string): NotebookdError {
  return new NotebookdError(
    "conflict",
    `Cannot save "${path}": the file and the notebook were changed in the same place; decide with "resolve_conflict", or with "notebookd resolve"`,
  );
}
