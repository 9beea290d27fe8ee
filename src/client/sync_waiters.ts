/**
 * Who waits until the daemon has confirmed certain heads.
 *
 * @module
 */

interface Waiter {
  readonly heads: readonly string[];
  resolve(): void;
  reject(reason: unknown): void;
}

/** Everyone who waits for `synced()`. A wait outlives the connection it began on. */
export class SyncWaiters {
  readonly #waiters = new Set<Waiter>();

  /**
   * Adds one who waits.
   *
   * @param heads What the daemon must confirm.
   * @param signal Gives up the waiting.
   * @throws the signal's reason, or the reason given to {@linkcode SyncWaiters.end}.
   */
  async add(heads: readonly string[], signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const waiter: Waiter = { heads, resolve, reject };
    const onAbort = () => reject(signal?.reason);
    signal?.addEventListener("abort", onAbort, { once: true });
    this.#waiters.add(waiter);
    try {
      await promise;
    } finally {
      this.#waiters.delete(waiter);
      signal?.removeEventListener("abort", onAbort);
    }
  }

  /** Lets go all those whose heads are confirmed. */
  settle(confirmed: (heads: readonly string[]) => boolean): void {
    for (const waiter of this.#waiters) {
      if (confirmed(waiter.heads)) waiter.resolve();
    }
  }

  /** Fails all those who wait. */
  end(reason: unknown): void {
    for (const waiter of this.#waiters) waiter.reject(reason);
  }
}
