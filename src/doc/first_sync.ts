/**
 * The first exchange with a peer that has nothing yet, prepared ahead. Making the message that
 * holds a whole notebook takes long enough for an impatient client to give up on it, so it is made
 * before that client is told that it may sync at all.
 *
 * The messages come from the library itself: a new client is played through once, and what the
 * library answered is kept.
 *
 * @module
 */

import { CrdtDocument, newSyncState, type SyncState } from "./crdt_document.ts";

/** The message that opens a conversation, and the sync state once it is sent. */
export interface PreparedGreeting {
  /** What to send. */
  message: Uint8Array;
  /** The state once it is sent. */
  sent: SyncState;
}

/** The answer to a message, and the sync states before and after it is sent. */
export interface PreparedReply {
  /** What to send. */
  message: Uint8Array;
  /** The state once the peer's message is taken in. */
  received: SyncState;
  /** The state once the answer is sent. */
  sent: SyncState;
}

interface Prepared {
  heads: string;
  greeting: PreparedGreeting;
  /** The message of a new client that `reply` answers. */
  asked: Uint8Array;
  reply: PreparedReply;
}

/** The prepared first exchange of one document, for all its peers. */
export class FirstSync {
  readonly #doc: CrdtDocument;
  #prepared: Prepared | null = null;

  /** Prepares nothing yet: see {@linkcode prepare}. */
  constructor(doc: CrdtDocument) {
    this.#doc = doc;
  }

  /**
   * Makes the first exchange ready for the document as it is now. Costs in proportion to the
   * document, and nothing if it hasn't changed since the last time.
   */
  prepare(): void {
    const heads = this.#doc.heads().join();
    if (this.#prepared?.heads !== heads) this.#prepared = rehearse(this.#doc, heads);
  }

  /** Whether what is prepared fits the document as it is now. */
  isCurrent(): boolean {
    return this.#prepared !== null && this.#prepared.heads === this.#doc.heads().join();
  }

  /** The message to open with, or null if it isn't prepared. */
  greeting(): PreparedGreeting | null {
    return this.isCurrent() ? this.#prepared?.greeting ?? null : null;
  }

  /**
   * The answer to a peer that got {@linkcode greeting}, or null where the library has to be asked:
   * the message isn't that of a new client, or the document has changed.
   */
  replyTo(message: Uint8Array): PreparedReply | null {
    if (!this.isCurrent() || this.#prepared === null) return null;
    return equalBytes(this.#prepared.asked, message) ? this.#prepared.reply : null;
  }
}

/** Plays a new client through its first exchange. */
function rehearse(doc: CrdtDocument, heads: string): Prepared | null {
  using client = CrdtDocument.create();
  const [greeted, greeting] = doc.generateSync(newSyncState());
  if (greeting === null) return null;
  const clientState = client.receiveSync(newSyncState(), greeting);
  const asked = client.generateSync(clientState)[1];
  if (asked === null) return null;
  const received = doc.receiveSync(greeted, asked);
  const [sent, message] = doc.generateSync(received);
  if (message === null) return null;
  return {
    heads,
    greeting: { message: greeting, sent: greeted },
    asked,
    reply: { message, received, sent },
  };
}

function equalBytes(one: Uint8Array, other: Uint8Array): boolean {
  return one.byteLength === other.byteLength && one.every((byte, index) => byte === other[index]);
}
