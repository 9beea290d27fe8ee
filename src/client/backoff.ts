/**
 * How long a client waits before it dials again.
 *
 * @module
 */

/** What a {@linkcode Backoff} is made with. */
export interface BackoffOptions {
  /** The longest first delay, in milliseconds. Default: 100. */
  readonly firstMs?: number;
  /** The longest delay of all, in milliseconds. Default: 30,000. */
  readonly capMs?: number;
  /** Gives a number from 0 up to, but not including, 1. Default: `Math.random`. */
  readonly random?: () => number;
}

/**
 * Exponential backoff with jitter: the n-th delay lies between half of and the whole of
 * `firstMs * 2^n`, and the whole never exceeds `capMs`. The jitter keeps the windows of an editor
 * from dialling a restarted daemon all in the same instant.
 *
 * @example
 * ```ts
 * import { Backoff } from "@/client/backoff.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const backoff = new Backoff({ firstMs: 100, capMs: 300, random: () => 0 });
 * assertEquals([backoff.next(), backoff.next(), backoff.next()], [50, 100, 150]);
 * backoff.reset();
 * assertEquals(backoff.next(), 50);
 * ```
 */
export class Backoff {
  readonly #firstMs: number;
  readonly #capMs: number;
  readonly #random: () => number;
  #ceilingMs: number;

  /** @param options The bounds and the source of randomness. */
  constructor(options: BackoffOptions = {}) {
    this.#capMs = options.capMs ?? 30_000;
    this.#firstMs = Math.min(options.firstMs ?? 100, this.#capMs);
    this.#random = options.random ?? Math.random;
    this.#ceilingMs = this.#firstMs;
  }

  /** The delay before the next attempt, in milliseconds; each call makes the one after longer. */
  next(): number {
    const ceiling = this.#ceilingMs;
    this.#ceilingMs = Math.min(ceiling * 2, this.#capMs);
    return ceiling / 2 + this.#random() * ceiling / 2;
  }

  /** Starts again with the first delay. */
  reset(): void {
    this.#ceilingMs = this.#firstMs;
  }
}
