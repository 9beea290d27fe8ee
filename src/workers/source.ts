/**
 * Where a worker's code is. The name `#worker` in deno.json leads here; a bundle has a module of its
 * own under that name, which holds the worker's code as text.
 *
 * @module
 */

/** Gives the address of the module that a worker runs. */
export function workerUrl(): string {
  return new URL("./entry.ts", import.meta.url).href;
}
