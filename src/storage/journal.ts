/**
 * The journal of one notebook: its document as it is now, saved or not, and what its file was when
 * it was last read or saved.
 *
 * Bytes only: a snapshot and chunks are Automerge's, and nothing here looks into them beyond where
 * they end.
 *
 * @module
 */

import { dirname, join } from "@std/path";
import { NotebookdError } from "../errors.ts";
import { syncFolder, writeFileAtomic } from "./atomic_file.ts";
import { contentHash } from "./content_hash.ts";
import type { FileSystem } from "./file_system.ts";
import { type Baseline, listGenerations } from "./journal_folder.ts";
import type { JournalLog } from "./journal_log.ts";
import {
  type BaselineRecord,
  encodeMeta,
  type JournalMeta,
  type LogPosition,
  samePosition,
} from "./journal_meta.ts";
import { baselineName, META_NAME, parseJournalName, snapshotName } from "./journal_names.ts";
import { fileError } from "./os_error.ts";

/** Below this size a log isn't worth compacting, in bytes. */
const MIN_COMPACTION_BYTES = 64 * 1024;

/**
 * How many saves are remembered of which it isn't known whether they landed. Each is one that
 * failed after its file had its place, which takes a failing disk.
 */
const MAX_PENDING = 8;

/** What a journal is made from when it is opened or begun. */
export interface JournalState {
  /** Its folder. */
  path: string;
  /** What its `meta.json` says. */
  meta: JournalMeta;
  /** How many bytes its snapshot has. */
  snapshotBytes: number;
  /** Its log, open. */
  log: JournalLog;
  /** Where it is. */
  fileSystem: FileSystem;
}

/** What the document is when a baseline is recorded. */
export interface BaselineOptions {
  /**
   * Whether the baseline shows all that is in the document at the moment of the call. Only a journal
   * of which this holds may be pruned; the next append ends it.
   */
  clean: boolean;
}

/** See the module. `JournalStore` opens it; whoever has it holds the lease of the notebook. */
export class Journal implements AsyncDisposable {
  readonly #fileSystem: FileSystem;
  readonly #log: JournalLog;
  #path: string;
  #meta: JournalMeta;
  #snapshotBytes: number;
  #last: Promise<unknown> = Promise.resolve();

  /** @param state What was found or made. */
  constructor(state: JournalState) {
    this.#fileSystem = state.fileSystem;
    this.#log = state.log;
    this.#path = state.path;
    this.#meta = state.meta;
    this.#snapshotBytes = state.snapshotBytes;
  }

  /** The notebook: its canonical path, or its UUID. */
  get id(): string {
    return this.#meta.id;
  }

  /** Where it is. */
  get path(): string {
    return this.#path;
  }

  /** The file's content that a three-way merge goes from; null for a notebook without a file. */
  get baseline(): BaselineRecord | null {
    return this.#meta.baseline;
  }

  /** The contents of saves that were announced and neither recorded nor known to have failed. */
  get pending(): readonly BaselineRecord[] {
    return this.#meta.pending;
  }

  /** Whether the log has outgrown the snapshot, or a sync failed and all must be written anew. */
  get needsCompaction(): boolean {
    return this.#log.suspect ||
      this.#log.bytes > Math.max(this.#snapshotBytes, MIN_COMPACTION_BYTES);
  }

  /**
   * Appends a chunk. A change may be acknowledged when this resolves: the chunk survives the death
   * of the process, and within 200 ms a power loss.
   *
   * A chunk that can't be written isn't given up: it is written before the next one is. To try
   * again without having a new one, append no bytes.
   *
   * @param chunk Automerge chunks; not to be changed until this resolves.
   * @throws {NotebookdError} with code `storage_failed` or `permission_denied` when it can't be
   * written now, and `closed`.
   */
  append(chunk: Uint8Array): Promise<void> {
    return this.#log.append(chunk);
  }

  /**
   * Resolves once everything appended so far survives a power loss, without waiting for the batch.
   *
   * @throws {NotebookdError} as {@linkcode Journal.append}.
   */
  synced(): Promise<void> {
    return this.#log.synced();
  }

