/**
 * The log of a journal: what is appended is written at once and synced in batches.
 *
 * What must hold:
 * 1. A chunk is written only after every chunk that was appended before it: one that is missing
 *    would make the ones after it worthless.
 * 2. A chunk whose write failed is kept, and written before the next one.
 * 3. After a write that failed in its middle, what it left is cut off before anything follows it.
 * 4. After a failed sync no later one is believed: the system may have dropped what it couldn't
 *    write. Only a compaction, which writes everything anew, ends that.
 *
 * @module
 */

import { join } from "@std/path";
import type { Clock } from "../clock.ts";
import { NotebookdError } from "../errors.ts";
import { syncFolder } from "./atomic_file.ts";
import { type FileSystem, type OpenFile, writeAll } from "./file_system.ts";
import { concatBytes } from "./journal_chunks.ts";
import type { LogPosition } from "./journal_meta.ts";
import { logName } from "./journal_names.ts";
import { fileError } from "./os_error.ts";

/** How long what was written may wait to be synced, in milliseconds. */
const SYNC_WITHIN_MS = 200;

/** One log file. */
interface Segment {
  readonly generation: number;
  file: OpenFile | null;
  /** How many bytes of it are whole. */
  length: number;
  /** The same, once everything appended is written. */
  promised: number;
  /** Whether a failed write may have left something behind `length`. */
  torn: boolean;
  /** Whether something was written since it was last synced. */
  dirty: boolean;
  /** Whether a sync failed. */
  suspect: boolean;
}

interface Entry {
  readonly chunk: Uint8Array;
  readonly segment: Segment;
  readonly done: PromiseWithResolvers<void>;
}

/** A log file that is there when its journal is opened. */
export interface ExistingLog extends LogPosition {
  /** Open for appending. */
  readonly file: OpenFile;
}

/** What {@linkcode JournalLog} is told. */
export interface JournalLogOptions {
  readonly fileSystem: FileSystem;
  readonly clock: Clock;
  /** Told of syncs that failed with nobody waiting for them. */
  readonly onSyncFailed: (error: NotebookdError) => void;
}

/** See the module. */
export class JournalLog implements AsyncDisposable {
  #folder: string;
  readonly #options: JournalLogOptions;
  #segments: Segment[];
  #waiting: Entry[] = [];
  #draining = false;
  #writing: Promise<void> = Promise.resolve();
  #syncing: Promise<void> = Promise.resolve();
  #nextSync: Promise<void> | null = null;
  #timer: Disposable | null = null;
  #gate: Promise<void> | null = null;
  #namesDirty = false;
  #closing: Promise<void> | null = null;

