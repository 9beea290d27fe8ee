/**
 * What a saver needs, and what it says of itself.
 *
 * @module
 */

import type { Clock } from "../clock.ts";
import type { CrdtDocument } from "../doc/crdt_document.ts";
import type { StateReader } from "../doc/state_reader.ts";
import type { NotebookState } from "../ipynb/write/state.ts";
import type { Logger } from "../log.ts";
import type { SaveStateBroadcast } from "../wire/broadcasts.ts";
import type { SaveState } from "../wire/save_state.ts";
import type { FileStanding } from "./built_notebook.ts";
import type { JournalGate } from "./journal_gate.ts";
import type { CodeFormatter, NotebookStorage } from "./ports.ts";

/** What saving needs. */
export interface SaverParts {
  notebookId: string;
  document: CrdtDocument;
  reader: StateReader;
  gate: JournalGate;
  built: FileStanding;
  storage: NotebookStorage | undefined;
  formatter: CodeFormatter | undefined;
  /** Whether notebooks save themselves unless they say otherwise. */
  autosave: boolean;
  clock: Clock;
  logger: Logger;
  /** Lets other rooms of this thread run. */
  pause: () => Promise<void>;
  /** Runs something that may change the document; peers and the journal get what comes of it. */
  change: (work: () => void) => void;
  /** The document was changed: peers shall get it as soon as the journal has it. */
  changed: () => void;
  /** Tells every window how the notebook stands to its file. */
  tell: (news: SaveStateBroadcast) => void;
  /** Tells every window that the file was changed by somebody else. */
  fileChanged: (state: NotebookState) => void;
}

/** How a notebook stands to its file. */
export interface SaveStatus {
  state: SaveState;
  /** The file; absent as long as the notebook is untitled. */
  path?: string;
  /** Why it isn't saved. */
  error?: string;
  /** Whether the notebook saves itself. */
  autosave: boolean;
  /** What somebody has to decide. */
  conflicts: { cell_id: string | null; path: string[] }[];
}