  /**
   * Replaces the snapshot and all that was appended before this call.
   *
   * @param snapshot The document, saved by Automerge; with everything in it that was appended.
   * @throws {NotebookdError} with code `storage_failed` or `permission_denied`; the journal holds the
   * same then, perhaps in more files.
   */
  compact(snapshot: Uint8Array): Promise<void> {
    const wasClean = this.#isClean(this.#log.position);
    // At once, since what is appended from now on isn't in the snapshot.
    const covered = this.#log.next();
    return this.#inTurn("compact", async () => {
      const generation = covered + 1;
      await writeFileAtomic(join(this.#path, snapshotName(generation)), snapshot, {
        fileSystem: this.#fileSystem,
      });
      this.#snapshotBytes = snapshot.length;
      await this.#log.retire(covered);
      if (wasClean) await this.#write({ ...this.#meta, position: { generation, bytes: 0 } });
      await this.#removeCovered();
    });
  }

  /**
   * Records that the file holds these bytes and that the document showed them at these heads: after
   * a change from outside was taken in.
   *
   * @param baseline The bytes and the heads.
   * @param options What the document is now.
   * @throws {NotebookdError} with code `storage_failed` or `permission_denied`; the old baseline
   * stays then.
   */
  setBaseline(
    baseline: Pick<Baseline, "bytes" | "heads">,
    { clean }: BaselineOptions,
  ): Promise<void> {
    const { position } = this.#log;
    return this.#inTurn("record the file's content in", async () => {
      const record = await this.#writeBaseline(baseline);
      await this.#log.synced();
      await this.#write({ ...this.#meta, baseline: record, pending: [], position, clean });
      await this.#removeOldBaselines();
    });
  }

  /**
   * Announces a save, so that its outcome can be told from the file after a crash: without this, a
   * file that was saved and not recorded looks like one that somebody else changed. Call it when the
   * new content is about to take its place.
   *
   * @param baseline What is saved, and the heads it shows.
   * @returns The hash of the content.
   * @throws {NotebookdError} with code `storage_failed` or `permission_denied`.
   */
  prepareBaseline(baseline: Pick<Baseline, "bytes" | "heads">): Promise<string> {
    return this.#inTurn("announce a save in", async () => {
      const record = await this.#writeBaseline(baseline);
      const { position } = this.#log;
      const clean = this.#isClean(position);
      // The file must never show what a power loss can still take from the journal.
      await this.#log.synced();
      const others = this.#meta.pending.filter(({ hash }) => hash !== record.hash);
      const pending = [...others, record].slice(-MAX_PENDING);
      await this.#write({ ...this.#meta, pending, position, clean });
      return record.hash;
    });
  }

  /**
   * Records that an announced save has landed.
   *
   * @param hash What {@linkcode Journal.prepareBaseline} gave.
   * @param options What the document is now.
   * @throws {NotebookdError} with code `invalid_argument` when no such save was announced, and
   * `storage_failed` or `permission_denied`.
   */
  commitBaseline(hash: string, { clean }: BaselineOptions): Promise<void> {
    const { position } = this.#log;
    return this.#inTurn("record a save in", async () => {
      const known = [...this.#meta.pending, this.#meta.baseline];
      const record = known.find((one) => one?.hash === hash);
      if (record === undefined || record === null) {
        throw new NotebookdError(
          "invalid_argument",
          `Cannot record the save "${hash}" in the journal "${this.#path}": it wasn't announced`,
        );
      }
      await this.#log.synced();
      await this.#write({ ...this.#meta, baseline: record, pending: [], position, clean });
      await this.#removeOldBaselines();
    });
  }

  /**
   * Makes it the journal of another notebook. For `JournalStore.move`.
   *
   * @param path Its new folder, a free name beside the old one.
   * @param id The other notebook.
   * @throws {NotebookdError} with code `storage_failed` or `permission_denied`; where it is then is
   * told by {@linkcode Journal.path}.
   */
  moveTo(path: string, id: string): Promise<void> {
    return this.#inTurn("move", async () => {
      const previousId = this.#meta.id;
      let renamed = false;
      try {
        // Both ids until the folder has its new name, so that it is of its notebook at every step.
        await this.#write({ ...this.#meta, id, previousId });
        await this.#log.whileStill(async () => {
          await this.#fileSystem.rename(this.#path, path);
          renamed = true;
          this.#path = path;
          return path;
        });
        await syncFolder(dirname(path), this.#fileSystem);
        this.#meta = { ...this.#meta, previousId: null };
      } catch (error) {
        // Still under its old name: the next move must begin with that notebook.
        if (!renamed) this.#meta = { ...this.#meta, id: previousId, previousId: null };
        throw error;
      }
    });
  }

  /**
   * Writes and syncs what is left, and closes it.
   *
   * @throws {NotebookdError} with code `storage_failed` or `permission_denied` when something
   * couldn't be written; it is closed all the same.
   */
  [Symbol.asyncDispose](): Promise<void> {
    return this.#inTurn("close", () => this.#log[Symbol.asyncDispose]());
  }

  #isClean(position: LogPosition): boolean {
    return this.#meta.clean && samePosition(this.#meta.position, position);
  }

  async #writeBaseline({ bytes, heads }: Pick<Baseline, "bytes" | "heads">) {
    const hash = await contentHash(bytes);
    const known = [...this.#meta.pending, this.#meta.baseline];
    if (!known.some((one) => one?.hash === hash)) {
      const path = join(this.#path, baselineName(hash));
      await writeFileAtomic(path, bytes, { fileSystem: this.#fileSystem });
    }
    return { hash, heads: [...heads] };
  }

  /** What a crash keeps this from doing is done when the journal is opened next. */
  async #removeOldBaselines(): Promise<void> {
    const kept = new Set(
      [this.#meta.baseline, ...this.#meta.pending].map((record) => record?.hash),
    );
    await this.#removeQuietly((name) => {
      const parsed = parseJournalName(name);
      return parsed.kind === "baseline" && !kept.has(parsed.hash);
    });
  }

  async #removeCovered(): Promise<void> {
    await this.#removeQuietly((name, names) => {
      const parsed = parseJournalName(name);
      const { generation } = listGenerations(names);
      return (parsed.kind === "log" || parsed.kind === "snapshot") &&
        parsed.generation < generation;
    });
  }

  async #removeQuietly(
    isOld: (name: string, names: readonly string[]) => boolean,
  ): Promise<void> {
    try {
      const names = await this.#fileSystem.names(this.#path);
      const old = names.filter((name) => isOld(name, names));
      for (const name of old) await this.#fileSystem.remove(join(this.#path, name));
    } catch {
      // It takes up room until the journal is opened next, and does no harm.
    }
  }

  async #write(meta: JournalMeta): Promise<void> {
    const path = join(this.#path, META_NAME);
    await writeFileAtomic(path, encodeMeta(meta), { fileSystem: this.#fileSystem });
    this.#meta = meta;
  }

  /** One after another, in the order of the calls. */
  #inTurn<T>(what: string, run: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(run).catch((error) => {
      throw fileError(error, `Cannot ${what} the journal "${this.#path}"`);
    });
    this.#last = turn.catch(() => {});
    return turn;
  }
}
