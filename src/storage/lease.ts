/**
 * Which process may serve a notebook, of all that share a state folder.
 *
 * The operating system's lock on a file decides, and nothing else: it ends when its process dies,
 * however that happens, so a dead owner never has to be told from a living one. Process ids come
 * again, and the start time that would tell them apart can't be read without every permission.
 *
 * Daemons with different state folders don't see each other's leases. What they do to a file shows
 * by its content when it is saved.
 *
 * @module
 */

import { join } from "@std/path";
import { NotebookdError } from "../errors.ts";
import { isJsonObject } from "../json.ts";
import { nameOfId } from "./content_hash.ts";
import { denoFileSystem, type FileSystem, type OpenFile, writeAll } from "./file_system.ts";
import { fileError, isMissing, osErrorName } from "./os_error.ts";
import { makeStateFolder } from "./state_folder.ts";

/** The right to serve a notebook and to use its journal. Disposing it gives the right back. */
export interface Lease extends AsyncDisposable {
  /** The notebook: its canonical path, or its UUID. */
  readonly id: string;
  /** The SHA-256 of the id, under which the state folder keeps things of this notebook. */
  readonly name: string;
  /** The process that died holding it; null if the last one gave it back. */
  readonly previousPid: number | null;
}

/** What {@linkcode Leases} is told. */
export interface LeasesOptions {
  /** This process, for whoever comes second. */
  pid: number;
  /** Where the leases are; the machine's unless given. */
  fileSystem?: FileSystem;
}

/** How often a lease is tried whose file goes away at the moment in which it is taken. */
const MAX_TRIES = 20;

/** What the operating system says on file systems without locks. */
const NO_LOCKS: ReadonlySet<string | undefined> = new Set([
  "EINVAL",
  "ENOLCK",
  "ENOSYS",
  "ENOTSUP",
  "EOPNOTSUPP",
]);

/**
 * The leases of one state folder.
 *
 * @example
 * ```ts
 * import { Leases } from "@/storage/lease.ts";
 * import { assertRejects } from "@std/assert";
 *
 * const folder = await Deno.makeTempDir();
 * const leases = new Leases(folder, { pid: Deno.pid });
 * {
 *   await using _lease = await leases.take("/work/a.ipynb");
 *   await assertRejects(() => leases.take("/work/a.ipynb"));
 * }
 * await Deno.remove(folder);
 * ```
 */
export class Leases {
  readonly #folder: string;
  readonly #pid: number;
  readonly #fileSystem: FileSystem;
  /** Those that this process holds for a moment only, each until its promise resolves. */
  readonly #brief = new Map<string, Promise<void>>();

  /**
   * @param folder Where the lease files are; made when the first is taken.
   * @param options This process.
   */
  constructor(folder: string, options: LeasesOptions) {
    this.#folder = folder;
    this.#pid = options.pid;
    this.#fileSystem = options.fileSystem ?? denoFileSystem;
  }

