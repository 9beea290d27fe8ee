/**
 * The outside of Automerge's storage format: which chunks a run of bytes holds. Each begins with 4
 * magic bytes, 4 bytes of checksum, a type byte and the length of the rest as LEB128 (the Automerge
 * binary format specification, "Chunk container").
 *
 * The library itself skips what it can't read without a word, and so would lose changes unnoticed.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { inflateRawSync } from "node:zlib";

/** One chunk, its header included. */
export interface Chunk {
  /** A whole history, or one change, as it is or compressed. */
  kind: "document" | "change";
  /** The whole chunk; a view, not a copy. */
  bytes: Uint8Array;
}

const MAGIC = [0x85, 0x6f, 0x4a, 0x83] as const;
const TYPE_AT = 8;
const LENGTH_AT = 9;
/** A length takes at most this many bytes: 7 bits each, 2^35 is more than any file. */
const MAX_LENGTH_BYTES = 5;

const DOCUMENT = 0;
const CHANGE = 1;
const COMPRESSED_CHANGE = 2;

/** How long one change may be once it is inflated, in bytes: a few KB can claim to be gigabytes. */
export const MAX_CHANGE_BYTES: number = 64 * 1024 * 1024;

/**
 * Splits bytes into chunks.
 *
 * @returns The chunks, or null if the bytes aren't whole chunks of the known types from beginning to
 * end, a checksum is wrong, or a compressed change is longer than {@linkcode MAX_CHANGE_BYTES}.
 */
export function splitChunks(bytes: Uint8Array): Chunk[] | null {
  const chunks: Chunk[] = [];
  for (let start = 0; start < bytes.byteLength;) {
    const chunk = chunkAt(bytes.subarray(start));
    if (chunk === null) return null;
    chunks.push(chunk);
    start += chunk.bytes.byteLength;
  }
  return chunks;
}

function chunkAt(bytes: Uint8Array): Chunk | null {
  if (!MAGIC.every((byte, index) => bytes[index] === byte)) return null;
  const type = bytes[TYPE_AT];
  const end = chunkEnd(bytes);
  if (end === null || end > bytes.byteLength) return null;
  const chunk = bytes.subarray(0, end);
  if (type === COMPRESSED_CHANGE) {
    return inflates(chunk) ? { kind: "change", bytes: chunk } : null;
  }
  if ((type !== DOCUMENT && type !== CHANGE) || !checksumFits(chunk)) return null;
  return { kind: type === DOCUMENT ? "document" : "change", bytes: chunk };
}

/** A compressed change has the checksum of what it was before: type, length and content. */
function inflates(chunk: Uint8Array): boolean {
  const content = inflate(chunk.subarray(contentAt(chunk)));
  if (content === null) return false;
  const hash = createHash("sha256")
    .update(Uint8Array.of(CHANGE, ...leb128(content.length)))
    .update(content)
    .digest();
  return startsWithChecksum(chunk, hash);
}

function inflate(bytes: Uint8Array): Uint8Array | null {
  try {
    return inflateRawSync(bytes, { maxOutputLength: MAX_CHANGE_BYTES });
  } catch {
    // Not deflated, cut short, or longer than may be: no change in any case.
    return null;
  }
}

function contentAt(chunk: Uint8Array): number {
  let at = LENGTH_AT;
  while (((chunk[at] ?? 0) & 0x80) !== 0) at++;
  return at + 1;
}

function leb128(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  do {
    const low = rest % 128;
    rest = Math.floor(rest / 128);
    bytes.push(rest > 0 ? low | 0x80 : low);
  } while (rest > 0);
  return bytes;
}

function chunkEnd(bytes: Uint8Array): number | null {
  let length = 0;
  for (let index = 0; index < MAX_LENGTH_BYTES; index++) {
    const byte = bytes[LENGTH_AT + index];
    if (byte === undefined) return null;
    length += (byte & 0x7f) * 2 ** (7 * index);
    if ((byte & 0x80) === 0) return LENGTH_AT + index + 1 + length;
  }
  return null;
}

/** The checksum is the start of the SHA-256 of everything behind it. */
function checksumFits(chunk: Uint8Array): boolean {
  return startsWithChecksum(chunk, createHash("sha256").update(chunk.subarray(TYPE_AT)).digest());
}

function startsWithChecksum(chunk: Uint8Array, hash: Uint8Array): boolean {
  return hash.subarray(0, 4).every((byte, index) => byte === chunk[MAGIC.length + index]);
}
