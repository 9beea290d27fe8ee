/**
 * Seeded random choices for tests: a failing run names its seed and can be run again.
 *
 * @module
 */

import type { JsonValue } from "../json.ts";

/** A source of random numbers that is a function of its seed (mulberry32). */
export class Random {
  #state: number;

  /**
   * Starts a sequence.
   *
   * @param seed An unsigned 32-bit integer.
   */
  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** An integer from 0 to below the bound. */
  below(bound: number): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * bound);
  }

  /** One of the items, which must not be none. */
  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)] as T;
  }

  /** A short text with characters that parsers stumble over. */
  text(): string {
    const pieces = ["a", "é", "😀", "\ud83d", '"', "\\", "\n", "\u0000", "/", "\u2028", "1.0"];
    return Array.from({ length: this.below(6) }, () => this.pick(pieces)).join("");
  }

  /** A JSON value that nests at most this deep. */
  json(depth: number): JsonValue {
    const kind = this.below(depth > 0 ? 6 : 4);
    if (kind === 0) return this.text();
    if (kind === 1) return this.pick([0, 1, -1, 0.5, 1e21, 1e-7, 2 ** 53, 124]);
    if (kind === 2) return this.pick([true, false, null]);
    if (kind === 3) return this.pick(["", {}, []]);
    const items = Array.from({ length: this.below(4) }, () => this.json(depth - 1));
    if (kind === 4) return items;
    const keys = ["__proto__", "constructor", "a", "10", "9", "é"];
    return Object.fromEntries(items.map((item) => [this.pick(keys), item]));
  }
}

/**
 * Runs a check once for each seed from 1 on.
 *
 * @param count How many seeds.
 * @param check The check, told its own source of randomness.
 * @throws {Error} naming the seed, with the check's error as its cause.
 */
export function forEachSeed(count: number, check: (random: Random) => void): void {
  for (let seed = 1; seed <= count; seed++) {
    try {
      check(new Random(seed));
    } catch (cause) {
      throw new Error(`Failed with seed ${seed}`, { cause });
    }
  }
}
