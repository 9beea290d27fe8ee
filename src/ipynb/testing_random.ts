/**
 * Seeded random choices for tests: a failing run names its seed and can be run again.
 *
 * @module
 */

import { SeededRandom } from "../testing_random.ts";
import type { JsonValue } from "../json.ts";

/** Random choices that are a function of their seed. */
export class Random {
  readonly #numbers: SeededRandom;

  /**
   * Starts a sequence.
   *
   * @param seed An unsigned 32-bit integer.
   */
  constructor(seed: number) {
    this.#numbers = new SeededRandom(seed);
  }

  /** An integer from 0 to below the bound. */
  below(bound: number): number {
    return this.#numbers.below(bound);
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
