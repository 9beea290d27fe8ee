/**
 * Keeping a room's document and its notebook's file alike.
 *
 * What always holds:
 * 1. The heads are taken with what the document says, and count as saved only after the file holds it.
 * 2. One save or merge at a time; a further save waits and then writes what came meanwhile, so that an
 *    older one never lands after a newer one. A save under way is never cancelled.
 * 3. A file that isn't what it was when it was last read or written is merged before it is written,
 *    and left alone where it can't be read. Where both sides changed one thing, nothing is saved
 *    until somebody has decided.
 * 4. A save that failed is told to every window and tried again at growing intervals.
 *
 * @module
 */

import { hasConflicts, readConflicts, resolveConflicts } from "../doc/conflicts.ts";
import { readAutosave, writeAutosave } from "../doc/autosave.ts";
import { foldCells, hasDoubledIds } from "../doc/fold.ts";
import { ROOT } from "../doc/crdt_document.ts";
import { ROOT_KEYS } from "../doc/schema.ts";
import { NotebookdError, toNotebookdError } from "../errors.ts";
import type { MergeConflict } from "../ipynb/merge/conflict.ts";
import type { ReadState } from "../doc/state_reader.ts";
import type { NotebookState } from "../ipynb/write/state.ts";
import { AutosaveTimer } from "./autosave_timer.ts";
import { Backoff } from "./backoff.ts";
import type { Baseline } from "./baseline.ts";
import { clonedState } from "./cloned_state.ts";
import { formatCells, type Formatting } from "./format_cells.ts";
import { headsKey } from "./heads.ts";
import { takeInFile } from "./outside_change.ts";
import type { FileContent, NotebookStorage } from "./ports.ts";
import { fileGone, needsDecision, notKept, untitled } from "./save_errors.ts";
import type { SaverParts, SaveStatus } from "./save_status.ts";
import { saveText } from "./save_text.ts";

/** How often a save begins anew because the file changes again and again under it. */
const MAX_MERGES = 5;

/** How a save came out. */
export interface Saved {
  /** Where the notebook is. */
  path: string;
  /** What came of formatting; absent where it wasn't asked for. */
  formatting?: Formatting;
}

/** See the module. */
export class Saver {
  readonly #parts: SaverParts;
  readonly #storage: NotebookStorage | undefined;
  readonly #autosave: AutosaveTimer;
  readonly #retry: Backoff;
  readonly #initial: string;
  #path: string | null;
  #baseline: Baseline | null;
  #savedHeads: string;
  #fileGone: boolean;
  /** Why the last save or merge failed. */
  #failure: NotebookdError | null = null;
  #told = "";
  #last: Promise<unknown> = Promise.resolve();

  constructor(parts: SaverParts) {
    const { document, clock, built } = parts;
    this.#parts = parts;
    this.#storage = parts.storage;
    this.#path = built.path;
    this.#baseline = built.baseline;
    this.#fileGone = built.fileGone;
    this.#savedHeads = headsKey(built.savedHeads);
    this.#initial = headsKey(document.heads());
    this.#autosave = new AutosaveTimer(clock, () => void this.#saveQuietly());
    this.#retry = new Backoff(clock, () => void this.#saveQuietly());
    this.#told = JSON.stringify(this.#news());
  }

  /** How the notebook stands to its file. */
  get status(): SaveStatus {
    return {
      ...this.#news(),
      autosave: this.#autosaves,
      conflicts: this.#conflicts.map(({ cellId, path }) => ({ cell_id: cellId, path: [...path] })),
    };
  }

