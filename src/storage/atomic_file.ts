/**
 * Files that are there whole or not at all, also after a crash.
 *
 * @module
 */

import { dirname, join } from "@std/path";
import { denoFileSystem, type FileSystem, type OpenFile, writeAll } from "./file_system.ts";
import { fileError, isMissing, osErrorName } from "./os_error.ts";

/** How the names of unfinished files start; whoever watches a folder can ignore them. */
export const TEMPORARY_PREFIX = ".notebookd-";

const TEMPORARY_ENDING = ".tmp";

/** What {@linkcode writeFileAtomic} may be told. */
export interface AtomicWriteOptions {
  /** The permission bits of the file, whatever the umask; `0o600` unless given. */
  mode?: number;
  /**
   * Whether the name survives a power loss when the call resolves, as the content does; true unless
   * given. Whoever writes several files may sync their folder once, by {@linkcode syncFolder}.
   */
  syncFolder?: boolean;
  /** Where to write; the machine's unless given. */
  fileSystem?: FileSystem;
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
  const { fileSystem = denoFileSystem } = options;
  try {
    await publishFile(path, {
      fileSystem,
      fill: (file, temporary) => fill(file, temporary, bytes, options),
      publish: (temporary) => fileSystem.rename(temporary, path),
    });
    if (options.syncFolder !== false) await syncFolder(dirname(path), fileSystem);
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
  const { fileSystem = denoFileSystem } = options;
  try {
    await publishFile(path, {
      fileSystem,
      fill: (file, temporary) => fill(file, temporary, bytes, options),
      publish: async (temporary) => {
        // Unlike a rename, a hard link never replaces what is there.
        await fileSystem.link(temporary, path);
        await fileSystem.remove(temporary);
      },
    });
    if (options.syncFolder !== false) await syncFolder(dirname(path), fileSystem);
    return true;
  } catch (error) {
    if (osErrorName(error) === "EEXIST") return false;
    throw fileError(error, `Cannot write "${path}"`);
  }
}

/** What {@linkcode publishFile} is told. */
export interface PublishFileOptions {
  /** Where to write. */
  fileSystem: FileSystem;
  /** The mode that the new file begins with, less the umask; `0o600` unless given. */
  mode?: number;
  /** Writes the new file, under its temporary path, and syncs it. */
  fill: (file: OpenFile, temporary: string) => Promise<void>;
  /** Puts the new file in its place; nothing may be left under the temporary path. */
  publish: (temporary: string) => Promise<void>;
}

/**
 * Makes a new file in the folder of a path and puts it in its place. If anything fails, the new
 * file is removed. The folder isn't synced.
 *
 * @param path Where the file shall be.
 * @param options How it is filled and put in its place.
 */
export async function publishFile(path: string, options: PublishFileOptions): Promise<void> {
  const { fileSystem } = options;
  // Not made from the file's own name, which may already be as long as names can be.
  const name = `${TEMPORARY_PREFIX}${crypto.randomUUID()}${TEMPORARY_ENDING}`;
  const temporary = join(dirname(path), name);
  try {
    // Open, and so locked, until it has its place: see removeLeftovers().
    using file = await fileSystem.open(temporary, "new", options.mode);
    await tryLock(file);
    await options.fill(file, temporary);
    await options.publish(temporary);
  } catch (error) {
    await removeQuietly(temporary, fileSystem);
    throw error;
  }
}

async function fill(
  file: OpenFile,
  temporary: string,
  bytes: Uint8Array,
  { mode = 0o600, fileSystem = denoFileSystem }: AtomicWriteOptions,
): Promise<void> {
  await writeAll(file, bytes);
  if ((await file.status()).mode !== mode) await fileSystem.chmod(temporary, mode);
  await file.sync();
}

/**
 * Removes unfinished files that crashes left in a folder. One that somebody is writing is locked
 * and stays. What can't be removed stays too: it is in nobody's way.
 *
 * @param folder Where to look.
 * @param fileSystem Where the folder is; the machine's unless given.
 */
export async function removeLeftovers(
  folder: string,
  fileSystem: FileSystem = denoFileSystem,
): Promise<void> {
  let names: string[];
  try {
    names = await fileSystem.names(folder);
  } catch {
    // Writing there will fail with an error that says more.
    return;
  }
  for (const name of names) {
    if (!name.startsWith(TEMPORARY_PREFIX) || !name.endsWith(TEMPORARY_ENDING)) continue;
    const path = join(folder, name);
    try {
      if ((await fileSystem.status(path)).kind !== "file") continue;
      using file = await fileSystem.open(path, "existing");
      if (await file.tryLock()) await fileSystem.remove(path);
    } catch {
      // Somebody else's, or gone by now.
    }
  }
}

async function tryLock(file: OpenFile): Promise<void> {
  try {
    await file.tryLock();
  } catch {
    // Some network file systems have no locks; there, leftovers stay.
  }
}

async function removeQuietly(path: string, fileSystem: FileSystem): Promise<void> {
  try {
    await fileSystem.remove(path);
  } catch {
    // It was never made, or the folder is gone: the error that brought us here says more.
  }
}

/**
 * Makes names that were added to, renamed in or removed from a folder survive a power loss.
 *
 * @param path The folder.
 * @param fileSystem Where the folder is; the machine's unless given.
 */
export async function syncFolder(
  path: string,
  fileSystem: FileSystem = denoFileSystem,
): Promise<void> {
  using folder = await fileSystem.open(path, "read");
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
    await denoFileSystem.remove(path);
  } catch (error) {
    if (!isMissing(error)) throw fileError(error, `Cannot remove "${path}"`);
  }
}
