/**
 * Keeping answers in the order of what they answer.
 *
 * @module
 */

/** One place in the order. */
export interface Turn {
  /** Resolves when every earlier turn is done. */
  readonly ready: Promise<void>;
  /** Lets the next one come. */
  done(): void;
}

/** Hands out turns; each waits for the one before it. */
export class Turns {
  #last: Promise<void> = Promise.resolve();

  /** Takes the next place. */
  take(): Turn {
    const ready = this.#last;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#last = ready.then(() => promise);
    return { ready, done: resolve };
  }
}