  /**
   * @param folder The journal's folder.
   * @param generation The number of the log that is appended to.
   * @param existing The logs that are there, lowest number first. They are synced soon: the process
   * that wrote them may have died before it did that.
   * @param options Where it writes, and who is told of failures.
   */
  constructor(
    folder: string,
    generation: number,
    existing: readonly ExistingLog[],
    options: JournalLogOptions,
  ) {
    this.#folder = folder;
    this.#options = options;
    this.#segments = existing.map(({ generation, bytes, file }) => ({
      ...newSegment(generation),
      file,
      length: bytes,
      promised: bytes,
      dirty: true,
    }));
    if (this.#current?.generation !== generation) this.#segments.push(newSegment(generation));
    if (existing.length > 0) this.#syncSoon(true);
  }

  /** The end of the log, counting all that was given to {@linkcode JournalLog.append}. */
  get position(): LogPosition {
    const { generation = 0, promised = 0 } = this.#current ?? {};
    return { generation, bytes: promised };
  }

  /** How many bytes all the logs have. */
  get bytes(): number {
    return this.#segments.reduce((sum, { promised }) => sum + promised, 0);
  }

  /** Whether a sync failed since the last compaction. */
  get suspect(): boolean {
    return this.#segments.some(({ suspect }) => suspect);
  }

  /**
   * Appends a chunk.
   *
   * @returns Resolves once the chunk is written and so survives the death of this process.
   * @throws {NotebookdError} with code `storage_failed` or `permission_denied` when it can't be
   * written now (it will be, before the next one), and `closed`.
   */
  append(chunk: Uint8Array): Promise<void> {
    if (this.#closing !== null) return Promise.reject(closedError(this.#folder));
    return this.#enqueue(chunk);
  }

  /**
   * Resolves once everything appended so far survives a power loss. Doesn't wait for the batch.
   *
   * @throws {NotebookdError} as {@linkcode JournalLog.append}.
   */
  async synced(): Promise<void> {
    await this.#enqueue(new Uint8Array());
    await this.#sync();
  }

  /** Begins the next log for what is appended from now on, and gives the number of the last one. */
  next(): number {
    const { generation } = this.position;
    this.#segments.push(newSegment(generation + 1));
    return generation;
  }

  /**
   * Lets go of logs, and of chunks that still wait to be written to them: a snapshot holds it all.
   *
   * @param generation The highest number of them.
   */
  async retire(generation: number): Promise<void> {
    await this.whileStill(() => {
      const isCovered = (segment: Segment) => segment.generation <= generation;
      const covered = this.#waiting.filter((entry) => isCovered(entry.segment));
      this.#waiting = this.#waiting.filter((entry) => !isCovered(entry.segment));
      for (const { done } of covered) done.resolve();
      for (const segment of this.#segments.filter(isCovered)) segment.file?.[Symbol.dispose]();
      this.#segments = this.#segments.filter((segment) => !isCovered(segment));
      return Promise.resolve();
    });
  }

  /**
   * Runs something while nothing is written or synced; appended chunks wait.
   *
   * @param run What is run; it must not wait for an append or a sync. May give the folder's new path.
   */
  async whileStill(run: () => Promise<string | void>): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#gate = promise;
    try {
      await Promise.allSettled([this.#writing, this.#syncing]);
      this.#folder = await run() ?? this.#folder;
    } finally {
      this.#gate = null;
      resolve();
    }
  }

  /**
   * Writes and syncs what is left and closes the files.
   *
   * @throws {NotebookdError} with code `storage_failed` or `permission_denied` when something
   * couldn't be written; the files are closed all the same.
   */
  [Symbol.asyncDispose](): Promise<void> {
    return this.#closing ??= this.#close();
  }

  async #close(): Promise<void> {
    this.#timer?.[Symbol.dispose]();
    try {
      await this.synced();
    } finally {
      this.#timer?.[Symbol.dispose]();
      for (const { file } of this.#segments) file?.[Symbol.dispose]();
    }
  }

  get #current(): Segment | undefined {
    return this.#segments.at(-1);
  }

  #enqueue(chunk: Uint8Array): Promise<void> {
    const segment = this.#current;
    if (segment === undefined) return Promise.reject(closedError(this.#folder));
    const done = Promise.withResolvers<void>();
    segment.promised += chunk.length;
    this.#waiting.push({ chunk, segment, done });
    void this.#drain();
    return done.promise;
  }

  async #drain(): Promise<void> {
    if (this.#draining) return;
    this.#draining = true;
    try {
      while (this.#waiting.length > 0) {
        if (this.#gate !== null) await this.#gate;
        else if (!(await this.#writeBatch())) return;
      }
    } finally {
      this.#draining = false;
    }
  }

  /** Writes all that waits for one file, in one go. */
  async #writeBatch(): Promise<boolean> {
    const segment = this.#waiting[0]?.segment;
    if (segment === undefined) return true;
    const rest = this.#waiting.findIndex((entry) => entry.segment !== segment);
    const batch = this.#waiting.splice(0, rest === -1 ? this.#waiting.length : rest);
    const writing = this.#write(segment, concatBytes(batch.map(({ chunk }) => chunk)));
    this.#writing = writing;
    try {
      await writing;
    } catch (thrown) {
      const path = join(this.#folder, logName(segment.generation));
      const error = fileError(thrown, `Cannot append to the journal "${path}"`);
      // Kept in their order, those that came in the meantime behind them: all wait for the next try.
      this.#waiting.unshift(...batch);
      for (const { done } of this.#waiting) done.reject(error);
      return false;
    }
    for (const { done } of batch) done.resolve();
    return true;
  }

  async #write(segment: Segment, bytes: Uint8Array): Promise<void> {
    if (bytes.length === 0) return;
    if (segment.file === null) {
      const path = join(this.#folder, logName(segment.generation));
      segment.file = await this.#options.fileSystem.open(path, "append");
      this.#namesDirty = true;
    }
    if (segment.torn) await segment.file.truncate(segment.length);
    segment.torn = true;
    await writeAll(segment.file, bytes);
    segment.torn = false;
    segment.length += bytes.length;
    segment.dirty = true;
    this.#syncSoon(false);
  }

  #syncSoon(names: boolean): void {
    this.#namesDirty ||= names;
    this.#timer ??= this.#options.clock.timer(SYNC_WITHIN_MS, () => {
      this.#timer = null;
      this.#sync().catch((error) => {
        this.#options.onSyncFailed(fileError(error, `Cannot sync the journal "${this.#folder}"`));
      });
    });
  }

  /** One sync at a time; all who come while one runs share the next. */
  #sync(): Promise<void> {
    return this.#nextSync ??= this.#startSync();
  }

  async #startSync(): Promise<void> {
    await Promise.allSettled([this.#syncing]);
    while (this.#gate !== null) await this.#gate;
    this.#nextSync = null;
    this.#timer?.[Symbol.dispose]();
    this.#timer = null;
    this.#syncing = this.#syncAll();
    await this.#syncing;
  }

  async #syncAll(): Promise<void> {
    if (this.suspect) {
      throw new NotebookdError(
        "storage_failed",
        `Cannot sync the journal "${this.#folder}": an earlier sync failed; it has to be compacted first`,
      );
    }
    // In their order: nothing in a log is worth anything without the logs before it.
    for (const segment of this.#segments) {
      const { file } = segment;
      if (!segment.dirty || file === null) continue;
      segment.dirty = false;
      await this.#believe(segment, () => file.sync());
    }
    const last = this.#current;
    if (!this.#namesDirty || last === undefined) return;
    this.#namesDirty = false;
    await this.#believe(last, () => syncFolder(this.#folder, this.#options.fileSystem));
  }

  async #believe(segment: Segment, sync: () => Promise<void>): Promise<void> {
    try {
      await sync();
    } catch (error) {
      segment.suspect = true;
      throw fileError(error, `Cannot sync the journal "${this.#folder}"`);
    }
  }
}

function newSegment(generation: number): Segment {
  return {
    generation,
    file: null,
    length: 0,
    promised: 0,
    torn: false,
    dirty: false,
    suspect: false,
  };
}

function closedError(folder: string): NotebookdError {
  return new NotebookdError("closed", `Cannot append to the journal "${folder}": it was closed`);
}
