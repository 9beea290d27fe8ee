/**
 * A storage for tests, in memory: one notebook, its file and its journal.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { NotebookdError } from "../../src/errors.ts";
import type {
  FileContent,
  JournaledNotebook,
  NotebookContent,
  NotebookStorage,
  Rebase,
  RecordedContent,
} from "../../src/rooms/ports.ts";

/** Gives the content of a file that holds this text. */
export function contentOf(text: string): FileContent {
  const bytes = new TextEncoder().encode(text);
  return { bytes, hash: createHash("sha256").update(bytes).digest("hex") };
}

/** See the module. What is set fails until it is taken back. */
export class MemoryStorage implements NotebookStorage {
  /** What the file holds; null: there is none. */
  file: FileContent | null;
  /** The journal; null until it is begun. */
  journal: { snapshot: Uint8Array; log: Uint8Array[]; baseline: RecordedContent | null } | null =
    null;
  /** Thrown by whatever touches the journal. */
  journalFault: NotebookdError | null = null;
  /** Thrown by whatever writes a notebook file. */
  fileFault: NotebookdError | null = null;
  /** What was called, in order. */
  readonly calls: string[] = [];
  /** Other files, by path. */
  readonly others = new Map<string, FileContent>();
  #kept: Uint8Array[] = [];
  #hold: Promise<void> = Promise.resolve();

  constructor(file: FileContent | null = null) {
    this.file = file;
  }

  /** Makes appends wait until what is returned is called. */
  holdAppends(): () => void {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#hold = promise;
    return resolve;
  }

  /** What a later run finds. */
  found(): JournaledNotebook | undefined {
    if (this.journal === null) return undefined;
    const { snapshot, log, baseline } = this.journal;
    const bytes = new Uint8Array(log.reduce((sum, { length }) => sum + length, 0));
    let at = 0;
    for (const chunk of log) {
      bytes.set(chunk, at);
      at += chunk.length;
    }
    return { snapshot, log: bytes, baseline, pending: [] };
  }

  begin(first: { snapshot: Uint8Array; heads: readonly string[] }): Promise<void> {
    this.#journalCall("begin");
    const baseline = this.file === null ? null : { ...this.file, heads: first.heads };
    this.journal = { snapshot: first.snapshot, log: [], baseline };
    return Promise.resolve();
  }

  refuse(): Promise<void> {
    this.#journalCall("refuse");
    this.journal = null;
    return Promise.resolve();
  }

  async append(chunk: Uint8Array): Promise<boolean> {
    this.#kept.push(chunk);
    await this.#hold;
    this.#journalCall("append");
    this.journal?.log.push(...this.#kept.filter(({ length }) => length > 0));
    this.#kept = [];
    return false;
  }

  compact(snapshot: Uint8Array): Promise<void> {
    this.#journalCall("compact");
    if (this.journal !== null) this.journal = { ...this.journal, snapshot, log: [] };
    return Promise.resolve();
  }

  synced(): Promise<void> {
    this.#journalCall("synced");
    return Promise.resolve();
  }

  read(): Promise<FileContent | null> {
    this.calls.push("read");
    return Promise.resolve(this.file);
  }

  async rebase({ hash, heads, chunk }: Rebase): Promise<void> {
    this.#journalCall("rebase");
    if (this.file?.hash !== hash) throw conflict();
    await this.append(chunk);
    if (this.journal !== null) this.journal.baseline = { ...this.file, heads };
  }

  async save(
    { bytes, heads }: NotebookContent,
    { recreate }: { recreate: boolean },
  ): Promise<{ hash: string; written: boolean }> {
    this.#fileCall("save");
    const now = this.file?.hash ?? null;
    const known = this.journal?.baseline?.hash ?? null;
    if (now === null && known !== null && !recreate) {
      throw new NotebookdError("not_found", "The file was deleted");
    }
    if (now !== null && now !== known) throw conflict();
    const text = new TextDecoder().decode(bytes);
    const written = contentOf(text);
    const isNew = written.hash !== now;
    this.file = written;
    if (this.journal !== null) this.journal.baseline = { ...written, heads };
    await Promise.resolve();
    return { hash: written.hash, written: isNew };
  }

  async move(
    target: string,
    content: NotebookContent,
  ): Promise<{ hash: string; written: boolean; path: string }> {
    this.#fileCall("move");
    if (this.others.has(target)) throw conflict();
    this.file = null;
    if (this.journal !== null) this.journal.baseline = null;
    return { ...await this.save(content, { recreate: true }), path: target };
  }

  copy(target: string, bytes: Uint8Array): Promise<{ path: string }> {
    this.#fileCall("copy");
    if (this.others.has(target)) throw conflict();
    this.others.set(target, contentOf(new TextDecoder().decode(bytes)));
    return Promise.resolve({ path: target });
  }

  #journalCall(name: string): void {
    this.calls.push(name);
    if (this.journalFault !== null) throw this.journalFault;
  }

  #fileCall(name: string): void {
    this.calls.push(name);
    if (this.fileFault !== null) throw this.fileFault;
  }
}

function conflict(): NotebookdError {
  return new NotebookdError("conflict", "Another program changed the file");
}
