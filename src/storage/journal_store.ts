/**
 * The journals of a state folder, one folder for each notebook, named by the SHA-256 of its id.
 *
 * @module
 */

import { join } from "@std/path";
import type { Clock } from "../clock.ts";
import { NotebookdError } from "../errors.ts";
import type { Logger } from "../log.ts";
import { syncFolder } from "./atomic_file.ts";
import { nameOfId } from "./content_hash.ts";
import { denoFileSystem, type FileSystem } from "./file_system.ts";
import type { Journal } from "./journal.ts";
import { concatBytes } from "./journal_chunks.ts";
import { type JournalEntry, listJournals, readEntry } from "./journal_entries.ts";
import { type FoundJournal, namesOf, readJournal, removeJournal } from "./journal_folder.ts";
import { META_NAME, timeName } from "./journal_names.ts";
import {
  beginJournal,
  type FirstContent,
  type JournalContent,
  type JournalPlace,
  openJournal,
  usableLog,
} from "./journal_open.ts";
import type { Lease, Leases } from "./lease.ts";
import { fileError, isMissing, osErrorName } from "./os_error.ts";

/** What {@linkcode JournalStore.open} found. */
export type OpenedJournal =
  /** A journal of an earlier run. */
  | { readonly kind: "found"; readonly journal: Journal; readonly content: JournalContent }
  /** None. */
  | { readonly kind: "none" }
  /** One that can't be used; it was kept under the name `aside`. */
  | { readonly kind: "corrupt"; readonly aside: string };

/** What {@linkcode JournalStore} is told. */
export interface JournalStoreOptions {
  /** The leases of the same state folder. */
  readonly leases: Leases;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Where the journals are; the machine's unless given. */
  readonly fileSystem?: FileSystem;
}

/** How often a journal is read again that is compacted while it is read. */
const MAX_READS = 5;

