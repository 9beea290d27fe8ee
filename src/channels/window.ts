/**
 * A bound on how much of one connection is under way at once.
 *
 * @module
 */

/** How much may be under way. */
export interface WindowSize {
  /** Pieces of work. */
  count: number;
  /** Bytes they hold together; a single larger piece may go alone. */
  bytes: number;
}

/** A piece of work that waits for its place. */
interface Waiting {
  bytes: number;
  enter: () => void;
}

/** Lets work begin while there is room for it, in the order in which it asked. */
export class Window {
  readonly #size: WindowSize;
  readonly #waiting: Waiting[] = [];
  #count = 0;
  #bytes = 0;

  /** @param size How much may be under way. */
  constructor(size: WindowSize) {
    this.#size = size;
  }

  /**
   * Waits for a place.
   *
   * @returns What gives the place back, once.
   */
  async enter(bytes: number): Promise<() => void> {
    if (this.#waiting.length > 0 || !this.#fits(bytes)) {
      await new Promise<void>((enter) => this.#waiting.push({ bytes, enter }));
    } else this.#take(bytes);
    return () => this.#leave(bytes);
  }

  #fits(bytes: number): boolean {
    if (this.#count === 0) return true;
    return this.#count < this.#size.count && this.#bytes + bytes <= this.#size.bytes;
  }

  #take(bytes: number): void {
    this.#count++;
    this.#bytes += bytes;
  }

  #leave(bytes: number): void {
    this.#count--;
    this.#bytes -= bytes;
    for (let next = this.#waiting[0]; next !== undefined && this.#fits(next.bytes);) {
      this.#waiting.shift();
      this.#take(next.bytes);
      next.enter();
      next = this.#waiting[0];
    }
  }
}
