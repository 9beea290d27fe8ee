/**
 * Checks MessagePack bytes without decoding them: one pass, no recursion, no memory taken for what
 * a header promises. Formats by their first byte as in the MessagePack specification.
 *
 * @module
 */

import { NotebookdError } from "../errors.ts";
import { MAX_PAYLOAD_DEPTH, tooDeep } from "./payload.ts";

const PROTO_KEY = new TextEncoder().encode("__proto__");

/** Bytes after the first one: nil, false, true, floats, integers up to 32 bits. */
const FIXED_SIZES: ReadonlyMap<number, number> = new Map([
  ...[0xc0, 0xc2, 0xc3].map((format) => [format, 0] as const),
  ...[0xca, 0xcb].map((format, index) => [format, 4 << index] as const),
  ...[0xcc, 0xcd, 0xce].map((format, index) => [format, 1 << index] as const),
  ...[0xd0, 0xd1, 0xd2].map((format, index) => [format, 1 << index] as const),
]);

/** Bytes of length after the first one: bin, then str. */
const LENGTH_SIZES: ReadonlyMap<number, number> = new Map([
  ...[0xc4, 0xc5, 0xc6].map((format, index) => [format, 1 << index] as const),
  ...[0xd9, 0xda, 0xdb].map((format, index) => [format, 1 << index] as const),
]);

/** A list or map that is being read. */
interface Open {
  /** Values still to come, keys included. */
  left: number;
  readonly isMap: boolean;
}

/** Bytes and the place reached in them. */
class Cursor {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  position = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** Bytes not read yet. */
  get left(): number {
    return this.#bytes.length - this.position;
  }

  /** Goes over `count` bytes and gives where they start. */
  skip(count: number): number {
    if (count > this.left) throw malformed("it ends early");
    const start = this.position;
    this.position += count;
    return start;
  }

  /** Reads an unsigned integer of 1, 2 or 4 bytes. */
  uint(size: number): number {
    const start = this.skip(size);
    if (size === 1) return this.#view.getUint8(start);
    return size === 2 ? this.#view.getUint16(start) : this.#view.getUint32(start);
  }

  /** Goes over a 64-bit integer that a JavaScript number must hold exactly. */
  safeInteger(signed: boolean): void {
    const start = this.skip(8);
    const value = signed ? this.#view.getBigInt64(start) : this.#view.getBigUint64(start);
    if (!Number.isSafeInteger(Number(value))) {
      throw malformed("an integer is beyond 2^53 - 1");
    }
  }

  /** Goes over the text of a map key. */
  key(length: number): void {
    const start = this.skip(length);
    if (length !== PROTO_KEY.length) return;
    if (PROTO_KEY.every((byte, index) => byte === this.#bytes[start + index])) {
      throw malformed('a map has the key "__proto__"');
    }
  }
}

/**
 * Checks that bytes are exactly one MessagePack value which every decoder reads alike.
 *
 * @throws {NotebookdError} with code `bad_frame` when they aren't: see `decodeMsgpack`.
 */
export function checkMsgpack(bytes: Uint8Array): void {
  const cursor = new Cursor(bytes);
  const stack: Open[] = [];
  do {
    const top = stack.at(-1);
    const isKey = top !== undefined && top.isMap && top.left % 2 === 0;
    if (top !== undefined) top.left--;
    const opened = isKey ? readKey(cursor) : readValue(cursor);
    if (opened !== null) {
      // Each element takes a byte at least: a header that promises more is refused at once.
      if (opened.left > cursor.left) throw malformed("it ends early");
      stack.push(opened);
      if (stack.length > MAX_PAYLOAD_DEPTH) throw tooDeep("read", "bad_frame");
    }
    while (stack.at(-1)?.left === 0) stack.pop();
  } while (stack.length > 0);
  if (cursor.left > 0) throw malformed("bytes follow it");
}

function readKey(cursor: Cursor): null {
  const format = cursor.uint(1);
  if (format >= 0xa0 && format <= 0xbf) cursor.key(format & 0x1f);
  else if (format >= 0xd9 && format <= 0xdb) cursor.key(cursor.uint(1 << (format - 0xd9)));
  else throw malformed("a map has a key that isn't text");
  return null;
}

/** Reads one value, or only the header of a list or map, which is returned. */
function readValue(cursor: Cursor): Open | null {
  const format = cursor.uint(1);
  if (format <= 0x7f || format >= 0xe0) return null;
  if (format <= 0x8f) return { left: 2 * (format & 0x0f), isMap: true };
  if (format <= 0x9f) return { left: format & 0x0f, isMap: false };
  if (format <= 0xbf) cursor.skip(format & 0x1f);
  else return readLongValue(cursor, format);
  return null;
}

function readLongValue(cursor: Cursor, format: number): Open | null {
  const fixed = FIXED_SIZES.get(format);
  const lengthSize = LENGTH_SIZES.get(format);
  if (fixed !== undefined) cursor.skip(fixed);
  else if (lengthSize !== undefined) cursor.skip(cursor.uint(lengthSize));
  else if (format === 0xcf || format === 0xd3) cursor.safeInteger(format === 0xd3);
  else if (format === 0xdc || format === 0xdd) {
    return { left: cursor.uint(format === 0xdc ? 2 : 4), isMap: false };
  } else if (format === 0xde || format === 0xdf) {
    return { left: 2 * cursor.uint(format === 0xde ? 2 : 4), isMap: true };
  } else if (format === 0xc1) throw malformed("0xc1 starts no value");
  else throw malformed("it holds an extension type, which no payload has");
  return null;
}

function malformed(reason: string): NotebookdError {
  return new NotebookdError("bad_frame", `Cannot read a MessagePack payload: ${reason}`);
}
