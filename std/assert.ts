/**
 * The local provider of `@std/assert`: the names this project uses, with the original's argument
 * order and return values. `deno.jsr.json` maps the name to the original instead.
 *
 * @module
 */

import { diffLines, format } from "./diff.ts";
import { equal } from "./equal.ts";

/** A class, abstract ones included, that makes a `T`. */
type ClassOf<T> = abstract new (...args: never[]) => T;

/** What an `assert` function throws. */
export class AssertionError extends Error {
  /**
   * @param message What was expected and what came instead.
   * @param options The error that caused this one, as `cause`.
   */
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "AssertionError";
  }
}

/**
 * Asserts that a value is truthy.
 *
 * @throws {AssertionError} when it isn't.
 */
export function assert(expr: unknown, msg = ""): asserts expr {
  if (!expr) throw new AssertionError(msg);
}

/**
 * Asserts that a value is falsy.
 *
 * @throws {AssertionError} when it isn't.
 */
export function assertFalse(
  expr: unknown,
  msg = "",
): asserts expr is false | 0 | 0n | "" | null | undefined {
  if (expr) throw new AssertionError(msg);
}

/**
 * Asserts that two values are deeply equal.
 *
 * @throws {AssertionError} with a diff otherwise.
 */
export function assertEquals<T>(actual: T, expected: T, msg?: string): void {
  if (equal(actual, expected)) return;
  const diff = diffLines(format(actual), format(expected));
  throw new AssertionError(
    `Values are not equal${suffix(msg)}\n\n    [Diff] - actual / + expected\n\n${diff}\n`,
  );
}

/**
 * Asserts that two values aren't deeply equal.
 *
 * @throws {AssertionError} when they are.
 */
export function assertNotEquals<T>(actual: T, expected: T, msg?: string): void {
  if (!equal(actual, expected)) return;
  throw new AssertionError(
    `Expected actual: ${format(actual)} not to be: ${format(expected)}${suffix(msg)}`,
  );
}

/**
 * Asserts that two values are the same by `Object.is`.
 *
 * @throws {AssertionError} otherwise.
 */
export function assertStrictEquals<T>(
  actual: unknown,
  expected: T,
  msg?: string,
): asserts actual is T {
  if (Object.is(actual, expected)) return;
  const [a, b] = [format(actual), format(expected)];
  throw new AssertionError(
    a === b
      ? `Values have the same structure but are not reference-equal${suffix(msg)}\n\n${a}\n`
      : `Values are not strictly equal${suffix(msg)}\n\n` +
        `    [Diff] - actual / + expected\n\n${diffLines(a, b)}\n`,
  );
}

/**
 * Asserts that a value is neither null nor undefined.
 *
 * @throws {AssertionError} otherwise.
 */
export function assertExists<T>(actual: T, msg?: string): asserts actual is NonNullable<T> {
  if (actual !== undefined && actual !== null) return;
  throw new AssertionError(
    `Expected actual: "${actual}" to not be null or undefined${suffix(msg)}`,
  );
}

/**
 * Asserts that a value is an instance of a class.
 *
 * @throws {AssertionError} otherwise.
 */
export function assertInstanceOf<T>(
  actual: unknown,
  expectedType: ClassOf<T>,
  msg?: string,
): asserts actual is T {
  if (actual instanceof expectedType) return;
  throw new AssertionError(
    `Expected object to be an instance of "${expectedType.name}" but was ` +
      `"${classNameOf(actual)}"${suffix(msg)}`,
  );
}

/**
 * Asserts that a text matches a pattern.
 *
 * @throws {AssertionError} otherwise.
 */
export function assertMatch(actual: string, expected: RegExp, msg?: string): void {
  if (expected.test(actual)) return;
  throw new AssertionError(
    `Expected actual: "${actual}" to match: "${expected}"${suffix(msg)}`,
  );
}

/**
 * Asserts that a text contains another.
 *
 * @throws {AssertionError} otherwise.
 */
export function assertStringIncludes(actual: string, expected: string, msg?: string): void {
  if (actual.includes(expected)) return;
  throw new AssertionError(
    `Expected actual: "${actual}" to contain: "${expected}"${suffix(msg)}`,
  );
}

/**
 * Asserts that two numbers differ by no more than a tolerance, by default 1e-7 of the expected
 * one.
 *
 * @throws {AssertionError} otherwise.
 */
export function assertAlmostEquals(
  actual: number,
  expected: number,
  tolerance?: number,
  msg?: string,
): void {
  if (Object.is(actual, expected)) return;
  const allowed = tolerance ?? (Number.isFinite(expected) ? Math.abs(expected * 1e-7) : 1e-7);
  if (Math.abs(expected - actual) <= allowed) return;
  throw new AssertionError(
    `Expected actual: "${actual}" to be close to "${expected}": delta ` +
      `"${Math.abs(expected - actual)}" is greater than "${allowed}"${suffix(msg)}`,
  );
}

