/**
 * The values that control payloads are made of, in either codec.
 *
 * @module
 */

import { NotebookdError } from "../errors.ts";

/**
 * How deep lists and objects may nest in a control payload. Existing clients refuse JSON from 128
 * levels on and the MessagePack encoder stops at 100, so that what passes here passes everywhere.
 */
export const MAX_PAYLOAD_DEPTH = 96;

/**
 * What a control payload may hold: JSON, and bytes. A property that is undefined is left out, an
 * undefined element and a number that isn't finite become null, and a lone surrogate becomes
 * U+FFFD, in both codecs: strict JSON parsers refuse its escape, and UTF-8 has no bytes for it.
 */
export type JsonLike =
  | null
  | undefined
  | boolean
  | number
  | string
  | Uint8Array
  | readonly JsonLike[]
  | { readonly [key: string]: JsonLike };

/** An object of a control payload whose keys aren't known here. */
export type PayloadObject = { readonly [key: string]: JsonLike };

/** A value ready for an encoder: nothing is undefined, every number is finite, all text is UTF-8. */
export type EncodableValue =
  | null
  | boolean
  | number
  | string
  | Uint8Array
  | EncodableValue[]
  | { [key: string]: EncodableValue };

/** What a byte array becomes in the copy. */
export type CopyBytes = (value: Uint8Array) => EncodableValue;

/**
 * Copies a value so that both codecs write the same thing.
 *
 * @param value What to copy.
 * @param bytes What a byte array becomes.
 * @throws {NotebookdError} with code `limit_reached` when it nests deeper than
 * {@linkcode MAX_PAYLOAD_DEPTH}, `invalid_argument` when it holds something that is neither JSON
 * nor bytes (a date, a map, a bigint).
 */
export function toEncodable(value: JsonLike, bytes: CopyBytes): EncodableValue {
  return copy(value, 0, bytes);
}

function copy(value: JsonLike, depth: number, bytes: CopyBytes): EncodableValue {
  switch (typeof value) {
    case "string":
      return value.toWellFormed();
    case "boolean":
      return value;
    case "number":
      return Number.isFinite(value) ? value : null;
    case "undefined":
      return null;
    case "object":
      return value === null ? null : copyObject(value, depth + 1, bytes);
    default:
      throw notEncodable(typeof value);
  }
}

function copyObject(value: object & JsonLike, depth: number, bytes: CopyBytes): EncodableValue {
  if (value instanceof Uint8Array) return bytes(value);
  if (depth > MAX_PAYLOAD_DEPTH) throw tooDeep("send", "limit_reached");
  if (Array.isArray(value)) return value.map((element: JsonLike) => copy(element, depth, bytes));
  const prototype = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) {
    throw notEncodable(value.constructor?.name ?? "object");
  }
  // fromEntries defines each key: assigning "__proto__" would change the prototype instead.
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, property]) => property !== undefined)
      .map(([key, property]) => [key.toWellFormed(), copy(property, depth, bytes)]),
  );
}

/** The error for a payload that nests too deep. */
export function tooDeep(
  verb: "send" | "read",
  code: "limit_reached" | "bad_frame",
): NotebookdError {
  return new NotebookdError(
    code,
    `Cannot ${verb} a payload that nests deeper than ${MAX_PAYLOAD_DEPTH} levels`,
  );
}

function notEncodable(kind: string): NotebookdError {
  return new NotebookdError(
    "invalid_argument",
    `Cannot encode a value of type "${kind}": a payload holds JSON values and byte arrays`,
  );
}
