/**
 * JSON values that keep the spelling of their numbers.
 *
 * @module
 */

/**
 * What ECMAScript's "JSON.parse source text access" adds: the reviver learns how a primitive was
 * spelled, and `rawJSON` makes a value that `JSON.stringify` writes as that spelling. The runtime
 * has it; TypeScript's library doesn't declare it yet.
 */
interface SourceTextAccess {
  parse(
    text: string,
    reviver: (key: string, value: unknown, context: { source?: string }) => unknown,
  ): unknown;
  rawJSON(text: string): object;
}

const exactJson = JSON as unknown as SourceTextAccess;

/**
 * Parses JSON so that `JSON.stringify` of the result, or of any part of it, spells every number as
 * the text does. Six times as slow as plain parsing: only for texts that need it.
 *
 * @param text Valid JSON, with its nesting already capped: a reviver makes the parser recurse.
 * @returns The value. A number whose spelling JavaScript would change is an opaque object that only
 * `JSON.stringify` understands, so nothing but that may be done with the result.
 * @throws {SyntaxError} when the text isn't JSON.
 *
 * @example
 * ```ts
 * import { parseExact } from "@/ipynb/exact.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(JSON.stringify(parseExact('{"a": [1.0, 1e5, 2]}')), '{"a":[1.0,1e5,2]}');
 * ```
 */
export function parseExact(text: string): unknown {
  return exactJson.parse(text, (_key, value, { source }) => {
    if (typeof value !== "number" || source === undefined) return value;
    return String(value) === source ? value : exactJson.rawJSON(source);
  });
}
