/**
 * A clock that stands still until a test moves it.
 *
 * @module
 */

import type { Clock } from "../../src/clock.ts";

interface Pending {
  due: number;
  fn: () => void;
}

/** A {@linkcode Clock} whose time passes only through {@linkcode ManualClock.advance}. */
export class ManualClock implements Clock {
  #now: number;
  readonly #pending = new Set<Pending>();
  readonly #waiters: { count: number; resolve: () => void }[] = [];

  /** @param now The time it starts at, in milliseconds since the Unix epoch. */
  constructor(now = 0) {
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  timer(ms: number, fn: () => void): Disposable {
    const pending = { due: this.#now + ms, fn };
    this.#pending.add(pending);
    for (const waiter of this.#waiters) {
      if (this.#pending.size >= waiter.count) waiter.resolve();
    }
    return {
      [Symbol.dispose]: () => {
        this.#pending.delete(pending);
      },
    };
  }

  /** How many timers are running. */
  get timers(): number {
    return this.#pending.size;
  }

  /** Resolves once at least this many timers are running. */
  async untilTimers(count: number): Promise<void> {
    if (this.#pending.size >= count) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiters.push({ count, resolve });
    await promise;
  }

  /** Lets time pass and calls what falls due, earliest first, each at its own time. */
  advance(ms: number): void {
    const end = this.#now + ms;
    for (;;) {
      const next = this.#nextDue(end);
      if (next === undefined) break;
      this.#pending.delete(next);
      this.#now = next.due;
      next.fn();
    }
    this.#now = end;
  }

  #nextDue(end: number): Pending | undefined {
    let next: Pending | undefined;
    for (const pending of this.#pending) {
      if (pending.due <= end && (next === undefined || pending.due < next.due)) next = pending;
    }
    return next;
  }
}