  /**
   * Takes the right to serve a notebook.
   *
   * @param id The canonical path of the notebook, or its UUID.
   * @throws {NotebookdError} with code `path_in_use`, naming the owner's process id, when somebody
   * has it, also this process; `permission_denied` or `storage_failed` when the state folder can't
   * be used.
   */
  async take(id: string): Promise<Lease> {
    const name = await nameOfId(id);
    for (let held = this.#brief.get(name); held !== undefined; held = this.#brief.get(name)) {
      await held;
    }
    const lease = await this.#take(name, id);
    if (lease !== null) return lease;
    const pid = (await this.#record(name)).pid;
    throw new NotebookdError(
      "path_in_use",
      `Cannot serve the notebook "${id}": ${
        pid === null ? "another process" : `process ${pid}`
      } serves it already; close it there or stop that process, then try again`,
    );
  }

  /**
   * Does something about a notebook that nobody serves. A {@linkcode Leases.take} of this process
   * waits for it instead of being refused.
   *
   * @param name The SHA-256 of the notebook's id as 64 hex digits.
   * @param run What is done.
   * @returns Whether it was done: false if somebody serves the notebook.
   * @throws {NotebookdError} as {@linkcode Leases.take}, and whatever `run` throws.
   */
  async whileFree(name: string, run: () => Promise<void>): Promise<boolean> {
    if (this.#brief.has(name)) return false;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#brief.set(name, promise);
    try {
      await using lease = await this.#take(name, null);
      if (lease === null) return false;
      await run();
      return true;
    } finally {
      this.#brief.delete(name);
      resolve();
    }
  }

  async #take(name: string, id: string | null): Promise<Lease | null> {
    const path = join(this.#folder, name);
    try {
      await makeStateFolder(this.#folder, this.#fileSystem);
      const file = await this.#lock(path);
      if (file === null) return null;
      try {
        const previous = await this.#record(name);
        await file.truncate(0);
        const record = JSON.stringify({ pid: this.#pid, id: id ?? previous.id });
        await writeAll(file, new TextEncoder().encode(`${record}\n`));
        return this.#lease(file, { id: id ?? "", name, previousPid: previous.pid });
      } catch (error) {
        file[Symbol.dispose]();
        throw error;
      }
    } catch (error) {
      throw leaseError(error, path);
    }
  }

  /** Locks the file that has the path; null if somebody else has locked it. */
  async #lock(path: string): Promise<OpenFile | null> {
    for (let tries = 0; tries < MAX_TRIES; tries++) {
      const file = await this.#fileSystem.open(path, "update");
      let keep = false;
      try {
        if (!(await file.tryLock())) return null;
        // Its owner removes the file when it gives the lease back: then this lock is on a file
        // without a name, and the next one to come would lock a new file of the same name.
        keep = await this.#leadsTo(path, file);
        if (keep) return file;
      } finally {
        if (!keep) file[Symbol.dispose]();
      }
    }
    return null;
  }

  async #leadsTo(path: string, file: OpenFile): Promise<boolean> {
    try {
      const [named, opened] = [await this.#fileSystem.status(path), await file.status()];
      return named.dev === opened.dev && named.ino === opened.ino;
    } catch (error) {
      if (isMissing(error)) return false;
      throw error;
    }
  }

  #lease(file: OpenFile, lease: Pick<Lease, "id" | "name" | "previousPid">): Lease {
    let held = true;
    return {
      ...lease,
      [Symbol.asyncDispose]: async () => {
        if (!held) return;
        held = false;
        // Removed while the lock is held, so that nobody can have taken it in between.
        using _locked = file;
        try {
          await this.#fileSystem.remove(join(this.#folder, lease.name));
        } catch {
          // A file that stays behind without a lock is in nobody's way.
        }
      },
    };
  }

  /** Who says that they hold it: it may be empty in the moment in which it is being taken. */
  async #record(name: string): Promise<{ pid: number | null; id: string | null }> {
    try {
      const bytes = await this.#fileSystem.readFile(join(this.#folder, name));
      const record: unknown = JSON.parse(new TextDecoder().decode(bytes));
      if (!isJsonObject(record)) return { pid: null, id: null };
      const { pid, id } = record;
      return {
        pid: typeof pid === "number" ? pid : null,
        id: typeof id === "string" ? id : null,
      };
    } catch (error) {
      if (error instanceof SyntaxError || isMissing(error)) return { pid: null, id: null };
      throw error;
    }
  }
}

function leaseError(error: unknown, path: string): NotebookdError {
  const attempted = `Cannot take the lease "${path}"`;
  if (!NO_LOCKS.has(osErrorName(error))) return fileError(error, attempted);
  return new NotebookdError(
    "storage_failed",
    `${attempted}: the file system there has no file locks; choose another state folder with --state`,
    { cause: error },
  );
}
