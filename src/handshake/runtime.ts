/**
 * The runtimes and package managers that a new notebook can have.
 *
 * @module
 */

import { NotebookdError } from "../errors.ts";

/** What can run a notebook. */
export const RUNTIMES = ["python", "deno"] as const;

/** One of {@linkcode RUNTIMES}. */
export type Runtime = typeof RUNTIMES[number];

/** What can install the packages of a Python notebook. */
export const PACKAGE_MANAGERS = ["uv", "conda", "pixi"] as const;

/** One of {@linkcode PACKAGE_MANAGERS}. */
export type PackageManager = typeof PACKAGE_MANAGERS[number];

/** How much of an unknown name is quoted. */
const MAX_QUOTED = 64;

/**
 * Gives a runtime by its name.
 *
 * @example
 * ```ts
 * import { checkRuntime } from "@/handshake/runtime.ts";
 * import { assertEquals, assertThrows } from "@std/assert";
 *
 * assertEquals(checkRuntime("deno"), "deno");
 * assertThrows(() => checkRuntime("ruby"), Error, 'expected "python" or "deno"');
 * ```
 *
 * @throws {NotebookdError} with code `unsupported_runtime` when there is no such runtime.
 */
export function checkRuntime(name: string): Runtime {
  return check(name, RUNTIMES, "runtime");
}

/**
 * Gives a package manager by its name.
 *
 * @throws {NotebookdError} with code `unsupported_runtime` when there is no such package manager.
 */
export function checkPackageManager(name: string): PackageManager {
  return check(name, PACKAGE_MANAGERS, "package manager");
}

function check<Name extends string>(name: string, known: readonly Name[], kind: string): Name {
  const found = known.find((candidate) => candidate === name);
  if (found !== undefined) return found;
  const names = known.map((candidate) => `"${candidate}"`);
  const allowed = `${names.slice(0, -1).join(", ")} or ${names.at(-1)}`;
  const quoted = JSON.stringify(name.slice(0, MAX_QUOTED));
  throw new NotebookdError(
    "unsupported_runtime",
    `Cannot create a notebook with the ${kind} ${quoted}: expected ${allowed}`,
  );
}
