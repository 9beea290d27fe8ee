/**
 * One Automerge document, through the library's low-level handle. Everything the rest of the
 * project knows about the library's documents is in this file.
 *
 * The document is never turned into JavaScript objects as a whole: what is read is read key by key.
 * The library's high-level wrapper is kept beside the handle only because the sync functions need
 * it; nothing is ever read from it.
 *
 * @module
 */

import * as A from "@automerge/automerge";
import { NotebookdError } from "../errors.ts";
import { isAutomergeAlive } from "./automerge.ts";
import type { BulkTree, BulkValue } from "./bulk_value.ts";
import { type ChangeOrigin, type DecodedChange, toOperation } from "./change_origin.ts";
import { splitChunks } from "./chunks.ts";

/** The id of an object (a map, a list, a Text) in a document. */
export type ObjectId = string;

/** The root map of every document. */
export const ROOT: ObjectId = "_root";

/** A value with its Automerge type. Objects come as their id; integers past 2^53 as bigint. */
export type TypedValue =
  | readonly ["str", string]
  | readonly ["int" | "uint" | "counter", number | bigint]
  | readonly ["f64", number]
  | readonly ["boolean", boolean]
  | readonly ["null", null]
  | readonly ["timestamp", Date]
  | readonly ["bytes", Uint8Array]
  | readonly ["map" | "list" | "text" | "table", ObjectId];

/** A scalar that can be put, by its Automerge type. */
export type Scalar =
  | readonly ["str", string]
  | readonly ["int", number]
  | readonly ["f64", number]
  | readonly ["boolean", boolean]
  | readonly ["null", null];

/** One difference between two states of a document, as the library tells it. */
export type Patch = A.Patch;

/** How a document got from one state to the next. */
export interface PatchBatch {
  /** The heads that it came from. */
  before: readonly string[];
  /** The heads that it came to. */
  after: readonly string[];
  /**
   * The differences. Those of one list follow from each other; the path of anything inside an
   * element is as of `after`.
   */
  patches: readonly Patch[];
}

/**
 * The library's record of what it and one peer know of each other: plain data, never changed in
 * place. Only what is read here is named; the rest belongs to the library.
 */
export interface SyncState {
  /** The heads that both sides are known to have. */
  readonly sharedHeads: readonly string[];
  /** The heads that were announced to the peer last. */
  readonly lastSentHeads: readonly string[];
  /** The heads that the peer announced last. */
  readonly theirHeads?: readonly string[] | undefined;
  /** Whether the peer was told anything since the conversation began. */
  readonly haveResponded?: boolean;
}

/** The state of a conversation that hasn't begun. */
export function newSyncState(): SyncState {
  return A.initSyncState();
}

/** How a document is opened. */
export interface CrdtDocumentOptions {
  /** The actor for local changes, an even number of hex digits; a random one if left out. */
  actor?: string;
}

type Handle = ReturnType<typeof A.getBackend>;

/**
 * One Automerge document. {@linkcode initAutomerge} must have finished before the first is made.
 *
 * @example
 * ```ts
 * import { initAutomerge } from "@/doc/automerge.ts";
 * import { CrdtDocument, ROOT } from "@/doc/crdt_document.ts";
 * import { assertEquals } from "@std/assert";
 *
 * await initAutomerge();
 * using doc = CrdtDocument.create();
 * doc.put(ROOT, "name", ["str", "scalar"]);
 * const source = doc.makeText(ROOT, "source", "print(1)");
 * doc.commit();
 * assertEquals(doc.get(ROOT, "name"), ["str", "scalar"]);
 * assertEquals(doc.get(ROOT, "source"), ["text", source]);
 * ```
 */
export class CrdtDocument implements Disposable {
  #wrapper: A.Doc<unknown>;
  #handle: Handle;
  #recording = false;
  #batches: PatchBatch[] = [];
  #settled: readonly string[] = [];
  #disposed = false;

  private constructor(wrapper: A.Doc<unknown>) {
    this.#wrapper = wrapper;
    this.#handle = A.getBackend(wrapper);
    // The library notes what changed only from the first call on; without it, it would compare
    // whole documents at the first sync message.
    this.#handle.updateDiffCursor();
  }

