/**
 * The storage of one notebook: its file, its journal and the right to both.
 *
 * What always holds:
 * 1. The file is replaced only where it is what the document already holds: the baseline, or what a
 *    save of this process was about to write. A content that was seen and not taken in isn't.
 * 2. Reads, saves and what changes the journal as a whole come one at a time, in the order in which
 *    they were asked; so a look at the file never sees a save of our own half recorded.
 * 3. Appends wait only for what changes which journal they go to.
 *
 * @module
 */

import { isAbsolute } from "@std/path";
import type { Clock } from "../clock.ts";
import { NotebookdError, toNotebookdError } from "../errors.ts";
import type {
  FileContent,
  JournaledNotebook,
  NotebookContent,
  OpenedStorage,
  Rebase,
  SavedNotebook,
} from "../rooms/ports.ts";
import { ContentWatch } from "./content_watch.ts";
import type { FolderWatches } from "./folder_watches.ts";
import type { Journal } from "./journal.ts";
import type { JournalPruner } from "./journal_pruner.ts";
import type { Lease, Leases } from "./lease.ts";
import { readContent, resolveTarget } from "./notebook_files.ts";
import { copyNotebook, moveNotebook, type PlacingParts } from "./notebook_placing.ts";
import { saveNotebookFile } from "./save.ts";

/** How many saves are remembered of which it isn't known whether they landed. */
const MAX_ANNOUNCED = 8;

/** What the storages of all notebooks share. */
export interface OpenedNotebookParts extends PlacingParts {
  readonly leases: Leases;
  readonly watches: FolderWatches;
  readonly clock: Clock;
  readonly pruner: JournalPruner;
}

/** What was found when a notebook was opened. */
export interface FoundNotebook {
  /** The right to it. */
  readonly lease: Lease;
  /** Its journal, open; null where there is none that can be used. */
  readonly journal: Journal | null;
  /** What the journal held; null with no journal. */
  readonly content: JournaledNotebook | null;
  /** What its file held; null where there is none. */
  readonly file: FileContent | null;
}

/** What the file held when it was last looked at; the bytes only until the journal has them. */
interface SeenContent {
  readonly hash: string;
  readonly bytes: Uint8Array | null;
}

/** See the module. Made by `NotebookStore.open`. */
export class OpenedNotebook implements OpenedStorage {
  readonly #parts: OpenedNotebookParts;
  readonly #found: FoundNotebook;
  readonly #formerIds: string[] = [];
  #lease: Lease;
  #journal: Journal | null;
  #seen: SeenContent | null;
  /** Hashes of saves that were announced since one was recorded. */
  #announced: readonly string[] = [];
  /** How many appends were asked. */
  #appends = 0;
  #last: Promise<unknown> = Promise.resolve();
  /** What appends wait for. */
  #gate: Promise<unknown> = Promise.resolve();
  #changed: ((file: FileContent | null) => void) | null = null;
  #watch: ContentWatch | null = null;
  /** Watches of places that the notebook has left. */
  readonly #unwatching: PromiseLike<void>[] = [];
  #worthKeeping = true;
  #toldOwner = false;
  #unreadable: string | null = null;
  #closing: Promise<void> | null = null;

  /**
   * @param found What was found; all of it is this storage's own from now on.
   * @param parts What it works with.
   */
  constructor(found: FoundNotebook, parts: OpenedNotebookParts) {
    this.#parts = parts;
    this.#found = found;
    this.#lease = found.lease;
    this.#journal = found.journal;
    this.#seen = found.file;
  }

  get file(): FileContent | null {
    return this.#found.file;
  }

  get journal(): JournaledNotebook | null {
    return this.#found.content;
  }

  keep(worthKeeping: boolean): void {
    this.#worthKeeping = worthKeeping;
  }

  watch(changed: (file: FileContent | null) => void): void {
    this.#changed = changed;
    this.#watchPlace();
  }

