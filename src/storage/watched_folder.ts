/**
 * One folder that is watched for as long as anyone wants to know of a file in it, whether it can be
 * watched or not, and whether it is there or not.
 *
 * @module
 */

import { basename, join } from "@std/path";
import type { Clock } from "../clock.ts";
import type { Logger } from "../log.ts";
import type { FileSystem } from "./file_system.ts";
import type { FolderListener } from "./folder_watch.ts";
import { fileError, isMissing, osErrorName } from "./os_error.ts";

/** After how long a folder that went away is looked for first, in milliseconds. */
const FIRST_RETRY_MS = 100;

/** How long the next look for such a folder waits at most, in milliseconds. */
const LAST_RETRY_MS = 30_000;

/** How often files are looked at where their folder can't be watched, in milliseconds. */
const LOOK_EVERY_MS = 2000;

/** Begins to watch a folder; throws what the operating system says when that can't be done. */
export type WatchFolder = (folder: string, listener: FolderListener) => AsyncDisposable;

/** What a watched folder works with. */
export interface WatchedFolderParts {
  readonly clock: Clock;
  readonly logger: Logger;
  /** Where the folder is. */
  readonly fileSystem: FileSystem;
  readonly watchFolder: WatchFolder;
}

/** Somebody who wants to know of a file. */
interface Listener {
  readonly name: string;
  readonly changed: () => void;
  /** What the file looked like at the last look; undefined before the first. */
  look: string | undefined;
}

/** See the module. */
export class WatchedFolder implements AsyncDisposable {
  readonly #folder: string;
  readonly #parts: WatchedFolderParts;
  readonly #listeners = new Set<Listener>();
  #watch: AsyncDisposable | null = null;
  #timer: Disposable | null = null;
  #wait = FIRST_RETRY_MS;
  #ending: Promise<void> = Promise.resolve();
  #closed = false;

  /**
   * Begins to watch.
   *
   * @param folder The canonical path of the folder.
   * @param parts What it works with.
   */
  constructor(folder: string, parts: WatchedFolderParts) {
    this.#folder = folder;
    this.#parts = parts;
    this.#start();
  }

  /** Whether nobody wants to know anything any more. */
  get idle(): boolean {
    return this.#listeners.size === 0;
  }

  /**
   * Tells from now on when a file may have changed.
   *
   * @param path The file.
   * @param changed Called each time.
   * @returns Ends that.
   */
  add(path: string, changed: () => void): Disposable {
    const listener: Listener = { name: basename(path), changed, look: undefined };
    this.#listeners.add(listener);
    return { [Symbol.dispose]: () => void this.#listeners.delete(listener) };
  }

  /** Ends the watch. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    this.#stop();
    await this.#ending;
  }

  /** Gives whether the folder is there, or may be. */
  #start(): boolean {
    try {
      this.#watch = this.#parts.watchFolder(this.#folder, {
        changed: (names) => this.#tell(names),
        lost: () => this.#lost(),
      });
      this.#wait = FIRST_RETRY_MS;
      return true;
    } catch (error) {
      if (isMissing(error) || osErrorName(error) === "ENOTDIR") {
        this.#retryLater();
        return false;
      }
      const { code, message } = fileError(error, `Cannot watch the folder "${this.#folder}"`);
      this.#parts.logger.warn("Folder can't be watched, so its notebooks are looked at instead", {
        folder: this.#folder,
        everyMs: LOOK_EVERY_MS,
        code,
        reason: message,
      });
      this.#lookLater();
      return true;
    }
  }

  #stop(): void {
    this.#timer?.[Symbol.dispose]();
    this.#timer = null;
    const watch = this.#watch;
    this.#watch = null;
    if (watch !== null) this.#awaitAtEnd(watch[Symbol.asyncDispose]());
  }

  #lost(): void {
    if (this.#closed || this.#watch === null) return;
    this.#parts.logger.warn("Folder of open notebooks is gone; it is looked for", {
      folder: this.#folder,
    });
    this.#stop();
    this.#retryLater();
    this.#tell();
  }

  #retryLater(): void {
    const wait = this.#wait;
    this.#wait = Math.min(2 * wait, LAST_RETRY_MS);
    this.#timer = this.#parts.clock.timer(wait, () => {
      if (!this.#start()) return;
      this.#parts.logger.info("Folder of open notebooks is back", { folder: this.#folder });
      this.#tell();
    });
  }

  #lookLater(): void {
    this.#timer = this.#parts.clock.timer(LOOK_EVERY_MS, () => {
      this.#awaitAtEnd(this.#look());
    });
  }

  #awaitAtEnd(work: PromiseLike<void>): void {
    const before = this.#ending;
    this.#ending = (async () => {
      await before;
      await work;
    })();
  }

  async #look(): Promise<void> {
    for (const listener of this.#listeners) {
      const look = await this.#lookOf(listener.name);
      // The first look tells nothing of what came before it.
      if (look !== listener.look && !this.#closed) listener.changed();
      listener.look = look;
    }
    if (!this.#closed) this.#lookLater();
  }

  async #lookOf(name: string): Promise<string> {
    try {
      const { dev, ino, size, modified } = await this.#parts.fileSystem.status(
        join(this.#folder, name),
      );
      return `${dev} ${ino} ${size} ${modified}`;
    } catch (error) {
      return osErrorName(error) ?? "unknown";
    }
  }

  /** No names stand for all. */
  #tell(names: ReadonlySet<string> = new Set()): void {
    if (this.#closed) return;
    for (const { name, changed } of this.#listeners) {
      if (names.size === 0 || names.has(name)) changed();
    }
  }
}
