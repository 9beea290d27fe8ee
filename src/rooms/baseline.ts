/**
 * The file that a room's document stands against: what a save edits, and what a merge goes from.
 *
 * @module
 */

import type { NotebookCell } from "../ipynb/notebook.ts";
import { type ParsedNotebook, parseNotebook } from "../ipynb/parse.ts";
import { type NotebookState, notebookState } from "../ipynb/write/state.ts";
import type { FileContent } from "./ports.ts";

/** The file as it was last read or written. */
export interface Baseline {
  /** Its text, with its byte order mark if it has one. */
  readonly text: string;
  /** The SHA-256 of its bytes as 64 hex digits. */
  readonly hash: string;
  /** What a document holds for that text, cells in the order of the file; made when first asked for. */
  readonly state: () => NotebookState;
}

/**
 * Makes a baseline of a file's content.
 *
 * @param file The content, which has been parsed before.
 * @param cells Gives the cells their ids in the document; those of the file unless given.
 */
export function baselineOf(
  file: FileContent,
  cells: (parsed: ParsedNotebook) => readonly NotebookCell[] = ({ notebook }) => notebook.cells,
): Baseline {
  return {
    text: textOf(file.bytes),
    hash: file.hash,
    state: once(() => {
      const parsed = parseNotebook(file.bytes);
      return notebookState({ ...parsed.notebook, cells: [...cells(parsed)] });
    }),
  };
}

/** Gives the text of a file's bytes; they must be UTF-8. */
export function textOf(bytes: Uint8Array): string {
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
}

/** A notebook of which nothing was ever read or written. */
export const NO_STATE: NotebookState = {
  cells: [],
  snapshot: null,
  metadata: {},
  nbformat: null,
  nbformatMinor: null,
  extra: {},
};

function once<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}
