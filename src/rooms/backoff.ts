/**
 * Trying again, at growing intervals.
 *
 * @module
 */

import type { Clock } from "../clock.ts";

/** The first interval, in milliseconds. */
const FIRST_MS = 500;

/** The longest interval, in milliseconds. */
const LONGEST_MS = 30_000;

/** Calls something later, each time twice as late, until it is reset. */
export class Backoff implements Disposable {
  readonly #clock: Clock;
  readonly #run: () => void;
  #next = FIRST_MS;
  #timer: Disposable | undefined;

  /**
   * @param clock The source of time.
   * @param run What to call.
   */
  constructor(clock: Clock, run: () => void) {
    this.#clock = clock;
    this.#run = run;
  }

  /** Whether a call is still to come. */
  get scheduled(): boolean {
    return this.#timer !== undefined;
  }

  /** Calls it after the next interval, unless a call is still to come. */
  schedule(): void {
    if (this.#timer !== undefined) return;
    this.#timer = this.#clock.timer(this.#next, () => {
      this.#timer = undefined;
      this.#run();
    });
    this.#next = Math.min(this.#next * 2, LONGEST_MS);
  }

  /** It worked: takes back a call still to come, and begins with the first interval again. */
  reset(): void {
    this.#next = FIRST_MS;
    this[Symbol.dispose]();
  }

  /** Takes back a call still to come. */
  [Symbol.dispose](): void {
    this.#timer?.[Symbol.dispose]();
    this.#timer = undefined;
  }
}