  /** Makes an empty document. */
  static create(options: CrdtDocumentOptions = {}): CrdtDocument {
    return new CrdtDocument(A.init(options.actor === undefined ? {} : { actor: options.actor }));
  }

  /**
   * Loads what {@linkcode CrdtDocument.save} gave, with any incremental chunks appended to it.
   *
   * @throws {NotebookdError} with code `internal` when the bytes are not a document.
   */
  static load(bytes: Uint8Array, options: CrdtDocumentOptions = {}): CrdtDocument {
    const doc = CrdtDocument.create(options);
    try {
      doc.applyIncremental(bytes);
      return doc;
    } catch (error) {
      doc[Symbol.dispose]();
      throw error;
    }
  }

  /** The actor of local changes. */
  get actor(): string {
    return this.#handle.getActorId();
  }

  /** The hashes of the newest changes, sorted; none in an empty document. */
  heads(): string[] {
    return this.#handle.getHeads().sort();
  }

  /** Tells whether every one of these changes is in the document. */
  hasHeads(heads: readonly string[]): boolean {
    return A.hasHeads(this.#wrapper, [...heads]);
  }

  /** The whole document as bytes. Costs in proportion to it. */
  save(): Uint8Array {
    return this.#handle.save();
  }

  /** The changes that came after these heads, as bytes for {@linkcode applyIncremental}. */
  saveSince(heads: readonly string[]): Uint8Array {
    return this.#handle.saveSince([...heads]);
  }

  /** Where each change after these heads came from. */
  changesSince(heads: readonly string[]): ChangeOrigin[] {
    return this.#handle.getChangesMeta([...heads]).map(({ actor, hash, deps }) => ({
      actor,
      hash,
      deps,
    }));
  }

  /** What was done after these heads. Costs in proportion to it. */
  operationsSince(heads: readonly string[]): DecodedChange[] {
    return this.changesSince(heads).map((origin) => {
      const { ops } = this.#handle.getDecodedChangeByHash(origin.hash) ?? { ops: [] };
      return { ...origin, operations: ops.map(toOperation) };
    });
  }

  /**
   * Takes in bytes of {@linkcode save} or {@linkcode saveSince}. If they can't be read, the document
   * is as it was.
   *
   * @returns Whether the document changed.
   * @throws {NotebookdError} with code `internal` when the bytes hold no changes, or damaged ones.
   */
  applyIncremental(bytes: Uint8Array): boolean {
    const before = this.heads();
    return this.#guarded(before, "internal", "Can't read the saved changes", () => {
      const chunks = splitChunks(bytes);
      if (chunks === null) throw new RangeError("Not whole chunks");
      // Unlike loadIncremental, applyChanges refuses what it can't read.
      for (const { kind, bytes: chunk } of chunks) {
        if (kind === "document") this.#handle.loadIncremental(chunk);
        else this.#handle.applyChanges([chunk]);
      }
      this.#settle(before.length === 0);
      return !sameHeads(before, this.heads());
    });
  }

  /**
   * The value at a key of a map or an index of a list, or null if there is none.
   *
   * @param heads Reads the document as it was at these heads.
   */
  get(object: ObjectId, prop: string | number, heads?: readonly string[]): TypedValue | null {
    return this.#handle.getWithType(object, prop, heads && [...heads]) ?? null;
  }

  /**
   * The id of the object at a key or an index.
   *
   * @throws {NotebookdError} with code `internal` when no object is there.
   */
  idAt(object: ObjectId, prop: string | number): ObjectId {
    const value = this.get(object, prop);
    switch (value?.[0]) {
      case "map":
      case "list":
      case "text":
      case "table":
        return value[1];
      default:
        throw new NotebookdError("internal", `No object at "${prop}" of a document's object`);
    }
  }

  /** The keys of a map, sorted. Of a list: the ids of its elements, in order. */
  keys(object: ObjectId): string[] {
    return this.#handle.keys(object);
  }

  /** How many elements a list has, or how many UTF-16 units a Text. */
  length(object: ObjectId): number {
    return this.#handle.length(object);
  }

  /** The content of a Text. */
  text(object: ObjectId): string {
    return this.#handle.text(object);
  }

  /** The keys and indices that lead from the root to an object, or null if it isn't reachable. */
  path(object: ObjectId): (string | number)[] | null {
    try {
      return this.#handle.objInfo(object).path ?? null;
    } catch {
      return null;
    }
  }

  /** Puts a scalar at a key of a map or an index of a list. */
  put(object: ObjectId, prop: string | number, [type, value]: Scalar): void {
    this.#handle.put(object, wellFormedProp(prop), wellFormed(value), type);
  }

  /** Makes an empty map or list at a key of a map. */
  makeObject(object: ObjectId, key: string, kind: "map" | "list"): ObjectId {
    return this.#handle.putObject(object, key.toWellFormed(), kind === "map" ? {} : []);
  }

  /** Makes a Text at a key of a map. */
  makeText(object: ObjectId, key: string, content: string): ObjectId {
    return this.#handle.putObject(object, key.toWellFormed(), content.toWellFormed());
  }

  /** Inserts a scalar into a list, before the element at this index. */
  insert(list: ObjectId, index: number, [type, value]: Scalar): void {
    this.#handle.insert(list, index, wellFormed(value), type);
  }

  /** Inserts an empty map or list into a list, before the element at this index. */
  insertObject(list: ObjectId, index: number, kind: "map" | "list"): ObjectId {
    return this.#handle.insertObject(list, index, kind === "map" ? {} : []);
  }

  /**
   * Replaces elements of a list by whole trees, several times faster than one call per value.
   * Recursive inside the library: trees deeper than a few hundred levels must be put level by level.
   */
  spliceList(list: ObjectId, index: number, deleteCount: number, values: BulkValue[]): void {
    this.#handle.spliceFromHydrate(list, index, deleteCount, values);
  }

  /** Puts a whole tree at a key of a map. Bounds as for {@linkcode spliceList}. */
  putTree(object: ObjectId, key: string, tree: BulkTree): void {
    this.#handle.putObjectFromHydrate(object, key.toWellFormed(), tree);
  }

  /** Replaces part of a Text. Index and count are UTF-16 units, as in JavaScript strings. */
  spliceText(text: ObjectId, index: number, deleteCount: number, insert: string): void {
    this.#handle.splice(text, index, deleteCount, insert.toWellFormed());
  }

  /** Removes a key of a map or an element of a list. */
  delete(object: ObjectId, prop: string | number): void {
    this.#handle.delete(object, prop);
  }

  /**
   * Makes one change of everything done since the last commit.
   *
   * @param options When it was made, in seconds since 1970; 0 if left out.
   * @returns Whether there was anything to commit.
   */
  commit(options: { time?: number } = {}): boolean {
    const hash = this.#handle.commit(null, options.time ?? 0);
    this.#settle(false);
    return hash !== null;
  }

  /** Takes back everything done since the last commit. */
  rollback(): void {
    this.#handle.rollback();
  }

  /** A copy under a new actor, its own in every way. */
  fork(options: CrdtDocumentOptions = {}): CrdtDocument {
    return new CrdtDocument(
      A.clone(this.#wrapper, options.actor === undefined ? {} : { actor: options.actor }),
    );
  }

  /**
   * From now on keeps what each commit and each received message changed, except what fills an
   * empty document: all of that is new.
   */
  recordPatches(): void {
    if (this.#recording) return;
    this.#settled = this.heads();
    this.#recording = true;
  }

  /** What changed since the last call, oldest first. Empty unless {@linkcode recordPatches} is on. */
  takePatches(): PatchBatch[] {
    const batches = this.#batches;
    this.#batches = [];
    return batches;
  }

  /** Makes the next sync message for a peer, or null if there is nothing to say. */
  generateSync(state: SyncState): [SyncState, Uint8Array | null] {
    return A.generateSyncMessage(this.#wrapper, state as A.SyncState);
  }

  /**
   * Takes in a sync message. If it is garbage, the document is as it was.
   *
   * @throws {NotebookdError} with code `bad_sync_message` when it can't be read or applied, and
   * `internal` when the library itself broke.
   */
  receiveSync(state: SyncState, message: Uint8Array): SyncState {
    const before = this.heads();
    return this.#guarded(before, "bad_sync_message", "Can't apply the sync message", () => {
      // Changes go in through the handle: the library's own way would first compare whole
      // documents. What is left for it is the peer's state.
      for (const chunk of A.decodeSyncMessage(message).changes) {
        const parts = splitChunks(chunk);
        // The library would skip it without a word, or inflate it without a bound.
        if (parts === null) throw new RangeError("Not whole chunks");
        if (before.length > 0 && parts.some(({ kind }) => kind === "document")) rehearseLoad(chunk);
        this.#handle.loadIncremental(chunk);
      }
      this.#settle(before.length === 0);
      const [wrapper, next] = A.receiveSyncMessage(this.#wrapper, state as A.SyncState, message);
      this.#wrapper = wrapper;
      return next;
    });
  }

  /** Tells whether the peer with this state has everything that this document has. */
  peerHasAll(state: SyncState): boolean {
    return A.hasOurChanges(this.#wrapper, state as A.SyncState);
  }

  /** Frees the memory that the library holds for this document. */
  [Symbol.dispose](): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#handle.free();
  }

  /** Tells the library that what changed so far is dealt with. */
  #settle(wholeDocument: boolean): void {
    if (!this.#recording) return this.#handle.updateDiffCursor();
    const before = this.#settled;
    this.#settled = this.heads();
    // The patches of a document that just came as a whole say nothing that reading it doesn't, and
    // take seconds to make.
    if (wholeDocument) return this.#handle.updateDiffCursor();
    const patches = this.#handle.diffIncremental();
    if (patches.length > 0) this.#batches.push({ before, after: this.#settled, patches });
  }

  /** Runs a step that takes in foreign bytes, and undoes whatever it did if it fails. */
  #guarded<T>(
    before: string[],
    code: "bad_sync_message" | "internal",
    attempted: string,
    step: () => T,
  ): T {
    try {
      return step();
    } catch (error) {
      if (!isAutomergeAlive()) {
        throw new NotebookdError(
          "internal",
          "The Automerge library stopped: every document of this thread is lost, start a new one",
          { cause: error },
        );
      }
      // A refusal leaves everything as it was. Anything else is a panic inside the library, after
      // which part of a change may be in.
      const refused = error instanceof RangeError || error instanceof NotebookdError;
      if (!refused || !sameHeads(before, this.heads())) this.#restore(before);
      throw new NotebookdError(code, `${attempted}: the bytes are damaged or not its format`, {
        cause: error,
      });
    }
  }

  /** Goes back to a state from before a panic, in a new handle that has been read afresh. */
  #restore(heads: string[]): void {
    const past = this.#handle.fork(undefined, heads);
    const wrapper = A.init<unknown>();
    const handle = A.getBackend(wrapper);
    if (heads.length > 0) handle.loadIncremental(past.save());
    handle.updateDiffCursor();
    past.free();
    this.#handle.free();
    this.#wrapper = wrapper;
    this.#handle = handle;
    if (!sameHeads(heads, this.heads())) {
      throw new NotebookdError("internal", "Can't restore a document that damaged bytes broke");
    }
  }
}

/**
 * Loads a whole history on its own before it is let into another. The library checks less when it
 * adds one to a document that isn't empty: a forged one got in, and the document could be saved but
 * never loaded again.
 */
function rehearseLoad(history: Uint8Array): void {
  using once = CrdtDocument.load(history);
  using twice = CrdtDocument.load(once.save());
  if (!sameHeads(once.heads(), twice.heads())) throw new RangeError("Not a history");
}

function sameHeads(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((hash, index) => hash === other[index]);
}

function wellFormed<T>(value: T | string): T | string {
  return typeof value === "string" ? value.toWellFormed() : value;
}

function wellFormedProp(prop: string | number): string | number {
  return typeof prop === "string" ? prop.toWellFormed() : prop;
}
