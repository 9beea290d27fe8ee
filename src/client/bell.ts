/**
 * How one loop sleeps until there is something to do.
 *
 * @module
 */

/**
 * A bell that one loop waits for. Ringing before the wait is remembered, and ringing many times is
 * the same as once, so that no reason to wake up is lost and none costs twice.
 *
 * @example
 * ```ts
 * import { Bell } from "@/client/bell.ts";
 *
 * const bell = new Bell();
 * bell.ring();
 * bell.ring();
 * await bell.rung();
 * ```
 */
export class Bell {
  #rung = false;
  #waiting: (() => void) | undefined;

  /** Wakes the loop, now or when it next waits. */
  ring(): void {
    this.#rung = true;
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.();
  }

  /** Resolves when the bell has been rung since the last wait. */
  async rung(): Promise<void> {
    if (!this.#rung) await new Promise<void>((resolve) => this.#waiting = resolve);
    this.#rung = false;
  }
}
