/**
 * Watches files through their folders, each folder once for all files in it.
 *
 * @module
 */

import { dirname } from "@std/path";
import type { Clock } from "../clock.ts";
import type { Logger } from "../log.ts";
import { denoFileSystem, type FileSystem } from "./file_system.ts";
import { FolderWatch } from "./folder_watch.ts";
import { WatchedFolder, type WatchFolder } from "./watched_folder.ts";

/** What {@linkcode FolderWatches} is told. */
export interface FolderWatchesOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  /** Where the folders are; the machine's unless given. */
  readonly fileSystem?: FileSystem;
  /** Begins to watch one; the machine's way unless given. */
  readonly watchFolder?: WatchFolder;
}

/**
 * See the module. A folder that goes away is looked for until it is back, at growing intervals of up
 * to 30 s. Where a folder can't be watched, size, inode and time of the files are looked at every
 * 2 s.
 */
export class FolderWatches implements AsyncDisposable {
  readonly #options: Required<FolderWatchesOptions>;
  readonly #folders = new Map<string, WatchedFolder>();

  /** @param options What it works with. */
  constructor(options: FolderWatchesOptions) {
    this.#options = {
      fileSystem: denoFileSystem,
      watchFolder: (folder, listener) => new FolderWatch(folder, listener),
      ...options,
    };
  }

  /**
   * Tells when a file may have changed, come or gone: a hint, which only its content confirms.
   *
   * @param path The canonical path of the file, so that a link to it needs no watch of its own.
   * @param changed Called for each hint, however many there are.
   * @returns Ends that.
   */
  watch(path: string, changed: () => void): AsyncDisposable {
    const folder = dirname(path);
    const watched = this.#folders.get(folder) ?? new WatchedFolder(folder, this.#options);
    this.#folders.set(folder, watched);
    const listening = watched.add(path, changed);
    return {
      [Symbol.asyncDispose]: async () => {
        listening[Symbol.dispose]();
        if (!watched.idle) return;
        if (this.#folders.get(folder) === watched) this.#folders.delete(folder);
        await watched[Symbol.asyncDispose]();
      },
    };
  }

  /** Ends all of them. */
  async [Symbol.asyncDispose](): Promise<void> {
    const folders = [...this.#folders.values()];
    this.#folders.clear();
    await Promise.all(folders.map((folder) => folder[Symbol.asyncDispose]()));
  }
}
