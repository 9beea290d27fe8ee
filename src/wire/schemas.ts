/**
 * The parts that the schemas of payloads are built from. The message of each is what it expects, so
 * that a refusal can say it.
 *
 * @module
 */

import * as v from "valibot";
import { type ErrorCode, isErrorCode } from "../errors.ts";
import type { PayloadObject } from "./payload.ts";

/** A schema that takes anything and gives a `T`, or says what it expected. */
export type Schema<T> = v.GenericSchema<unknown, T>;

/** A string. */
export const text: Schema<string> = v.string("a string");

/** True or false. */
export const flag: Schema<boolean> = v.boolean("true or false");

/** An integer that a JavaScript number holds exactly. */
export const integer: Schema<number> = v.custom<number>(Number.isSafeInteger, "an integer");

/** An integer that isn't negative. */
export const count: Schema<number> = v.custom<number>(
  (value) => Number.isSafeInteger(value) && Number(value) >= 0,
  "an integer of 0 or more",
);

/** A number that may have a fraction. */
export const decimal: Schema<number> = v.number("a number");

/** An object whose keys aren't checked. */
export const anyObject: Schema<PayloadObject> = v.custom<PayloadObject>(isObject, "an object");

/** A list of strings. */
export const texts: Schema<string[]> = list(text);

/** A stable error code; one that only a newer build knows is read as "internal". */
export const errorCode: Schema<ErrorCode> = v.pipe(
  text,
  v.transform((code) => isErrorCode(code) ? code : "internal"),
);

/** Byte arrays: lists of numbers from 0 to 255 in JSON, `bin` in MessagePack. */
export const byteArrays: Schema<Uint8Array[]> = list(
  v.pipe(
    v.custom<Uint8Array | number[]>(isByteArray, "a list of integers from 0 to 255, or bytes"),
    v.transform((value) => value instanceof Uint8Array ? value : Uint8Array.from(value)),
  ),
);

/** A list whose elements all fit one schema. */
export function list<T>(element: Schema<T>): Schema<T[]> {
  return v.array(element, "a list");
}

/** Exactly this word, as a tag is. */
export function literal<const Word extends string>(word: Word): Schema<Word> {
  return v.literal(word, `"${word}"`);
}

/** One of a few words. */
export function oneOf<const Word extends string>(words: readonly Word[]): Schema<Word> {
  return v.picklist(words, `one of ${words.map((word) => `"${word}"`).join(", ")}`);
}

/** A property that may be absent. */
export function optional<T>(
  schema: Schema<T>,
): v.ExactOptionalSchema<Schema<T>, undefined> {
  return v.exactOptional(schema);
}

/** A property that may be null, and is null where it is absent. */
export function nullable<T>(
  schema: Schema<T>,
): v.OptionalSchema<v.NullableSchema<Schema<T>, undefined>, null> {
  return v.optional(v.nullable(schema), null);
}

/**
 * An object with these properties. One that is null counts as absent; unknown ones are left out.
 */
export function fields<Entries extends v.ObjectEntries>(
  entries: Entries,
): Schema<v.InferOutput<v.ObjectSchema<Entries, undefined>>> {
  return v.pipe(
    v.custom<object>(isObject, "an object"),
    v.transform((value) => withoutNulls(value, entries)),
    v.object(entries),
  );
}

/** Tells whether a decoded value is an object with keys: not null, a list or bytes. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value) &&
    !(value instanceof Uint8Array);
}

/**
 * Leaves null properties out. A required one that is absent becomes undefined, so that its own
 * schema refuses it and says what it expected.
 */
function withoutNulls(value: object, entries: v.ObjectEntries): Record<string, unknown> {
  const present = new Map(Object.entries(value).filter(([, property]) => property != null));
  return Object.fromEntries(
    Object.entries(entries)
      .filter(([key, schema]) => present.has(key) || !isOptional(schema))
      .map(([key]) => [key, present.get(key)]),
  );
}

function isOptional(schema: { readonly type: string }): boolean {
  return schema.type === "exact_optional" || schema.type === "optional";
}

function isByteArray(value: unknown): boolean {
  if (value instanceof Uint8Array) return true;
  return Array.isArray(value) &&
    value.every((byte) => Number.isInteger(byte) && byte >= 0 && byte <= 255);
}
