/**
 * The sync state between one document and one peer.
 *
 * @module
 */

import { type CrdtDocument, newSyncState, type SyncState } from "./crdt_document.ts";
import type { FirstSync, PreparedReply } from "./first_sync.ts";

/** What a {@linkcode SyncPeer} may be given. */
export interface SyncPeerOptions {
  /** Messages prepared for peers that have nothing yet, shared by all peers of the document. */
  first?: FirstSync;
}

/**
 * What this side and one peer know of each other's copy of a document. It has one owner, the
 * connection, and dies with it: a message that was generated must be written, or the whole state
 * thrown away.
 *
 * @example
 * ```ts
 * import { initAutomerge } from "@/doc/automerge.ts";
 * import { CrdtDocument, ROOT } from "@/doc/crdt_document.ts";
 * import { SyncPeer } from "@/doc/sync.ts";
 * import { assertEquals } from "@std/assert";
 *
 * await initAutomerge();
 * using mine = CrdtDocument.create();
 * using theirs = CrdtDocument.create();
 * mine.put(ROOT, "key", ["str", "value"]);
 * mine.commit();
 * const [here, there] = [new SyncPeer(mine), new SyncPeer(theirs)];
 * for (let talking = true; talking;) {
 *   const [out, back] = [here.generate(), there.generate()];
 *   if (out !== null) there.receive(out);
 *   if (back !== null) here.receive(back);
 *   talking = out !== null || back !== null;
 * }
 * assertEquals(theirs.get(ROOT, "key"), ["str", "value"]);
 * assertEquals(there.covered, true);
 * ```
 */
export class SyncPeer {
  readonly #doc: CrdtDocument;
  readonly #first: FirstSync | undefined;
  #state: SyncState = newSyncState();
  /** True from the prepared greeting until the answer to it. */
  #greeted = false;
  /** The answer to what was just received, if it was prepared. */
  #reply: PreparedReply | null = null;

  /** Begins a conversation about this document, from nothing. */
  constructor(doc: CrdtDocument, options: SyncPeerOptions = {}) {
    this.#doc = doc;
    this.#first = options.first;
  }

  /**
   * Takes in a message of the peer.
   *
   * @returns Whether the document changed.
   * @throws {NotebookdError} with code `bad_sync_message` when it is garbage; document and state
   * are as they were. With code `internal` when the library broke.
   */
  receive(message: Uint8Array): { changed: boolean } {
    this.#reply = this.#greeted ? this.#first?.replyTo(message) ?? null : null;
    this.#greeted = false;
    if (this.#reply !== null) {
      this.#state = this.#reply.received;
      return { changed: false };
    }
    const before = this.#doc.heads();
    this.#state = this.#doc.receiveSync(this.#state, message);
    return { changed: before.join() !== this.#doc.heads().join() };
  }

  /** Makes the next message, or null if there is nothing to say. What it gives must be written. */
  generate(): Uint8Array | null {
    return this.#prepared() ?? this.#generate(this.#state);
  }

  /** Makes a message even if there is nothing new to say, for a peer that waits for an answer. */
  generateAlways(): Uint8Array {
    const message = this.#prepared() ?? this.#generate(this.#state) ??
      this.#generate({ ...this.#state, haveResponded: false });
    if (message !== null) return message;
    throw new TypeError("The library made no sync message for a peer that got none yet");
  }

  /** The heads that the peer announced last, or null before its first message. */
  get announced(): readonly string[] | null {
    return this.#state.theirHeads ?? null;
  }

  /** Whether the document contains everything that the peer announced. */
  get covered(): boolean {
    return this.announced !== null && this.#doc.hasHeads(this.announced);
  }

  /**
   * Tells whether the peer is known to have these heads. It may say no to heads that the peer
   * passed long ago, never yes to what it lacks.
   */
  theyHave(heads: readonly string[]): boolean {
    if (this.announced === null) return false;
    const known = new Set([...this.#state.sharedHeads, ...this.announced]);
    return heads.every((head) => known.has(head)) || this.#doc.peerHasAll(this.#state);
  }

  #generate(state: SyncState): Uint8Array | null {
    const [next, message] = this.#doc.generateSync(state);
    if (message !== null) this.#state = next;
    return message;
  }

  /** The message that was prepared for this very moment, if there is one. */
  #prepared(): Uint8Array | null {
    const reply = this.#reply;
    this.#reply = null;
    if (reply !== null && this.#first?.isCurrent()) {
      this.#state = reply.sent;
      return reply.message;
    }
    if (this.announced !== null || this.#state.lastSentHeads.length > 0) return null;
    const greeting = this.#first?.greeting() ?? null;
    if (greeting === null) return null;
    this.#state = greeting.sent;
    this.#greeted = true;
    return greeting.message;
  }
}
