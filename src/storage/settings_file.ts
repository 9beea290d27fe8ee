/**
 * The settings, kept in a JSON file that a person can edit while the daemon runs.
 *
 * @module
 */

import { basename, dirname } from "@std/path";
import { DEFAULT_SETTINGS, type Settings, type SettingsStore } from "../channels/settings_ports.ts";
import { NotebookdError } from "../errors.ts";
import type { Logger } from "../log.ts";
import { writeFileAtomic } from "./atomic_file.ts";
import { FolderWatch } from "./folder_watch.ts";
import { fileError } from "./os_error.ts";
import { readRegularFile } from "./regular_file.ts";
import {
  type BrokenText,
  changeSettings,
  readSettings,
  sameSettings,
  unusableSettings,
} from "./settings_text.ts";

/** The largest settings file that is read, in bytes. */
const MAX_BYTES = 1024 * 1024;

/** The file as it was last read. */
interface FileText {
  text: string;
  mode: number;
}

/**
 * The {@linkcode SettingsStore} of a file.
 *
 * A file that is missing or broken changes nothing: the settings that were last read stay. A broken
 * file is never written to, since a person is at work in it; that is told once for each content.
 */
export class SettingsFile implements SettingsStore {
  readonly #path: string;
  readonly #logger: Logger;
  readonly #watch: FolderWatch | null;
  readonly #listeners = new Set<(settings: Readonly<Settings>) => void>();
  #current: Readonly<Settings> = DEFAULT_SETTINGS;
  #broken: BrokenText | null = null;
  /** What was last read; only another content is a change. */
  #seen: string | null = null;
  /** The end of the line of reads and writes, which come one at a time. */
  #last: Promise<unknown> = Promise.resolve();

  private constructor(path: string, logger: Logger) {
    this.#path = path;
    this.#logger = logger;
    this.#watch = this.#startWatch();
  }

  /**
   * Reads the file and watches it from then on. A missing file counts as one without settings.
   *
   * @param path The file; its folder must exist.
   * @param options Where what is wrong with the file is told.
   * @throws {NotebookdError} with code `not_found` when the folder is missing, `permission_denied`,
   * `not_a_file`, `too_large` or `storage_failed` when the file can't be read.
   */
  static async open(path: string, options: { logger: Logger }): Promise<SettingsFile> {
    // Watching begins before reading: a change between the two would be missed otherwise.
    const file = new SettingsFile(path, options.logger);
    try {
      await file.#inTurn(() => file.#load());
      return file;
    } catch (error) {
      await file[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** The settings now. */
  get current(): Readonly<Settings> {
    return this.#current;
  }

  /** See {@linkcode SettingsStore.update}. */
  async update(change: Partial<Settings>): Promise<void> {
    const unusable = unusableSettings(change);
    if (unusable.length > 0) throw unusableError(unusable);
    await this.#inTurn(async () => {
      // The file of this moment is what gets changed: nothing a person just saved is lost.
      const file = await this.#load();
      if (this.#broken !== null) throw brokenError(this.#path, this.#broken);
      const next = { ...structuredClone(this.#current), ...structuredClone(change) };
      if (sameSettings(next, this.#current)) return;
      const text = changeSettings(file?.text ?? "", this.#current, next);
      this.#checkSays(text, next);
      const target = file === null ? this.#path : await Deno.realPath(this.#path);
      await writeFileAtomic(target, new TextEncoder().encode(text), { mode: file?.mode ?? 0o600 });
      this.#seen = text;
      this.#change(next);
    });
  }

  /** See {@linkcode SettingsStore.subscribe}. */
  subscribe(listener: (settings: Readonly<Settings>) => void): Disposable {
    const own = (settings: Readonly<Settings>) => listener(settings);
    this.#listeners.add(own);
    return {
      [Symbol.dispose]: () => {
        this.#listeners.delete(own);
      },
    };
  }

  /** Ends the watch; what is being written is written to its end. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#listeners.clear();
    await this.#watch?.[Symbol.asyncDispose]();
    await this.#last;
  }

  /** Watches are few on some machines; without one, edits count from the next update or start on. */
  #startWatch(): FolderWatch | null {
    try {
      return new FolderWatch(dirname(this.#path), {
        changed: (names) => {
          if (names.size === 0 || names.has(basename(this.#path))) void this.#reloadQuietly();
        },
      });
    } catch (error) {
      const failure = fileError(error, `Cannot watch the settings "${this.#path}"`);
      if (failure.code === "not_found") throw failure;
      this.#logger.warn("Settings file isn't watched; restart after editing it", {
        code: failure.code,
        reason: failure.message,
      });
      return null;
    }
  }

  /** Of a key that stands there twice, the editor changes the first and the reader takes the last. */
  #checkSays(text: string, next: Readonly<Settings>): void {
    const read = readSettings(text, DEFAULT_SETTINGS);
    if (read.kind === "settings" && sameSettings(read.settings, next)) return;
    throw new NotebookdError(
      "storage_failed",
      `Cannot change the settings: "${this.#path}" would not say what it should; look for a key that stands there twice`,
    );
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#last.then(work);
    this.#last = result.catch(() => {});
    return result;
  }

  async #reloadQuietly(): Promise<void> {
    try {
      await this.#inTurn(() => this.#load());
    } catch (error) {
      const { code, message } = fileError(error, `Cannot read the settings "${this.#path}"`);
      this.#logger.warn("Settings stay as they were", { code, reason: message });
    }
  }

  /** Reads the file and takes over what it says. */
  async #load(): Promise<FileText | null> {
    const file = await readText(this.#path);
    if (file !== null && file.text !== this.#seen) {
      this.#seen = file.text;
      this.#take(file.text);
    }
    if (file === null) {
      this.#seen = null;
      this.#broken = null;
    }
    return file;
  }

  #take(text: string): void {
    const read = readSettings(text, DEFAULT_SETTINGS);
    if (read.kind === "broken") {
      this.#broken = read.broken;
      this.#logger.warn("Settings file is broken and the settings stay as they were", {
        path: this.#path,
        ...read.broken,
      });
      return;
    }
    this.#broken = null;
    for (const setting of read.ignored) {
      this.#logger.warn("Value of a setting can't be used and the default counts", {
        path: this.#path,
        setting,
      });
    }
    this.#change(read.settings);
  }

  #change(next: Settings): void {
    if (sameSettings(next, this.#current)) return;
    this.#current = next;
    for (const listener of this.#listeners) listener(next);
  }
}

async function readText(path: string): Promise<FileText | null> {
  try {
    const { bytes, mode } = await readRegularFile(path, `Cannot read the settings "${path}"`, {
      maxBytes: MAX_BYTES,
    });
    return { text: new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes), mode };
  } catch (error) {
    if (error instanceof NotebookdError && error.code === "not_found") return null;
    throw error;
  }
}

function unusableError(names: readonly string[]): NotebookdError {
  return new NotebookdError(
    "invalid_argument",
    `Cannot change the settings: the value of "${names.join('", "')}" is of the wrong kind`,
  );
}

function brokenError(path: string, { line, column }: BrokenText): NotebookdError {
  return new NotebookdError(
    "storage_failed",
    `Cannot change the settings: "${path}" is broken at line ${line}, column ${column}; correct it first`,
  );
}
