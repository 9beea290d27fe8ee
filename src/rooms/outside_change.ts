/**
 * Taking in what somebody else wrote to a notebook's file.
 *
 * @module
 */

import { addConflicts } from "../doc/conflicts.ts";
import type { CrdtDocument } from "../doc/crdt_document.ts";
import type { StateReader } from "../doc/state_reader.ts";
import { writeState } from "../doc/write_state.ts";
import { alignCellIds } from "../ipynb/merge/align_ids.ts";
import { mergeNotebooks } from "../ipynb/merge/merge.ts";
import { parseNotebook } from "../ipynb/parse.ts";
import { type NotebookState, notebookState } from "../ipynb/write/state.ts";
import { type Baseline, NO_STATE, textOf } from "./baseline.ts";
import { headsKey } from "./heads.ts";
import type { FileContent } from "./ports.ts";

/** What a merge works with. */
export interface OutsideChangeParts {
  document: CrdtDocument;
  reader: StateReader;
  /** The file before; null where there was none. */
  baseline: Baseline | null;
  /** Lets other rooms of this thread run. */
  pause: () => Promise<void>;
}

/** A content that the document has taken in. */
export interface TakenIn {
  /** The file as it is now. */
  baseline: Baseline;
  /** What the document says now. */
  state: NotebookState;
  /** Whether the document changed. */
  changed: boolean;
  /** The heads of the document before. */
  before: readonly string[];
  /** How many values both sides had changed. */
  conflicts: number;
}

/**
 * Merges a file's content into a document, three ways from what the file was before. The document
 * isn't committed to any journal yet. A content that is in the document already changes nothing, so
 * that this may be done again after a crash.
 *
 * @throws {NotebookdError} with code `invalid_json`, `invalid_notebook` or `limit_reached` when the
 * content isn't a notebook, half of one perhaps; the document is as it was.
 */
export async function takeInFile(file: FileContent, parts: OutsideChangeParts): Promise<TakenIn> {
  const { document, reader, pause } = parts;
  const parsed = parseNotebook(file.bytes);
  const base = parts.baseline?.state() ?? NO_STATE;
  const cells = alignCellIds(base.cells, parsed);
  const theirs = notebookState({ ...parsed.notebook, cells });
  for (;;) {
    const { state: ours, heads } = await reader.read(pause);
    // Somebody typed between the reading and this moment.
    if (headsKey(heads) !== headsKey(document.heads())) continue;
    const { merged, conflicts } = mergeNotebooks({ base, ours, theirs });
    writeState(document, ours, merged);
    addConflicts(document, conflicts);
    return {
      baseline: { text: textOf(file.bytes), hash: file.hash, state: () => theirs },
      state: merged,
      changed: headsKey(heads) !== headsKey(document.heads()),
      before: heads,
      conflicts: conflicts.length,
    };
  }
}
