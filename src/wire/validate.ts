/**
 * Checks a decoded payload against the schema of the variant that its tag names, and says what is
 * wrong without quoting what came.
 *
 * @module
 */

import * as v from "valibot";
import { type ErrorCode, NotebookdError } from "../errors.ts";
import { isObject, type Schema } from "./schemas.ts";

/** For each value of a tag, the schema of the variant that it names. */
export type VariantSchemas<Tag extends string, Union extends Tagged<Tag>> = {
  readonly [Name in Union[Tag]]: Schema<Extract<Union, { readonly [tag in Tag]: Name }>>;
};

/** Something whose variant is named by a property. */
export type Tagged<Tag extends string> = { readonly [tag in Tag]: string };

/** How a payload that doesn't fit is reported. */
export interface RefusalOptions {
  /** What is being read, with its article: "a request". */
  readonly what: string;
  /** The code of the error. */
  readonly code: ErrorCode;
}

/**
 * Checks a value against the variant that its tag names.
 *
 * @param value What was decoded.
 * @param tag The property that names the variant.
 * @param schemas One schema for each variant.
 * @throws {NotebookdError} with the code of the options, naming the field and what was expected.
 */
export function parseVariant<Tag extends string, Union extends Tagged<Tag>>(
  value: unknown,
  tag: Tag,
  schemas: VariantSchemas<Tag, Union>,
  options: RefusalOptions,
): Union {
  const name = tagOf(value, tag, options);
  const table: Readonly<Record<string, Schema<Union>>> = schemas;
  const schema = name !== undefined && Object.hasOwn(table, name) ? table[name] : undefined;
  if (schema === undefined) {
    const known = Object.keys(schemas).map((key) => `"${key}"`).join(", ");
    throw refusal(`field "${tag}": expected one of ${known}, got ${quoteWord(name)}`, options);
  }
  return parseFields(value, schema, options);
}

/**
 * Checks a value against one schema.
 *
 * @throws {NotebookdError} with the code of the options, naming the field and what was expected.
 */
export function parseFields<T>(value: unknown, schema: Schema<T>, options: RefusalOptions): T {
  const result = v.safeParse(schema, value);
  if (result.success) return result.output;
  const issue = result.issues[0];
  const path = v.getDotPath(issue);
  const reason = `expected ${issue.message}, got ${kindOf(issue.input)}`;
  throw refusal(path === null ? reason : `field "${path}": ${reason}`, options);
}

/** Reads the tag of a payload; undefined where it is absent or no text. */
export function tagOf(value: unknown, tag: string, options: RefusalOptions): string | undefined {
  if (!isObject(value)) throw refusal(`expected an object, got ${kindOf(value)}`, options);
  const name = Object.hasOwn(value, tag) ? value[tag] : undefined;
  return typeof name === "string" ? name : undefined;
}

/** Names the kind of a value, and never the value. */
function kindOf(value: unknown): string {
  if (value === undefined) return "nothing";
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  if (value instanceof Uint8Array) return "bytes";
  if (Number.isInteger(value)) return "an integer";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}

/** Quotes what can only be a mistyped tag; a longer text could be anything. */
function quoteWord(word: string | undefined): string {
  if (word === undefined) return "nothing";
  return /^[\w.-]{1,40}$/.test(word) ? `"${word}"` : "another string";
}

function refusal(reason: string, options: RefusalOptions): NotebookdError {
  return new NotebookdError(options.code, `Cannot read ${options.what}: ${reason}`);
}
