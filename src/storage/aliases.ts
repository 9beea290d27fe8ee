/**
 * Under which path a notebook is kept that was untitled before, so that a window that knows it by its
 * UUID finds it after a restart.
 *
 * @module
 */

import { join } from "@std/path";
import { isJsonObject } from "../json.ts";
import { syncFolder, writeFileAtomic } from "./atomic_file.ts";
import { nameOfId } from "./content_hash.ts";
import { denoFileSystem, type FileSystem } from "./file_system.ts";
import { namesOf } from "./journal_folder.ts";
import { fileError, isMissing } from "./os_error.ts";
import { makeStateFolder } from "./state_folder.ts";

/** How many are kept. Who comes back later than that many others finds an empty notebook. */
const MAX_ALIASES = 1000;

/** What {@linkcode Aliases} may be told. */
export interface AliasesOptions {
  /** Where the folder is; the machine's unless given. */
  fileSystem?: FileSystem;
  /** How many are kept; 1,000 unless given. */
  max?: number;
}

/** The aliases of a state folder: small files, each named by the SHA-256 of the old id. */
export class Aliases {
  readonly #folder: string;
  readonly #fileSystem: FileSystem;
  readonly #max: number;

  /**
   * @param folder Where they are; made for the first one.
   * @param options Where that is.
   */
  constructor(folder: string, options: AliasesOptions = {}) {
    this.#folder = folder;
    this.#fileSystem = options.fileSystem ?? denoFileSystem;
    this.#max = options.max ?? MAX_ALIASES;
  }

  /**
   * Notes where a notebook is now. Survives a power loss when it resolves. The oldest notes go where
   * there are too many.
   *
   * @param id What it was called.
   * @param path Where it is.
   * @throws {NotebookdError} with code `storage_failed` or `permission_denied`.
   */
  async record(id: string, path: string): Promise<void> {
    try {
      await makeStateFolder(this.#folder, this.#fileSystem);
      const bytes = new TextEncoder().encode(`${JSON.stringify({ id, path })}\n`);
      await writeFileAtomic(await this.#pathOf(id), bytes, { fileSystem: this.#fileSystem });
      await this.#limit();
    } catch (error) {
      throw fileError(error, `Cannot note where the notebook "${id}" is in "${this.#folder}"`);
    }
  }

  /**
   * Finds where a notebook is.
   *
   * @param id What it was called.
   * @returns The path, or null where nothing usable is noted.
   * @throws {NotebookdError} with code `storage_failed` or `permission_denied`.
   */
  async find(id: string): Promise<string | null> {
    const file = await this.#pathOf(id);
    try {
      const bytes = await this.#fileSystem.readFile(file);
      const note: unknown = JSON.parse(new TextDecoder().decode(bytes));
      if (!isJsonObject(note) || note.id !== id) return null;
      return typeof note.path === "string" ? note.path : null;
    } catch (error) {
      if (isMissing(error) || error instanceof SyntaxError) return null;
      throw fileError(error, `Cannot read "${file}"`);
    }
  }

  /**
   * Forgets where a notebook is.
   *
   * @param id What it was called.
   * @throws {NotebookdError} with code `storage_failed` or `permission_denied`.
   */
  async remove(id: string): Promise<void> {
    const file = await this.#pathOf(id);
    try {
      await this.#fileSystem.remove(file);
      await syncFolder(this.#folder, this.#fileSystem);
    } catch (error) {
      if (!isMissing(error)) throw fileError(error, `Cannot remove "${file}"`);
    }
  }

  async #pathOf(id: string): Promise<string> {
    return join(this.#folder, await nameOfId(id));
  }

  async #limit(): Promise<void> {
    const names = await namesOf(this.#folder, this.#fileSystem);
    if (names.length <= this.#max) return;
    const files: { path: string; modified: number }[] = [];
    for (const name of names) {
      const path = join(this.#folder, name);
      files.push({ path, modified: (await this.#fileSystem.status(path)).modified });
    }
    files.sort((a, b) => a.modified - b.modified);
    for (const { path } of files.slice(0, names.length - this.#max)) {
      await this.#fileSystem.remove(path);
    }
  }
}