  /** The document changed. */
  edited(): void {
    this.evaluate();
    if (this.#savesItself && !this.#retry.scheduled) this.#autosave.edited();
  }

  /** The journal came or went, or the file did. */
  evaluate(): void {
    this.#tell();
    if (!this.#unsaved) this.#autosave[Symbol.dispose]();
  }

  /**
   * Saves, unless the file has everything.
   *
   * @param options `path`: another place from now on, as the person named it; `format`: code cells
   * are formatted first.
   * @throws {NotebookdError} with code `conflict` when somebody has to decide first, or the file can't
   * be read as a notebook; `path_in_use` when another room has the place; `invalid_argument` when
   * the notebook has no place yet; and as writing fails. Every window is told.
   */
  save(options: { path?: string | undefined; format?: boolean } = {}): Promise<Saved> {
    return this.#inTurn(async () => {
      const formatting = options.format ? await this.#format() : undefined;
      const path = await this.#attempt(async (storage) => {
        if (options.path !== undefined) return await this.#move(storage, options.path);
        return await this.#save(storage, { recreate: true });
      });
      return { path, ...(formatting === undefined ? {} : { formatting }) };
    });
  }

  /**
   * Writes a copy with an identity of its own: another `env_id`, no outputs, no execution counts.
   *
   * @param target Where, as the person named it.
   * @returns Where it is.
   * @throws {NotebookdError} as {@linkcode save}.
   */
  clone(target: string): Promise<string> {
    return this.#inTurn(async () => {
      const { state } = await this.#read();
      const text = this.#textOf(clonedState(state));
      return (await this.#kept().copy(target, encode(text))).path;
    });
  }

  /**
   * Takes in what somebody else wrote to the file.
   *
   * @param file What it holds; null: it is gone.
   */
  takeIn(file: FileContent | null): Promise<void> {
    return this.#inTurn(async () => {
      try {
        await this.#takeIn(file);
      } catch (error) {
        this.#failed(error, "Cannot take in a change of the file");
      }
      this.edited();
    });
  }

  /**
   * Decides what a merge couldn't, then saves.
   *
   * @throws {NotebookdError} with code `invalid_argument` when there is nothing to decide, or "both"
   * can't be kept.
   */
  resolve(keep: "ours" | "theirs" | "both"): Promise<void> {
    return this.#inTurn(async () => {
      await this.#read();
      let any = false;
      this.#parts.change(() => {
        any = resolveConflicts(this.#parts.document, keep);
      });
      if (!any) {
        throw new NotebookdError(
          "invalid_argument",
          "Cannot resolve a conflict: this notebook has none",
        );
      }
      await this.#parts.gate.committed();
      if (this.#path !== null && this.#autosaves) {
        await this.#attempt((storage) => this.#save(storage, { recreate: false }));
      }
    });
  }

  /** Turns autosave of this notebook on or off. */
  async setAutosave(enabled: boolean): Promise<void> {
    this.#parts.change(() => writeAutosave(this.#parts.document, enabled));
    await this.#parts.gate.committed();
  }

  /**
   * Makes sure that nothing is lost when the room goes.
   *
   * @returns Whether there is anything worth keeping.
   * @throws {NotebookdError} with code `storage_failed` or `permission_denied` when something isn't
   * kept yet.
   */
  async flush(): Promise<boolean> {
    const storage = this.#storage;
    if (storage === undefined) return false;
    await this.#parts.gate.committed();
    if (this.#savesItself) {
      await this.#inTurn(() => this.#attempt((to) => this.#save(to, { recreate: false }))).catch(
        (error: NotebookdError) => {
          // The journal has it, and the file somebody else's content: that is for a person.
          if (error.code !== "conflict" && error.code !== "not_found") throw error;
        },
      );
    }
    await storage.synced();
    return this.#path !== null || !this.#parts.built.fresh ||
      headsKey(this.#parts.document.heads()) !== this.#initial;
  }

  /** Waits for what is under way, and begins nothing more. */
  async close(): Promise<void> {
    this.#autosave[Symbol.dispose]();
    await this.#last;
    this.#autosave[Symbol.dispose]();
    this.#retry[Symbol.dispose]();
  }

  get #unsaved(): boolean {
    return headsKey(this.#parts.document.heads()) !== this.#savedHeads;
  }

  get #autosaves(): boolean {
    return readAutosave(this.#parts.document) ?? this.#parts.autosave;
  }

  get #conflicts(): readonly MergeConflict[] {
    return readConflicts(this.#parts.document);
  }

  /** Whether a save would come about without anyone asking. */
  get #savesItself(): boolean {
    return this.#storage !== undefined && this.#path !== null && this.#unsaved &&
      !this.#fileGone && this.#autosaves && !hasConflicts(this.#parts.document);
  }

  #kept(): NotebookStorage {
    if (this.#storage !== undefined) return this.#storage;
    throw notKept(this.#parts.notebookId);
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#last.then(work);
    this.#last = result.catch(() => {});
    return result;
  }

  async #attempt(work: (storage: NotebookStorage) => Promise<string>): Promise<string> {
    try {
      const path = await work(this.#kept());
      this.#failure = null;
      this.#retry.reset();
      this.evaluate();
      return path;
    } catch (error) {
      throw this.#failed(error, `Cannot save "${this.#path ?? this.#parts.notebookId}"`);
    }
  }

  async #saveQuietly(): Promise<void> {
    await this.#inTurn(async () => {
      if (this.#savesItself || this.#failure !== null && this.#path !== null) {
        await this.#attempt((storage) => this.#save(storage, { recreate: false }));
      }
    }).catch(() => {
      // Told by the attempt, which also tries again.
    });
  }

  async #save(storage: NotebookStorage, options: { recreate: boolean }): Promise<string> {
    const path = this.#path;
    if (path === null) throw untitled();
    if (this.#fileGone && !options.recreate) throw fileGone(path);
    for (let merges = 0;; merges++) {
      if (hasConflicts(this.#parts.document)) throw needsDecision(path);
      if (!this.#unsaved && this.#baseline !== null && !this.#fileGone) return path;
      try {
        await this.#write(storage, options);
        return path;
      } catch (error) {
        if (!isOutsideChange(error) || merges === MAX_MERGES) throw error;
        await this.#takeIn(await storage.read());
      }
    }
  }

  async #write(storage: NotebookStorage, { recreate }: { recreate: boolean }): Promise<void> {
    const { state, heads } = await this.#read();
    const text = this.#textOf(state);
    const clean = headsKey(heads) === headsKey(this.#parts.document.heads());
    const { hash } = await storage.save({ bytes: encode(text), heads }, { recreate, clean });
    this.#saved({ text, hash, state: () => state }, heads);
  }

  async #move(storage: NotebookStorage, target: string): Promise<string> {
    if (hasConflicts(this.#parts.document)) throw needsDecision(target);
    const { state, heads } = await this.#read();
    const text = this.#textOf(state);
    const clean = headsKey(heads) === headsKey(this.#parts.document.heads());
    const { path, hash } = await storage.move(target, { bytes: encode(text), heads }, { clean });
    this.#path = path;
    this.#saved({ text, hash, state: () => state }, heads);
    this.#parts.change(() => {
      this.#parts.document.put(ROOT, ROOT_KEYS.notebookId, ["str", path]);
      this.#parts.document.commit();
    });
    // Nothing to write, but the new id is to count as saved.
    return await this.#save(storage, { recreate: false });
  }

  async #takeIn(file: FileContent | null): Promise<void> {
    this.#fileGone = file === null && this.#baseline !== null;
    if (file === null) return;
    if (file.hash === this.#baseline?.hash) {
      // Half written or gone a moment ago, and now what it was.
      this.#failure = null;
      return;
    }
    const { document, reader, pause, gate, logger } = this.#parts;
    const wasSaved = !this.#unsaved;
    const taken = await takeInFile(file, { document, reader, pause, baseline: this.#baseline });
    const heads = document.heads();
    const clean = wasSaved && headsKey(taken.before) === this.#savedHeads && taken.conflicts === 0;
    const { hash } = file;
    const rebased = gate.during((chunk) => this.#kept().rebase({ hash, heads, chunk, clean }));
    if (taken.changed) this.#parts.changed();
    await rebased;
    this.#baseline = taken.baseline;
    this.#failure = null;
    if (clean) this.#savedHeads = headsKey(heads);
    logger.info("Change of the file taken in", {
      notebook: this.#path ?? this.#parts.notebookId,
      changed: taken.changed,
      conflicts: taken.conflicts,
    });
    if (taken.changed) this.#parts.fileChanged(taken.state);
  }

  #saved(baseline: Baseline, heads: readonly string[]): void {
    this.#baseline = baseline;
    this.#savedHeads = headsKey(heads);
    this.#fileGone = false;
  }

  /** What the document says, once two cells with one id, made by two people who moved it, are one. */
  async #read(): Promise<ReadState> {
    const { document, reader, pause, gate, change } = this.#parts;
    for (;;) {
      const read = await reader.read(pause);
      if (hasDoubledIds(read.state.cells)) change(() => foldCells(document));
      // The file must never show what the journal doesn't hold.
      await gate.committed();
      if (!hasDoubledIds(read.state.cells)) return read;
    }
  }

  async #format(): Promise<Formatting> {
    await this.#read();
    return await formatCells(this.#parts);
  }

  /** A notebook that moves takes its text along, so that nothing is reformatted on the way. */
  #textOf(state: NotebookState): string {
    const { text, omitted } = saveText(state, this.#baseline);
    if (omitted.length > 0) {
      this.#parts.logger.warn("Outputs that a file can't have were left out of it", {
        notebook: this.#path ?? this.#parts.notebookId,
        outputs: omitted.length,
      });
    }
    return text;
  }

  #failed(thrown: unknown, attempted: string): NotebookdError {
    const failure = toNotebookdError(thrown, attempted);
    const { code, message } = failure;
    if (code === "invalid_argument" || code === "path_in_use") return failure;
    this.#failure = failure;
    this.#parts.logger.warn("Notebook not saved", {
      notebook: this.#path ?? this.#parts.notebookId,
      code,
      reason: message,
    });
    if (code === "storage_failed" || code === "permission_denied") this.#retry.schedule();
    this.#tell();
    return failure;
  }

  #news(): Pick<SaveStatus, "state" | "path" | "error"> {
    const path = this.#path === null ? {} : { path: this.#path };
    const failure = this.#failure ?? this.#parts.gate.failure;
    if (hasConflicts(this.#parts.document)) return { state: "conflict", ...path };
    if (failure !== null) {
      const state = failure.code === "storage_failed" || failure.code === "permission_denied"
        ? "failed"
        : "conflict";
      return { state, ...path, error: failure.message };
    }
    return { state: this.#unsaved ? "unsaved" : "saved", ...path };
  }

  #tell(): void {
    const news = this.#news();
    const text = JSON.stringify(news);
    if (text === this.#told) return;
    this.#told = text;
    this.#parts.tell({ event: "save_state", ...news });
  }
}

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** The file holds something else than this room has seen. */
function isOutsideChange(error: unknown): boolean {
  return error instanceof NotebookdError && error.code === "conflict";
}