/**
 * See the module.
 *
 * @example
 * ```ts
 * import { systemClock } from "@/clock.ts";
 * import { silentLogger as logger } from "@/log.ts";
 * import { JournalStore } from "@/storage/journal_store.ts";
 * import { Leases } from "@/storage/lease.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const folder = await Deno.makeTempDir();
 * const leases = new Leases(`${folder}/leases`, { pid: Deno.pid });
 * const store = new JournalStore(`${folder}/journals`, { leases, clock: systemClock, logger });
 * {
 *   await using lease = await leases.take("/work/a.ipynb");
 *   assertEquals((await store.open(lease)).kind, "none");
 *   const first = { snapshot: new Uint8Array([1]), baseline: null };
 *   await using _journal = await store.create(lease, first);
 *   assertEquals((await store.list()).map(({ id }) => id), ["/work/a.ipynb"]);
 * }
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export class JournalStore {
  readonly #folder: string;
  readonly #leases: Leases;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #fileSystem: FileSystem;

  /**
   * @param folder Where the journals are; made when the first is begun.
   * @param options What it works with.
   */
  constructor(folder: string, options: JournalStoreOptions) {
    this.#folder = folder;
    this.#leases = options.leases;
    this.#clock = options.clock;
    this.#logger = options.logger;
    this.#fileSystem = options.fileSystem ?? denoFileSystem;
  }

  /**
   * Opens the journal of a notebook. A torn end is cut off; a corrupt journal is put aside.
   *
   * @param lease The right to it, held until the journal is closed.
   * @throws {NotebookdError} with code `storage_failed` or `permission_denied` when it can't be read;
   * it is left as it is then.
   */
  async open(lease: Lease): Promise<OpenedJournal> {
    const path = this.#pathOf(lease.name);
    try {
      const found = await readJournal(path, this.#fileSystem, lease.id);
      switch (found.kind) {
        case "none":
          return { kind: "none" };
        case "corrupt":
          return { kind: "corrupt", aside: await this.setAside(lease, found.reason) };
        case "whole":
          return { kind: "found", ...await openJournal(this.#place(lease), found) };
        default:
          return found satisfies never;
      }
    } catch (error) {
      throw fileError(error, `Cannot open the journal "${path}" of the notebook "${lease.id}"`);
    }
  }

  /**
   * Begins the journal of a notebook that has none. When this resolves, it survives a power loss.
   *
   * @param lease The right to it, held until the journal is closed.
   * @param first The document and the file as they are.
   * @throws {NotebookdError} with code `storage_failed` or `permission_denied`; there is no journal
   * then.
   */
  async create(lease: Lease, first: FirstContent): Promise<Journal> {
    const path = this.#pathOf(lease.name);
    try {
      return await beginJournal(this.#place(lease), first);
    } catch (error) {
      throw fileError(error, `Cannot begin the journal "${path}" of the notebook "${lease.id}"`);
    }
  }

  /**
   * Makes a journal that of another notebook: after its notebook was saved under another path. A
   * journal that the other notebook has is put aside.
   *
   * @param journal The journal, open; it goes on, and chunks may be appended all the while.
   * @param lease The right to the other notebook. The old one may be given back afterwards.
   * @throws {NotebookdError} with code `storage_failed` or `permission_denied`; ask
   * {@linkcode JournalStore.isOf} whose it is then.
   */
  async move(journal: Journal, lease: Lease): Promise<void> {
    const path = this.#pathOf(lease.name);
    await this.vacate(lease, "another notebook took its place");
    await journal.moveTo(path, lease.id);
  }

  /** Tells whether an open journal has its place under the notebook of a lease. */
  isOf(journal: Journal, lease: Lease): boolean {
    return journal.path === this.#pathOf(lease.name);
  }

  /**
   * Tells whether a notebook has a journal, without looking into it.
   *
   * @param id The canonical path of the notebook, or its UUID.
   * @throws {NotebookdError} with code `storage_failed` or `permission_denied`.
   */
  async has(id: string): Promise<boolean> {
    const path = this.#pathOf(await nameOfId(id));
    try {
      return (await namesOf(path, this.#fileSystem)).includes(META_NAME);
    } catch (error) {
      throw fileError(error, `Cannot look for the journal "${path}"`);
    }
  }

  /**
   * Makes sure that a notebook has no journal: one that it has is put aside.
   *
   * @param lease The right to it; its journal must not be open.
   * @param reason Why, for the log.
   * @throws {NotebookdError} with code `storage_failed` or `permission_denied`.
   */
  async vacate(lease: Lease, reason: string): Promise<void> {
    const path = this.#pathOf(lease.name);
    try {
      const names = await namesOf(path, this.#fileSystem);
      if (names.includes(META_NAME)) await this.setAside(lease, reason);
      else await removeJournal(path, this.#fileSystem);
    } catch (error) {
      throw fileError(error, `Cannot clear the place of the journal "${path}"`);
    }
  }

  /**
   * Puts the journal of a notebook aside, where nothing but a person touches it. Also for one whose
   * content Automerge refuses.
   *
   * @param lease The right to it; the journal must be closed.
   * @param reason Why, for the log.
   * @returns Where it is now.
   * @throws {NotebookdError} with code `storage_failed` or `permission_denied`.
   */
  async setAside(lease: Lease, reason: string): Promise<string> {
    const path = this.#pathOf(lease.name);
    const base = `${path}.corrupt-${timeName(this.#clock.now())}`;
    for (let count = 1;; count++) {
      const aside = count === 1 ? base : `${base}-${count}`;
      try {
        await this.#fileSystem.rename(path, aside);
        await syncFolder(this.#folder, this.#fileSystem);
      } catch (error) {
        if (osErrorName(error) === "ENOTEMPTY" || osErrorName(error) === "EEXIST") continue;
        throw fileError(error, `Cannot put the journal "${path}" aside`);
      }
      this.#logger.warn("Journal was put aside", { notebook: lease.id, reason, aside });
      return aside;
    }
  }

  /**
   * Lists what is in the folder, also what was put aside, the longest unchanged first.
   *
   * @throws {NotebookdError} with code `storage_failed` or `permission_denied`.
   */
  async list(): Promise<JournalEntry[]> {
    try {
      return await listJournals(this.#folder, this.#fileSystem);
    } catch (error) {
      throw fileError(error, `Cannot list the journals in "${this.#folder}"`);
    }
  }

  /** How many bytes all of it takes up. Throws as {@linkcode JournalStore.list}. */
  async totalBytes(): Promise<number> {
    return sumBytes(await this.list());
  }

  /**
   * Gives the document of a journal as one file that Automerge loads. Works also while the journal
   * is in use, and changes nothing.
   *
   * @param id The canonical path of the notebook, or its UUID.
   * @throws {NotebookdError} with code `not_found` when it has none, and `storage_failed` or
   * `permission_denied` when it is damaged or can't be read.
   */
  async export(id: string): Promise<Uint8Array> {
    const attempted = `Cannot export the journal of the notebook "${id}"`;
    const path = this.#pathOf(await nameOfId(id));
    const found = await this.#readInUse(path, attempted);
    switch (found.kind) {
      case "whole":
        return concatBytes([found.snapshot, usableLog(found)]);
      case "none":
        throw new NotebookdError("not_found", `${attempted}: it has none`);
      case "corrupt":
        throw new NotebookdError("storage_failed", `${attempted}: ${found.reason}`);
      default:
        return found satisfies never;
    }
  }

  /**
   * Removes the journal of a notebook, also one with unsaved changes.
   *
   * @param id The canonical path of the notebook, or its UUID.
   * @returns Whether it had one.
   * @throws {NotebookdError} with code `path_in_use` when the notebook is open, and `storage_failed`
   * or `permission_denied`.
   */
  async drop(id: string): Promise<boolean> {
    await using lease = await this.#leases.take(id);
    return await this.dropHeld(lease);
  }

  /**
   * Removes the journal of a notebook whose lease the caller has, also one with unsaved changes.
   *
   * @param lease The right to it; the journal must be closed.
   * @returns Whether it had one.
   * @throws {NotebookdError} with code `storage_failed` or `permission_denied`.
   */
  dropHeld(lease: Lease): Promise<boolean> {
    return this.#drop(this.#pathOf(lease.name));
  }

  /**
   * Removes what was put aside.
   *
   * @param name Its `name` in {@linkcode JournalStore.list}.
   * @returns Whether it was there.
   * @throws {NotebookdError} with code `invalid_argument` when that isn't the name of such a thing,
   * and `storage_failed` or `permission_denied`.
   */
  async dropAside(name: string): Promise<boolean> {
    if (!/^[0-9a-f]{64}\.corrupt-[0-9TZ-]+$/.test(name)) {
      throw new NotebookdError(
        "invalid_argument",
        `Cannot drop "${name}": it isn't the name of a journal that was put aside`,
      );
    }
    return await this.#drop(join(this.#folder, name));
  }

  /**
   * Removes journals, the longest unchanged first, until what is left takes up no more than a bound.
   * Stays over the bound rather than remove one that is in use, has unsaved changes or was put aside.
   *
   * @param maxBytes The bound, in bytes.
   * @returns What was removed.
   * @throws {NotebookdError} with code `storage_failed` or `permission_denied`.
   */
  async prune(maxBytes: number): Promise<JournalEntry[]> {
    const entries = await this.list();
    let total = sumBytes(entries);
    const removed: JournalEntry[] = [];
    for (const entry of entries) {
      if (total <= maxBytes) break;
      if (!isExpendable(entry)) continue;
      const path = this.#pathOf(entry.name);
      let gone = false;
      await this.#leases.whileFree(entry.name, async () => {
        // Again, since it may have been used between the listing and the lease.
        const now = await readEntry(this.#folder, entry.name, this.#fileSystem);
        gone = now !== null && isExpendable(now) && await this.#drop(path);
      });
      if (!gone) continue;
      total -= entry.bytes;
      removed.push(entry);
    }
    return removed;
  }

  async #readInUse(path: string, attempted: string): Promise<FoundJournal> {
    for (let reads = 1;; reads++) {
      try {
        return await readJournal(path, this.#fileSystem);
      } catch (error) {
        if (!isMissing(error) || reads === MAX_READS) throw fileError(error, attempted);
      }
    }
  }

  async #drop(path: string): Promise<boolean> {
    try {
      return await removeJournal(path, this.#fileSystem);
    } catch (error) {
      throw fileError(error, `Cannot remove the journal "${path}"`);
    }
  }

  #place(lease: Lease): JournalPlace {
    return {
      path: this.#pathOf(lease.name),
      id: lease.id,
      fileSystem: this.#fileSystem,
      clock: this.#clock,
      logger: this.#logger,
    };
  }

  #pathOf(name: string): string {
    return join(this.#folder, name);
  }
}

function isExpendable({ state }: JournalEntry): boolean {
  return state === "clean" || state === "unfinished";
}

function sumBytes(entries: readonly JournalEntry[]): number {
  return entries.reduce((sum, { bytes }) => sum + bytes, 0);
}
