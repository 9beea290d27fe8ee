/**
 * Keeps journals from filling the disk.
 *
 * @module
 */

import { toNotebookdError } from "../errors.ts";
import type { Logger } from "../log.ts";
import type { JournalStore } from "./journal_store.ts";

/** What {@linkcode JournalPruner} is told. */
export interface JournalPrunerOptions {
  readonly journals: JournalStore;
  readonly logger: Logger;
  /** How much room all journals may take up, in bytes. */
  readonly maxBytes: number;
}

/** Removes journals that nobody needs, in the background, one run at a time. */
export class JournalPruner implements AsyncDisposable {
  readonly #options: JournalPrunerOptions;
  #running: Promise<void> | null = null;
  #again = false;
  #over = false;
  #closed = false;

  /** @param options What it works with. */
  constructor(options: JournalPrunerOptions) {
    this.#options = options;
  }

  /** Journals may have grown. */
  check(): void {
    if (this.#closed) return;
    if (this.#running !== null) this.#again = true;
    else this.#running = this.#run();
  }

  /** Ends it, after a run under way. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    await this.#running;
  }

  async #run(): Promise<void> {
    do {
      this.#again = false;
      try {
        await this.#prune();
      } catch (error) {
        const { code, message } = toNotebookdError(error, "Cannot prune the journals");
        this.#options.logger.warn("Journals not pruned", { code, reason: message });
      }
    } while (this.#again && !this.#closed);
    this.#running = null;
  }

  async #prune(): Promise<void> {
    const { journals, logger, maxBytes } = this.#options;
    let bytes = await journals.totalBytes();
    if (bytes > maxBytes) {
      for (const entry of await journals.prune(maxBytes)) {
        logger.info("Journal dropped to make room; the notebook's file has all of it", {
          notebook: entry.id,
          bytes: entry.bytes,
        });
      }
      bytes = await journals.totalBytes();
    }
    const over = bytes > maxBytes;
    if (over && !this.#over) {
      logger.warn("Journals take up more room than they may, and hold what no file has", {
        bytes,
        maxBytes,
      });
    }
    this.#over = over;
  }
}
