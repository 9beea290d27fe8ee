/**
 * The port through which notebookd reads and waits for time, so that tests decide when it passes.
 *
 * @module
 */

/** A source of time. */
export interface Clock {
  /** The time now, in milliseconds since the Unix epoch. */
  now(): number;
  /**
   * Calls a function once, later. Disposing what is returned, any number of times, keeps a call
   * that is still to come from happening.
   *
   * @param ms How long from now, in milliseconds.
   * @param fn What to call.
   */
  timer(ms: number, fn: () => void): Disposable;
}

/** The clock of the machine. */
export const systemClock: Clock = {
  now: () => Date.now(),
  timer(ms, fn) {
    const id = setTimeout(fn, ms);
    return {
      [Symbol.dispose]() {
        clearTimeout(id);
      },
    };
  },
};
