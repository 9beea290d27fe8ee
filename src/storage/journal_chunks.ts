/**
 * How far a file of Automerge chunks can be read: chunks tell their own length and checksum, so a
 * journal needs no format of its own to find a torn end.
 *
 * Each chunk begins with 4 magic bytes, the first 4 bytes of the SHA-256 of what follows them, a
 * type byte and the length of the rest as LEB128 (the Automerge binary format specification,
 * "Chunk container").
 *
 * @module
 */

import { createHash } from "node:crypto";
import { setImmediate } from "node:timers/promises";
import { inflateRawSync } from "node:zlib";

/** What {@linkcode scanChunks} found. */
export interface ChunkScan {
  /** Up to where, in bytes, there are whole chunks and nothing else. */
  end: number;
  /**
   * What follows: nothing; a torn write, with nothing after it that could be read; or damage that
   * has whole chunks after it.
   */
  rest: "none" | "torn" | "damaged";
}

const MAGIC = [0x85, 0x6f, 0x4a, 0x83] as const;
const CHECKSUM_AT = 4;
const TYPE_AT = 8;
const LENGTH_AT = 9;
const CHANGE = 1;
const COMPRESSED_CHANGE = 2;

/** More than any change has; a length that was damaged must not take memory for it. */
const MAX_INFLATED_BYTES = 256 * 1024 * 1024;
/** From this size on a chunk is hashed off this thread. */
const LARGE_CHUNK_BYTES = 1024 * 1024;
/** How much is hashed before other work gets its turn. */
const SLICE_BYTES = 512 * 1024;
/** Hashing a small chunk costs about as much as this many bytes of a large one. */
const CHUNK_COST_BYTES = 512;

/**
 * Reads chunk by chunk, each with its checksum, until the end or the first that isn't whole.
 *
 * @param bytes Automerge chunks, one after another.
 */
export async function scanChunks(bytes: Uint8Array): Promise<ChunkScan> {
  let since = 0;
  let end = 0;
  while (end < bytes.length) {
    const next = await chunkEnd(bytes, end);
    if (next === null) return { end, rest: await hasChunkAfter(bytes, end) ? "damaged" : "torn" };
    since += next - end + CHUNK_COST_BYTES;
    end = next;
    if (since < SLICE_BYTES) continue;
    since = 0;
    await setImmediate();
  }
  return { end, rest: "none" };
}

/** Puts bytes one after another. */
export function concatBytes(parts: readonly Uint8Array[]): Uint8Array {
  const only = parts[0];
  if (parts.length === 1 && only !== undefined) return only;
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

async function hasChunkAfter(bytes: Uint8Array, damaged: number): Promise<boolean> {
  for (
    let at = bytes.indexOf(MAGIC[0], damaged + 1);
    at !== -1;
    at = bytes.indexOf(MAGIC[0], at + 1)
  ) {
    if (await chunkEnd(bytes, at) !== null) return true;
  }
  return false;
}

/** Where the chunk that begins at `start` ends; null if there is no whole one. */
async function chunkEnd(bytes: Uint8Array, start: number): Promise<number | null> {
  if (!MAGIC.every((byte, index) => bytes[start + index] === byte)) return null;
  const length = readLength(bytes, start + LENGTH_AT);
  if (length === null) return null;
  const end = length.end + length.value;
  if (end > bytes.length) return null;
  const chunk = bytes.subarray(start, end);
  const digest = chunk[TYPE_AT] === COMPRESSED_CHANGE
    ? digestOfCompressed(bytes.subarray(length.end, end))
    : await digestOf(chunk.subarray(TYPE_AT));
  if (digest === null) return null;
  const fits = digest.subarray(0, TYPE_AT - CHECKSUM_AT)
    .every((byte, index) => chunk[CHECKSUM_AT + index] === byte);
  return fits ? end : null;
}

function readLength(bytes: Uint8Array, start: number): { value: number; end: number } | null {
  let value = 0;
  for (let at = start, scale = 1; at < bytes.length; at++, scale *= 128) {
    const byte = bytes[at] ?? 0;
    value += (byte & 0x7f) * scale;
    if (value > Number.MAX_SAFE_INTEGER) return null;
    if (byte < 0x80) return { value, end: at + 1 };
  }
  return null;
}

function digestOf(bytes: Uint8Array): Uint8Array | Promise<Uint8Array> {
  if (bytes.length < LARGE_CHUNK_BYTES) return createHash("sha256").update(bytes).digest();
  return crypto.subtle.digest("SHA-256", bytes.slice()).then((digest) => new Uint8Array(digest));
}

/** The checksum of a compressed change is that of the change it was made from. */
function digestOfCompressed(compressed: Uint8Array): Uint8Array | null {
  let change: Uint8Array;
  try {
    change = inflateRawSync(compressed, { maxOutputLength: MAX_INFLATED_BYTES });
  } catch {
    return null;
  }
  const head = [CHANGE, ...lengthBytes(change.length)];
  return createHash("sha256").update(Uint8Array.from(head)).update(change).digest();
}

function lengthBytes(length: number): number[] {
  const bytes: number[] = [];
  let rest = length;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push(rest % 128 + 128);
  return [...bytes, rest];
}
