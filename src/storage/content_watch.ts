/**
 * Turns hints that a file may have changed into looks at its content: few, and one at a time.
 *
 * @module
 */

import type { Clock } from "../clock.ts";
import type { FolderWatches } from "./folder_watches.ts";

/** How long hints are gathered before the file is read, in milliseconds. */
const GATHER_MS = 50;

/** What {@linkcode ContentWatch} is told. */
export interface ContentWatchOptions {
  /** Where the hints come from. */
  readonly watches: FolderWatches;
  readonly clock: Clock;
  /** Reads the file and tells whoever wants to know; must not throw. */
  readonly look: () => Promise<void>;
}

/** See the module. It begins with a look, for what happened before it was there. */
export class ContentWatch implements AsyncDisposable {
  readonly #options: ContentWatchOptions;
  readonly #watch: AsyncDisposable;
  #timer: Disposable | null = null;
  #looking: Promise<void> | null = null;
  #again = false;
  #closed = false;

  /**
   * Begins to watch.
   *
   * @param path The canonical path of the file.
   * @param options Who looks at it.
   */
  constructor(path: string, options: ContentWatchOptions) {
    this.#options = options;
    this.#watch = options.watches.watch(path, () => this.#hint());
    this.#hint();
  }

  /** Ends it, after a look under way. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    this.#timer?.[Symbol.dispose]();
    this.#timer = null;
    await this.#watch[Symbol.asyncDispose]();
    await this.#looking;
  }

  #hint(): void {
    if (this.#closed || this.#timer !== null) return;
    if (this.#looking !== null) {
      // The look may have read the file before this happened.
      this.#again = true;
      return;
    }
    this.#timer = this.#options.clock.timer(GATHER_MS, () => {
      this.#timer = null;
      this.#looking = this.#look();
    });
  }

  async #look(): Promise<void> {
    this.#again = false;
    try {
      await this.#options.look();
    } finally {
      this.#looking = null;
      if (this.#again) this.#hint();
    }
  }
}
