/**
 * Chunks as Automerge's storage has them on the outside, with numbers in them instead of changes.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { deflateRawSync } from "node:zlib";

const MAGIC = [0x85, 0x6f, 0x4a, 0x83];

/** A whole chunk that holds a text; compressed, its checksum is of the plain one. */
export function fakeChunk(text: string, { compressed = false } = {}): Uint8Array<ArrayBuffer> {
  const plain = new TextEncoder().encode(text);
  const digest = createHash("sha256").update(body(1, plain)).digest();
  const bytes = compressed ? body(2, deflateRawSync(plain)) : body(1, plain);
  return Uint8Array.from([...MAGIC, ...digest.subarray(0, 4), ...bytes]);
}

/** A chunk that stands for these numbers: a snapshot if there are several, a change if one. */
export function numbersChunk(...numbers: number[]): Uint8Array<ArrayBuffer> {
  return fakeChunk(`<${numbers.join(",")}>`);
}

/** The numbers in chunks of {@linkcode numbersChunk}, in order and once each. */
export function numbersIn(...parts: Uint8Array[]): number[] {
  const numbers = new Set<number>();
  for (const part of parts) {
    const text = new TextDecoder().decode(part);
    for (const [, list = ""] of text.matchAll(/<([\d,]*)>/g)) {
      for (const number of list.split(",").filter((digits) => digits !== "")) {
        numbers.add(Number(number));
      }
    }
  }
  return [...numbers].sort((a, b) => a - b);
}

function body(type: number, bytes: Uint8Array): Uint8Array {
  const length: number[] = [];
  let rest = bytes.length;
  for (; rest >= 128; rest >>>= 7) length.push(rest % 128 + 128);
  return Uint8Array.from([type, ...length, rest, ...bytes]);
}
