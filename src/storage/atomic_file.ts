/**
 * Files that are there whole or not at all, also after a crash.
 *
 * @module
 */

import { dirname, join } from "@std/path";
import { fileError, isMissing, osErrorName } from "./os_error.ts";

/** How the names of unfinished files start; whoever watches a folder can ignore them. */
export const TEMPORARY_PREFIX = ".notebookd-";

/** What {@linkcode writeFileAtomic} may be told. */
export interface AtomicWriteOptions {
  /** The permission bits of the file, whatever the umask; `0o600` unless given. */
  mode?: number;
}

/**
 * Replaces a file, or makes it. Readers see the old content or the new, never a part; when this
 * resolves, the new content survives a power loss. The bytes are at no moment readable by more
 * people than the mode says.
 *
 * @param path Where the file shall be. A symbolic link there is replaced, not followed.
 * @param bytes The whole content.
 * @param options The permission bits.
 * @throws {NotebookdError} with code `permission_denied`, `not_found` (the folder is missing) or
 * `storage_failed`. The old file is as it was then, and nothing is left beside it.
 */
export async function writeFileAtomic(
  path: string,
  bytes: Uint8Array,
  options: AtomicWriteOptions = {},
): Promise<void> {
  try {
    await usingTemporary(path, bytes, options, async (temporary) => {
      await Deno.rename(temporary, path);
    });
  } catch (error) {
    throw fileError(error, `Cannot write "${path}"`);
  }
}

/**
 * Makes a file only if nothing is at its path: of several at the same moment exactly one wins.
 *
 * @param path Where the file shall be.
 * @param bytes The whole content.
 * @param options The permission bits.
 * @returns Whether this call made it.
 * @throws {NotebookdError} as {@linkcode writeFileAtomic}.
 */
export async function createFileAtomic(
  path: string,
  bytes: Uint8Array,
  options: AtomicWriteOptions = {},
): Promise<boolean> {
  try {
    await usingTemporary(path, bytes, options, async (temporary) => {
      // Unlike a rename, a hard link never replaces what is there.
      await Deno.link(temporary, path);
      await Deno.remove(temporary);
    });
    return true;
  } catch (error) {
    if (osErrorName(error) === "EEXIST") return false;
    throw fileError(error, `Cannot write "${path}"`);
  }
}

async function usingTemporary(
  path: string,
  bytes: Uint8Array,
  { mode = 0o600 }: AtomicWriteOptions,
  publish: (temporary: string) => Promise<void>,
): Promise<void> {
  // Not made from the file's own name, which may already be as long as names can be.
  const temporary = join(dirname(path), `${TEMPORARY_PREFIX}${crypto.randomUUID()}.tmp`);
  try {
    await writeDurably(temporary, bytes, mode);
    await publish(temporary);
  } catch (error) {
    await removeIfThere(temporary);
    throw error;
  }
  await syncFolder(dirname(path));
}

async function writeDurably(path: string, bytes: Uint8Array, mode: number): Promise<void> {
  using file = await Deno.open(path, { write: true, createNew: true, mode: 0o600 });
  for (let written = 0; written < bytes.length;) {
    written += await file.write(bytes.subarray(written));
  }
  if (((await file.stat()).mode ?? 0) % 0o10000 !== mode) await Deno.chmod(path, mode);
  await file.sync();
}

async function removeIfThere(path: string): Promise<void> {
  try {
    await Deno.remove(path);
  } catch {
    // It was never made, or the folder is gone: the error that brought us here says more.
  }
}

/**
 * Makes names that were added to, renamed in or removed from a folder survive a power loss.
 *
 * @param path The folder.
 */
export async function syncFolder(path: string): Promise<void> {
  using folder = await Deno.open(path, { read: true });
  try {
    await folder.sync();
  } catch (error) {
    // Some network and virtual file systems can't sync a folder; the file itself is safe there.
    const name = osErrorName(error);
    if (name !== "EINVAL" && name !== "ENOTSUP") throw error;
  }
}

/**
 * Removes a file, if it is there.
 *
 * @param path The file.
 * @throws {NotebookdError} with code `permission_denied` or `storage_failed`.
 */
export async function removeFile(path: string): Promise<void> {
  try {
    await Deno.remove(path);
  } catch (error) {
    if (!isMissing(error)) throw fileError(error, `Cannot remove "${path}"`);
  }
}
