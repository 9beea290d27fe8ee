/**
 * Random values for tests, the same for the same seed.
 *
 * @module
 */

import { SeededRandom } from "../testing_random.ts";
import type { JsonLike } from "./payload.ts";

/** Gives integers from 0 to below `limit`. */
export type RandomInteger = (limit: number) => number;

/** Makes a source of random integers from a 32-bit seed. */
export function seededRandom(seed: number): RandomInteger {
  const random = new SeededRandom(seed);
  return (limit) => random.below(limit);
}

/** Makes random bytes. */
export function randomBytes(random: RandomInteger, length: number): Uint8Array {
  return Uint8Array.from({ length }, () => random(256));
}

/** Makes a random payload value; without `bytes` it is JSON. */
export function randomPayload(
  random: RandomInteger,
  options: { readonly depth: number; readonly bytes: boolean },
): JsonLike {
  const inner = { ...options, depth: options.depth - 1 };
  const kinds = options.depth > 0 ? 9 : 7;
  switch (random(kinds)) {
    case 0:
      return null;
    case 1:
      return random(2) === 0;
    case 2:
      return random(2 ** 32) * (random(2) === 0 ? 1 : -1);
    case 3:
      return random(2 ** 32) / 7;
    case 4:
      return Number.MAX_SAFE_INTEGER - random(1000);
    case 5:
      return randomText(random, 40);
    case 6:
      return options.bytes ? randomBytes(random, random(300)) : "";
    case 7:
      return Array.from({ length: random(20) }, () => randomPayload(random, inner));
    default:
      return Object.fromEntries(
        Array.from(
          { length: random(20) },
          () => [randomText(random, 12), randomPayload(random, inner)],
        ),
      );
  }
}

/** Makes a text of ASCII, two-byte, three-byte and astral characters. */
export function randomText(random: RandomInteger, maxLength: number): string {
  const starts = [0x20, 0xe0, 0x4e00, 0x1f600];
  return Array.from(
    { length: random(maxLength) },
    () => String.fromCodePoint((starts[random(starts.length)] ?? 0x20) + random(64)),
  ).join("");
}
