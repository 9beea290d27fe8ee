/**
 * Keeps a room from telling anyone what its journal doesn't hold yet.
 *
 * What always holds:
 * 1. While {@linkcode JournalGate.open} is true, every change of the document is in the journal.
 * 2. Changes reach the journal in the order in which they were made: one is handed over at a time.
 * 3. What couldn't be written stays with the storage and is tried again, at growing intervals, for as
 *    long as the room lives.
 *
 * @module
 */

import type { Clock } from "../clock.ts";
import type { CrdtDocument } from "../doc/crdt_document.ts";
import { type NotebookdError, toNotebookdError } from "../errors.ts";
import { Backoff } from "./backoff.ts";
import { headsKey } from "./heads.ts";
import type { NotebookStorage } from "./ports.ts";

/** What a gate needs. */
export interface JournalGateParts {
  document: CrdtDocument;
  /** The journal; none for a room that isn't kept. */
  storage: NotebookStorage | undefined;
  clock: Clock;
  /** The journal holds everything again, or for the first time since it failed. */
  opened: () => void;
  /** The journal can't be written to; told once for each reason in turn. */
  failed: (error: NotebookdError) => void;
}

/** See the module. */
export class JournalGate implements Disposable {
  readonly #parts: JournalGateParts;
  readonly #retry: Backoff;
  /** What the storage was given. */
  #given: readonly string[];
  #busy: Promise<void> | null = null;
  #failure: NotebookdError | null = null;
  #compacting = false;
  #closed = false;

  /** Begins with a document that the journal holds whole. */
  constructor(parts: JournalGateParts) {
    this.#parts = parts;
    this.#given = parts.document.heads();
    this.#retry = new Backoff(parts.clock, () => void this.#again());
  }

  /** Whether everything in the document is in the journal. */
  get open(): boolean {
    return !this.#closed && this.#busy === null && this.#failure === null && !this.#behind;
  }

  /** Why the journal can't be written to at the moment, if it can't. */
  get failure(): NotebookdError | null {
    return this.#failure;
  }

  /**
   * Hands over what is new in the document.
   *
   * @returns Null if there was nothing to do; else a promise that resolves when the journal holds
   * what the document held at the call, or when that has failed.
   */
  commit(): Promise<void> | null {
    if (this.#busy !== null) return this.#busy.then(() => this.commit() ?? undefined);
    const { storage } = this.#parts;
    if (storage === undefined || !this.#behind) return null;
    return this.#append(storage);
  }

  /** Resolves when the journal holds what the document holds now, however long that takes to begin. */
  async committed(): Promise<void> {
    for (let waiting = this.commit(); waiting !== null; waiting = this.commit()) {
      await waiting;
      if (this.#failure !== null) throw this.#failure;
    }
    if (this.#failure !== null) throw this.#failure;
  }

  /**
   * Gives what is new in the document to something that writes it to the journal. Nothing else is
   * handed over meanwhile.
   *
   * @param write Takes the chunk. If it fails, the chunk is appended in the usual way.
   * @throws Whatever `write` throws.
   */
  async during(write: (chunk: Uint8Array) => Promise<void>): Promise<void> {
    while (this.#busy !== null) await this.#busy;
    const before = this.#given;
    try {
      await this.#hand(write);
    } catch (error) {
      // A chunk that is in the journal twice does no harm; one that is missing would.
      this.#given = before;
      throw error;
    } finally {
      this.#evaluate();
    }
  }

  /** Tries no more. */
  [Symbol.dispose](): void {
    this.#closed = true;
    this.#retry[Symbol.dispose]();
  }

  get #behind(): boolean {
    // Once it is closed, the document may be gone.
    if (this.#parts.storage === undefined || this.#closed) return false;
    return headsKey(this.#given) !== headsKey(this.#parts.document.heads());
  }

  async #append(storage: NotebookStorage): Promise<void> {
    try {
      await this.#hand(async (chunk) => {
        if (await storage.append(chunk)) void this.#compact();
      });
      this.#failure = null;
      this.#retry.reset();
    } catch (error) {
      // The storage has the chunk, and writes it before the next one.
      this.#fail(toNotebookdError(error, "Cannot write to the journal"));
    }
    this.#evaluate();
  }

  async #hand(write: (chunk: Uint8Array) => Promise<void>): Promise<void> {
    const { document } = this.#parts;
    const chunk = this.#behind ? document.saveSince(this.#given) : new Uint8Array();
    this.#given = document.heads();
    const work = write(chunk);
    this.#busy = work.then(() => {}, () => {});
    try {
      await work;
    } finally {
      this.#busy = null;
    }
  }

  #evaluate(): void {
    if (this.open) this.#parts.opened();
  }

  #fail(error: NotebookdError): void {
    const told = this.#failure?.code === error.code;
    this.#failure = error;
    if (this.#closed) return;
    if (!told) this.#parts.failed(error);
    this.#retry.schedule();
  }

  async #again(): Promise<void> {
    const { storage } = this.#parts;
    if (storage === undefined || this.#closed || this.#failure === null) return;
    while (this.#busy !== null) await this.#busy;
    await this.#append(storage);
  }

  /** A failed one is tried again when the journal has grown further. */
  async #compact(): Promise<void> {
    const { storage, document } = this.#parts;
    if (this.#compacting || this.#closed || storage === undefined || this.#behind) return;
    this.#compacting = true;
    try {
      await storage.compact(document.save());
    } catch (error) {
      this.#fail(toNotebookdError(error, "Cannot compact the journal"));
    } finally {
      this.#compacting = false;
    }
  }
}
