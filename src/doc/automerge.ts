/**
 * The one file that starts the Automerge library: its WebAssembly is embedded in the npm package as
 * base64, so nothing is read from disk.
 *
 * @module
 */

import * as A from "@automerge/automerge";
import { automergeWasmBase64 } from "@automerge/automerge/wasm";

let started: Promise<void> | undefined;

/**
 * Makes the library ready. Further calls give the promise of the first.
 *
 * @param module The library's WebAssembly, if another thread compiled it already (see
 * {@linkcode compileAutomerge}); that is several times faster than compiling it here.
 *
 * @example
 * ```ts
 * import { initAutomerge } from "@/doc/automerge.ts";
 * import { CrdtDocument } from "@/doc/crdt_document.ts";
 * import { assertEquals } from "@std/assert";
 *
 * await initAutomerge();
 * using doc = CrdtDocument.create();
 * assertEquals(doc.heads(), []);
 * ```
 */
export function initAutomerge(module?: WebAssembly.Module | Uint8Array): Promise<void> {
  return started ??= start(module);
}

/** Compiles the library's WebAssembly once, so that it can be posted to other threads. */
export function compileAutomerge(): Promise<WebAssembly.Module> {
  return WebAssembly.compile(Uint8Array.fromBase64(automergeWasmBase64));
}

/**
 * Tells whether the library still works. A WebAssembly trap (out of memory, stack exhausted) ends
 * the library for good, with every document of this thread: only a new thread helps.
 */
export function isAutomergeAlive(): boolean {
  try {
    A.initSyncState();
    return true;
  } catch {
    return false;
  }
}

async function start(module?: WebAssembly.Module | Uint8Array): Promise<void> {
  const code = module ?? Uint8Array.fromBase64(automergeWasmBase64);
  // The library hands whatever it is given to WebAssembly.instantiate, which takes a compiled
  // module as well; its type just doesn't say so.
  await A.initializeWasm(code as Uint8Array);
}
