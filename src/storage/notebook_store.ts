/**
 * Opens the storage of notebooks.
 *
 * @module
 */

import { isAbsolute } from "@std/path";
import { NotebookdError, toNotebookdError } from "../errors.ts";
import type { NotebookKeeper } from "../rooms/ports.ts";
import type { Journal } from "./journal.ts";
import { JournalPruner } from "./journal_pruner.ts";
import type { OpenedJournal } from "./journal_store.ts";
import type { Lease } from "./lease.ts";
import { readContent } from "./notebook_files.ts";
import { OpenedNotebook, type OpenedNotebookParts } from "./opened_notebook.ts";

/** What {@linkcode NotebookStore} works with. What is disposable of it stays the caller's. */
export interface NotebookStoreOptions extends Omit<OpenedNotebookParts, "pruner"> {
  /** How much room all journals may take up, in bytes; those with unsaved changes stay. */
  readonly maxJournalBytes: number;
}

/**
 * The notebooks of one daemon.
 *
 * @example
 * ```ts
 * import { systemClock as clock } from "@/clock.ts";
 * import { silentLogger as logger } from "@/log.ts";
 * import { Aliases } from "@/storage/aliases.ts";
 * import { FolderWatches } from "@/storage/folder_watches.ts";
 * import { JournalStore } from "@/storage/journal_store.ts";
 * import { Leases } from "@/storage/lease.ts";
 * import { NotebookFolder } from "@/storage/notebook_file.ts";
 * import { NotebookStore } from "@/storage/notebook_store.ts";
 * import { PathPolicy } from "@/storage/paths.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const folder = await Deno.realPath(await Deno.makeTempDir());
 * const state = `${folder}/state`;
 * const leases = new Leases(`${state}/leases`, { pid: Deno.pid });
 * await using watches = new FolderWatches({ clock, logger });
 * await using store = new NotebookStore({
 *   leases,
 *   watches,
 *   clock,
 *   logger,
 *   journals: new JournalStore(`${state}/journals`, { leases, clock, logger }),
 *   aliases: new Aliases(`${state}/aliases`),
 *   files: new NotebookFolder(new PathPolicy([folder])),
 *   maxJournalBytes: 1024 ** 3,
 * });
 * {
 *   await using storage = await store.open(`${folder}/a.ipynb`, { mustExist: false });
 *   assertEquals([storage.file, storage.journal], [null, null]);
 * }
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export class NotebookStore implements NotebookKeeper, AsyncDisposable {
  readonly #parts: OpenedNotebookParts;

  /** @param options What it works with. */
  constructor(options: NotebookStoreOptions) {
    const { maxJournalBytes: maxBytes, ...parts } = options;
    const { journals, logger } = parts;
    this.#parts = { ...parts, pruner: new JournalPruner({ journals, logger, maxBytes }) };
    this.#parts.pruner.check();
  }

  /** See {@linkcode NotebookKeeper.open}. If it fails, nothing is held. */
  async open(id: string, { mustExist }: { mustExist: boolean }): Promise<OpenedNotebook> {
    const lease = await this.#parts.leases.take(id);
    let journal: Journal | null = null;
    try {
      const opened = await this.#parts.journals.open(lease);
      if (opened.kind === "found") journal = opened.journal;
      const file = isAbsolute(id) ? await readContent(id, this.#parts.files) : null;
      if (mustExist && file === null && journal === null) throw notFound(id);
      return new OpenedNotebook({ lease, journal, content: contentOf(opened), file }, this.#parts);
    } catch (error) {
      await this.#giveBack(lease, journal);
      throw error;
    }
  }

  /** See {@linkcode NotebookKeeper.resolveAlias}. */
  async resolveAlias(id: string): Promise<string | null> {
    const path = await this.#parts.aliases.find(id);
    // Noted before the journal moves: while there is one under the old id, it hasn't.
    return path === null || await this.#parts.journals.has(id) ? null : path;
  }

  /** Waits for what is done in the background. Opened storages stay open. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#parts.pruner[Symbol.asyncDispose]();
  }

  async #giveBack(lease: Lease, journal: Journal | null): Promise<void> {
    await using _lease = lease;
    await journal?.[Symbol.asyncDispose]().catch((error) => {
      // The error that led here says more to whoever opened.
      const { code, message } = toNotebookdError(error, "Cannot close the journal");
      this.#parts.logger.warn("Journal not closed in order", {
        notebook: lease.id,
        code,
        reason: message,
      });
    });
  }
}

function contentOf(opened: OpenedJournal) {
  if (opened.kind !== "found") return null;
  const { snapshot, log, baseline, pending } = opened.content;
  return { snapshot, log, baseline, pending };
}

function notFound(id: string): NotebookdError {
  return new NotebookdError(
    "not_found",
    isAbsolute(id)
      ? `Cannot open the notebook "${id}": there is no such file, and no journal of it`
      : `Cannot open the notebook "${id}": nothing is kept under that id`,
  );
}
