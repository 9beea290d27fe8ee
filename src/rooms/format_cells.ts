/**
 * Formatting the code of a notebook before it is saved.
 *
 * @module
 */

import type { CrdtDocument } from "../doc/crdt_document.ts";
import { NotebookEditor } from "../doc/editor.ts";
import { toNotebookdError } from "../errors.ts";
import type { StateReader } from "../doc/state_reader.ts";
import type { NotebookCell } from "../ipynb/notebook.ts";
import { runtimeOf } from "../ipynb/runtime.ts";
import { mergeMetadata, parseSnapshot } from "../ipynb/snapshot.ts";
import type { CodeFormatter } from "./ports.ts";

/** What came of formatting. */
export type Formatting =
  /** Done; `refused`: how many cells the formatter couldn't read, which stay as they are. */
  | { formatted: true; refused: number }
  /** Not done, and why. */
  | { formatted: false; reason: string };

/** What formatting works with. */
export interface FormatParts {
  document: CrdtDocument;
  reader: StateReader;
  formatter: CodeFormatter | undefined;
  /** Lets other rooms of this thread run. */
  pause: () => Promise<void>;
  /** Runs something that may change the document. */
  change: (work: () => void) => void;
}

/** Formats every code cell that nobody edits meanwhile. Never throws: a save goes on without it. */
export async function formatCells(parts: FormatParts): Promise<Formatting> {
  const { reader, formatter, pause } = parts;
  if (formatter === undefined) {
    return { formatted: false, reason: "This room was opened without a formatter" };
  }
  try {
    const { state } = await reader.read(pause);
    const cells = state.cells.filter(isCode);
    const metadata = mergeMetadata(state.metadata, parseSnapshot(state.snapshot ?? ""));
    const result = await formatter.format(runtimeOf(metadata), cells.map(({ source }) => source));
    if ("unavailable" in result) return { formatted: false, reason: result.unavailable };
    const formatted = new Map(cells.map((cell, index) => [cell, result.sources[index] ?? null]));
    await replaceSources(formatted, parts);
    return { formatted: true, refused: result.sources.filter((one) => one === null).length };
  } catch (error) {
    const { message } = toNotebookdError(error, "Cannot format the cells");
    return { formatted: false, reason: message };
  }
}

/** What somebody typed meanwhile wins over what the formatter made of the text before. */
async function replaceSources(
  formatted: ReadonlyMap<NotebookCell, string | null>,
  { document, reader, pause, change }: FormatParts,
): Promise<void> {
  const { state } = await reader.read(pause);
  const sources = new Map(state.cells.map(({ id, source }) => [id, source]));
  change(() => {
    const editor = new NotebookEditor(document);
    for (const [{ id, source }, replacement] of formatted) {
      if (replacement !== null && sources.get(id) === source) editor.setSource(id, replacement);
    }
  });
}

function isCode({ cellType, source }: NotebookCell): boolean {
  return cellType === "code" && source !== "";
}
