/**
 * When a notebook saves itself.
 *
 * @module
 */

import type { Clock } from "../clock.ts";

/** How long after the last edit, in milliseconds. */
export const QUIET_MS = 2_000;

/** How long after the first edit at the latest, in milliseconds. */
export const LATEST_MS = 10_000;

/** Calls something when editing has paused, or has gone on for long enough. */
export class AutosaveTimer implements Disposable {
  readonly #clock: Clock;
  readonly #due: () => void;
  #latest: number | null = null;
  #timer: Disposable | undefined;

  /**
   * @param clock The source of time.
   * @param due Called once after edits, {@linkcode QUIET_MS} after the last and at most
   * {@linkcode LATEST_MS} after the first.
   */
  constructor(clock: Clock, due: () => void) {
    this.#clock = clock;
    this.#due = due;
  }

  /** The notebook was edited. */
  edited(): void {
    const now = this.#clock.now();
    this.#latest ??= now + LATEST_MS;
    this.#timer?.[Symbol.dispose]();
    const wait = Math.max(0, Math.min(QUIET_MS, this.#latest - now));
    this.#timer = this.#clock.timer(wait, () => {
      this[Symbol.dispose]();
      this.#due();
    });
  }

  /** Nothing is to be saved any more: takes back a call still to come. */
  [Symbol.dispose](): void {
    this.#timer?.[Symbol.dispose]();
    this.#timer = undefined;
    this.#latest = null;
  }
}
