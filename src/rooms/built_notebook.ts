/**
 * A document, ready for a room, and what making it takes.
 *
 * @module
 */

import type { Clock } from "../clock.ts";
import type { CrdtDocument } from "../doc/crdt_document.ts";
import type { NotebookState } from "../ipynb/write/state.ts";
import type { Logger } from "../log.ts";
import type { Baseline } from "./baseline.ts";
import type { FileContent, NotebookStorage } from "./ports.ts";

/** What building needs from its surroundings. */
export interface BuildParts {
  /** The journal; none for a room that isn't kept. */
  storage?: NotebookStorage | undefined;
  trustKey: Uint8Array;
  logger: Logger;
  /** Lets other rooms of this thread run; called every few milliseconds of work. */
  pause: () => Promise<void>;
  /** The source of time. */
  clock: Clock;
}

/** A document, and how it stands to its file. */
export interface BuiltNotebook extends FileStanding {
  document: CrdtDocument;
  /** What the document says, where that is known without reading it. */
  known?: { state: NotebookState; heads: readonly string[] };
  /** A content of the file that the document hasn't taken in yet. */
  outside: FileContent | null;
}

/** How a document stands to a file when its room begins. */
export interface FileStanding {
  /** The canonical path of the notebook's file, whether or not it is there; null: untitled. */
  path: string | null;
  /** The file that the document was made from or last compared with. */
  baseline: Baseline | null;
  /** The heads that need no saving. */
  savedHeads: readonly string[];
  /** The file was there once and isn't any more. */
  fileGone: boolean;
  /** Whether there was no journal of an earlier run. */
  fresh: boolean;
}