/**
 * Asserts that an object has at least the properties of another, deeply; arrays are compared
 * element by element.
 *
 * @throws {AssertionError} with a diff otherwise.
 */
export function assertObjectMatch(
  actual: Record<PropertyKey, unknown>,
  expected: Record<PropertyKey, unknown>,
  msg?: string,
): void {
  assertEquals<unknown>(project(actual, expected), expected, msg);
}

/**
 * Asserts that a function throws, with a class and a part of the message if these are given.
 *
 * @returns What was thrown.
 * @throws {AssertionError} when it doesn't throw, or throws something else.
 */
export function assertThrows(fn: () => unknown, msg?: string): unknown;
export function assertThrows<E extends Error = Error>(
  fn: () => unknown,
  errorClass: ClassOf<E>,
  msgIncludes?: string,
  msg?: string,
): E;
export function assertThrows(
  fn: () => unknown,
  errorClassOrMsg?: ClassOf<Error> | string,
  msgIncludes?: string,
  msg?: string,
): unknown {
  const [errorClass, note] = typeof errorClassOrMsg === "function"
    ? [errorClassOrMsg, msg]
    : [undefined, errorClassOrMsg];
  try {
    fn();
  } catch (error) {
    return checkError(error, errorClass, msgIncludes, note);
  }
  throw new AssertionError(`Expected function to throw${suffix(note)}`);
}

/**
 * Asserts that a function's promise rejects, with a class and a part of the message if these are
 * given.
 *
 * @returns What it was rejected with.
 * @throws {AssertionError} when it doesn't reject, throws before there is a promise, or rejects
 * with something else.
 */
export function assertRejects(fn: () => PromiseLike<unknown>, msg?: string): Promise<unknown>;
export function assertRejects<E extends Error = Error>(
  fn: () => PromiseLike<unknown>,
  errorClass: ClassOf<E>,
  msgIncludes?: string,
  msg?: string,
): Promise<E>;
export async function assertRejects(
  fn: () => PromiseLike<unknown>,
  errorClassOrMsg?: ClassOf<Error> | string,
  msgIncludes?: string,
  msg?: string,
): Promise<unknown> {
  const [errorClass, note] = typeof errorClassOrMsg === "function"
    ? [errorClassOrMsg, msg]
    : [undefined, errorClassOrMsg];
  let promise: PromiseLike<unknown>;
  try {
    promise = fn();
  } catch (cause) {
    throw new AssertionError(
      `Function throws when expected to reject${suffix(note)}`,
      { cause },
    );
  }
  try {
    await promise;
  } catch (error) {
    return checkError(error, errorClass, msgIncludes, note);
  }
  throw new AssertionError(`Expected function to reject${suffix(note)}`);
}

/**
 * Fails at once.
 *
 * @throws {AssertionError} always.
 */
export function fail(msg?: string): never {
  throw new AssertionError(`Failed assertion${suffix(msg)}`);
}

/**
 * Marks a line that can't be reached.
 *
 * @throws {AssertionError} always.
 */
export function unreachable(reason?: string): never {
  throw new AssertionError(`Unreachable${suffix(reason)}`);
}

function suffix(msg: string | undefined): string {
  return msg ? `: ${msg}` : "";
}

function classNameOf(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  return Object(value).constructor?.name ?? "Object";
}

function checkError(
  error: unknown,
  errorClass: ClassOf<Error> | undefined,
  msgIncludes: string | undefined,
  note: string | undefined,
): unknown {
  if (errorClass === undefined) return error;
  if (!(error instanceof errorClass)) {
    throw new AssertionError(
      `Expected error to be instance of "${errorClass.name}", but was ` +
        `"${classNameOf(error)}"${suffix(note)}`,
      { cause: error },
    );
  }
  const { message } = error;
  if (msgIncludes && !message.includes(msgIncludes)) {
    throw new AssertionError(
      `Expected error message to include ${JSON.stringify(msgIncludes)}, but got ` +
        `${JSON.stringify(message)}${suffix(note)}`,
      { cause: error },
    );
  }
  return error;
}

/** The part of `actual` that `expected` talks about. */
function project(actual: unknown, expected: unknown): unknown {
  if (Array.isArray(actual) && Array.isArray(expected)) {
    return actual.map((value, index) =>
      index < expected.length ? project(value, expected[index]) : value
    );
  }
  if (!isPlain(actual) || !isPlain(expected)) return actual;
  const result: Record<PropertyKey, unknown> = {};
  for (const key of Reflect.ownKeys(expected)) {
    if (Object.hasOwn(actual, key)) result[key] = project(actual[key], expected[key]);
  }
  return result;
}

function isPlain(value: unknown): value is Record<PropertyKey, unknown> {
  if (typeof value !== "object" || value === null) return false;
  return !Array.isArray(value) && !ArrayBuffer.isView(value) && !(value instanceof Date) &&
    !(value instanceof Map) && !(value instanceof Set) && !(value instanceof RegExp);
}