  begin({ snapshot, heads }: { snapshot: Uint8Array; heads: readonly string[] }): Promise<void> {
    return this.#gated(async () => {
      if (this.#journal !== null) {
        throw this.#misused("begin its journal: it has one");
      }
      const { file } = this.#found;
      const baseline = file === null ? null : { bytes: file.bytes, heads };
      this.#journal = await this.#parts.journals.create(this.#lease, { snapshot, baseline });
      if (file !== null) this.#recorded(file.hash);
      this.#parts.pruner.check();
    });
  }

  refuse(reason: string): Promise<void> {
    return this.#gated(async () => {
      const journal = this.#required();
      this.#journal = null;
      await journal[Symbol.asyncDispose]().catch((error) => {
        this.#warn("Refused journal not closed in order", error);
      });
      await this.#parts.journals.setAside(this.#lease, reason);
    });
  }

  append(chunk: Uint8Array): Promise<boolean> {
    this.#appends++;
    return this.#withJournal(async (journal) => {
      await journal.append(chunk);
      return journal.needsCompaction;
    });
  }

  async compact(snapshot: Uint8Array): Promise<void> {
    await this.#withJournal((journal) => journal.compact(snapshot));
    this.#parts.pruner.check();
  }

  synced(): Promise<void> {
    return this.#withJournal((journal) => journal.synced());
  }

  read(): Promise<FileContent | null> {
    return this.#inTurn(() => this.#readFile());
  }

  rebase({ hash, heads, chunk, clean }: Rebase): Promise<void> {
    const appends = this.#appends;
    return this.#gated(async () => {
      const journal = this.#required();
      const bytes = await this.#seenBytes(hash);
      // In this order: a content counts as taken in only where its heads are in the document.
      await journal.prepareBaseline({ bytes, heads });
      await journal.append(chunk);
      await journal.commitBaseline(hash, { clean: clean && appends === this.#appends });
      this.#recorded(hash);
    });
  }

  save(
    content: NotebookContent,
    options: { recreate: boolean; clean: boolean },
  ): Promise<SavedNotebook> {
    const isClean = this.#cleanUnlessAppended(options.clean);
    return this.#inTurn(() => this.#save(content, { ...options, isClean }));
  }

  move(
    target: string,
    content: NotebookContent,
    options: { clean: boolean },
  ): Promise<SavedNotebook & { path: string }> {
    const isClean = this.#cleanUnlessAppended(options.clean);
    return this.#inTurn(async () => {
      const path = await resolveTarget(target, this.#parts.files);
      const saved = path === this.#lease.id
        ? await this.#save(content, { recreate: true, isClean })
        : await this.#move(path, content, isClean);
      return { ...saved, path };
    });
  }

  copy(target: string, bytes: Uint8Array): Promise<{ path: string }> {
    return this.#inTurn(async () => {
      const path = await resolveTarget(target, this.#parts.files);
      await using lease = await this.#parts.leases.take(path);
      await copyNotebook(lease, bytes, this.#parts);
      return { path };
    });
  }

  /**
   * Ends the watch, does what was asked before, closes the journal and gives the lease back.
   *
   * @throws {NotebookdError} with code `storage_failed` or `permission_denied` when something
   * couldn't be written to the journal; all is given back all the same.
   */
  [Symbol.asyncDispose](): Promise<void> {
    return this.#closing ??= this.#close();
  }

  async #save(
    content: NotebookContent,
    { recreate, isClean }: { recreate: boolean; isClean: () => boolean },
  ): Promise<SavedNotebook> {
    const journal = this.#required();
    const path = this.#lease.id;
    if (!isAbsolute(path)) {
      throw new NotebookdError(
        "invalid_argument",
        `Cannot save the notebook "${path}": it has no path; name one`,
      );
    }
    const { baseline } = journal;
    const known = baseline === null ? [null] : recreate ? [baseline.hash, null] : [baseline.hash];
    const { hash, written, ownerKept } = await saveNotebookFile({
      path,
      bytes: content.bytes,
      replaces: [...known, ...this.#announced],
    }, {
      ...this.#place,
      announce: async (hash) => {
        await journal.prepareBaseline(content);
        this.#announce(hash);
      },
    });
    this.#tellOwner(ownerKept);
    this.#seen = { hash, bytes: null };
    await journal.commitBaseline(hash, { clean: isClean() });
    this.#recorded(hash);
    return { hash, written };
  }

  async #move(
    path: string,
    content: NotebookContent,
    isClean: () => boolean,
  ): Promise<SavedNotebook> {
    const journal = this.#required();
    const from = this.#lease;
    const to = await this.#parts.leases.take(path);
    const formerIds = isAbsolute(from.id) ? this.#formerIds : [...this.#formerIds, from.id];
    let saved: SavedNotebook;
    try {
      saved = await moveNotebook({ from, to, journal, content, formerIds }, this.#parts);
    } catch (error) {
      await to[Symbol.asyncDispose]();
      throw error;
    }
    this.#lease = to;
    if (!isAbsolute(from.id)) this.#formerIds.push(from.id);
    this.#announced = [saved.hash];
    this.#seen = { hash: saved.hash, bytes: null };
    this.#watchPlace();
    await from[Symbol.asyncDispose]();
    try {
      await journal.commitBaseline(saved.hash, { clean: isClean() });
      this.#recorded(saved.hash);
    } catch (error) {
      // It has moved all the same, and it is announced: the next save records it.
      this.#warn("Save of a moved notebook not recorded yet", error);
    }
    return { hash: saved.hash, written: saved.written };
  }

  async #close(): Promise<void> {
    await this.#watch?.[Symbol.asyncDispose]();
    await Promise.all(this.#unwatching);
    await this.#last;
    const journal = this.#journal;
    await using lease = this.#lease;
    if (this.#worthKeeping || journal === null) {
      await journal?.[Symbol.asyncDispose]();
      return;
    }
    await journal[Symbol.asyncDispose]().catch(() => {
      // What couldn't be written is dropped with the rest.
    });
    await this.#parts.journals.dropHeld(lease);
  }

  get #place() {
    const { fileSystem, files } = this.#parts;
    return {
      ...(fileSystem === undefined ? {} : { fileSystem }),
      read: (path: string) => files.readRegular(path),
    };
  }

  #announce(hash: string): void {
    const others = this.#announced.filter((one) => one !== hash);
    this.#announced = [...others, hash].slice(-MAX_ANNOUNCED);
  }

  /** The journal has the content as its baseline. */
  #recorded(hash: string): void {
    this.#announced = [];
    if (this.#seen?.hash === hash) this.#seen = { hash, bytes: null };
  }

  /** Whether all of the document is saved, as far as it was at the call and nothing came since. */
  #cleanUnlessAppended(clean: boolean): () => boolean {
    const appends = this.#appends;
    return () => clean && appends === this.#appends;
  }

  async #readFile(): Promise<FileContent | null> {
    const path = this.#lease.id;
    if (!isAbsolute(path)) return null;
    const file = await readContent(path, this.#parts.files);
    this.#seen = file;
    return file;
  }

  /** The bytes of the content that was last seen. */
  async #seenBytes(hash: string): Promise<Uint8Array> {
    const seen = this.#seen;
    if (seen?.hash === hash && seen.bytes !== null) return seen.bytes;
    const file = seen?.hash === hash ? await readContent(this.#lease.id, this.#parts.files) : null;
    if (file?.hash === hash) return file.bytes;
    throw new NotebookdError(
      "conflict",
      `Cannot take in a change of the notebook "${this.#lease.id}": its file has changed again; take in what it holds now`,
    );
  }

  #watchPlace(): void {
    const old = this.#watch;
    this.#watch = null;
    if (old !== null) {
      // Not waited for: a look under way waits for the end of what led here.
      this.#unwatching.push(old[Symbol.asyncDispose]());
    }
    const { watches, clock } = this.#parts;
    if (this.#changed === null || !isAbsolute(this.#lease.id)) return;
    this.#watch = new ContentWatch(this.#lease.id, {
      watches,
      clock,
      look: () => this.#inTurn(() => this.#look()).catch((error) => this.#unreadableFile(error)),
    });
  }

  async #look(): Promise<void> {
    if (this.#closing !== null) return;
    const before = this.#seen;
    const file = await readContent(this.#lease.id, this.#parts.files);
    this.#unreadable = null;
    if (file?.hash === before?.hash) return;
    this.#seen = file;
    // A save of ours that failed after its file had its place.
    if (file !== null && before !== null && this.#announced.includes(file.hash)) return;
    if (this.#closing === null) this.#changed?.(file);
  }

  #unreadableFile(error: unknown): void {
    const { code } = toNotebookdError(error, "Cannot read the file");
    if (code === this.#unreadable || this.#closing !== null) return;
    this.#unreadable = code;
    this.#warn("Changed file of a notebook can't be read, and the notebook stays as it is", error);
  }

  #tellOwner(kept: boolean): void {
    if (kept || this.#toldOwner) return;
    this.#toldOwner = true;
    this.#parts.logger.warn("Notebook belongs to this user since it was saved", {
      notebook: this.#lease.id,
    });
  }

  #warn(message: string, error: unknown): void {
    const { code, message: reason } = toNotebookdError(error, message);
    this.#parts.logger.warn(message, { notebook: this.#lease.id, code, reason });
  }

  #required(): Journal {
    if (this.#journal !== null) return this.#journal;
    throw this.#misused("use its journal: it wasn't begun");
  }

  #misused(what: string): NotebookdError {
    return new NotebookdError("internal", `Cannot store the notebook "${this.#lease.id}", ${what}`);
  }

  async #withJournal<T>(work: (journal: Journal) => Promise<T>): Promise<T> {
    this.#checkOpen();
    await this.#gate;
    return await work(this.#required());
  }

  /** In turn, and appends that are asked from now on wait for it. */
  #gated(work: () => Promise<void>): Promise<void> {
    const before = this.#gate;
    const result = this.#inTurn(async () => {
      await before;
      await work();
    });
    this.#gate = result.catch(() => {});
    return result;
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    try {
      this.#checkOpen();
    } catch (error) {
      return Promise.reject(error);
    }
    const result = this.#last.then(work);
    this.#last = result.catch(() => {});
    return result;
  }

  #checkOpen(): void {
    if (this.#closing === null) return;
    throw new NotebookdError(
      "closed",
      `Cannot store the notebook "${this.#lease.id}": its storage was closed`,
    );
  }
}
