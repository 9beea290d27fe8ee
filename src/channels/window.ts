/**
 * A bound on how much of one connection is under way at once.
 *
 * @module
 */

/** Lets at most `size` pieces of work be under way; a further one waits. */
export class Window {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  /** @param size How many at once. */
  constructor(size: number) {
    this.#free = size;
  }

  /** Waits for a place. */
  async enter(): Promise<void> {
    if (this.#free > 0) {
      this.#free--;
      return;
    }
    await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  /** Gives a place back. */
  leave(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#free++;
    else next();
  }
}
