/**
 * The one place that knows `@std/msgpack`. Its providers differ: one gives 64-bit integers as
 * bigints, the other as rounded numbers; one throws on extensions, the other makes dates of some;
 * one recurses into nested values, the other takes memory for as many elements as a header
 * promises. So the bytes are checked before either sees them, and only what both read alike
 * passes.
 *
 * @module
 */

import { decode, encode } from "@std/msgpack";
import { NotebookdError } from "../errors.ts";
import { checkMsgpack } from "./msgpack_check.ts";
import { type JsonLike, toEncodable } from "./payload.ts";

/**
 * Writes a value as MessagePack, byte arrays as `bin`.
 *
 * @throws {NotebookdError} with code `limit_reached` when it nests deeper than 96 levels,
 * `invalid_argument` when it holds something that is neither JSON nor bytes.
 */
export function encodeMsgpack(value: JsonLike): Uint8Array<ArrayBuffer> {
  return new Uint8Array(encode(toEncodable(value, (bytes) => bytes)));
}

/**
 * Reads one MessagePack value; `bin` becomes a byte array.
 *
 * @throws {NotebookdError} with code `bad_frame` when the bytes aren't exactly one value, when it
 * nests deeper than 96 levels, or holds an extension (dates are extensions), a key that isn't
 * text, the key "__proto__", or an integer beyond 2^53 - 1.
 */
export function decodeMsgpack(bytes: Uint8Array): unknown {
  checkMsgpack(bytes);
  try {
    return withoutBigints(decode(bytes));
  } catch {
    throw new NotebookdError("bad_frame", "Cannot read a MessagePack payload: it is malformed");
  }
}

/** Gives 64-bit integers, all of which are known to be safe, as numbers. */
function withoutBigints(value: unknown): unknown {
  if (typeof value === "bigint") return Number(value);
  if (typeof value !== "object" || value === null || value instanceof Uint8Array) return value;
  if (Array.isArray(value)) return value.map(withoutBigints);
  return Object.fromEntries(
    Object.entries(value).map(([key, property]) => [key, withoutBigints(property)]),
  );
}
