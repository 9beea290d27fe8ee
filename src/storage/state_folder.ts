/**
 * Folders inside the state folder.
 *
 * @module
 */

import { dirname } from "@std/path";
import { syncFolder } from "./atomic_file.ts";
import type { FileSystem } from "./file_system.ts";
import { isMissing, osErrorName } from "./os_error.ts";

/**
 * Makes a folder, mode 0700, and the ones it is in, if they are missing. Their names survive a power
 * loss when this resolves.
 *
 * @param path The folder, inside one that was checked to be private.
 * @param fileSystem Where to make it.
 */
export async function makeStateFolder(path: string, fileSystem: FileSystem): Promise<void> {
  try {
    await fileSystem.makeFolder(path);
  } catch (error) {
    if (osErrorName(error) === "EEXIST") return;
    if (!isMissing(error) || dirname(path) === path) throw error;
    await makeStateFolder(dirname(path), fileSystem);
    await makeStateFolder(path, fileSystem);
    return;
  }
  await syncFolder(dirname(path), fileSystem);
}
