/**
 * One peer of a room: when a sync message, a response or a broadcast may go to it.
 *
 * What always holds (one `#evaluate` after every change of state keeps it):
 * 1. At most one sync message is unwritten at any time, and one is made only when none is.
 * 2. A v2 peer gets one sync message for each that it sent, before anything that its own message
 *    caused: such a client reads exactly one frame after an edit and throws away a broadcast it
 *    finds there.
 * 3. However many changes come while a message is unwritten, they become one message.
 * 4. The first frame is a sync message: a broadcast made while the peer joins waits for it. A v2 client
 *    reads exactly one frame after the answer to its handshake and expects that one.
 * 5. No sync message is made while the document holds what its journal doesn't: it would acknowledge
 *    what a crash could still take away.
 *
 * @module
 */

import type { SyncPeer } from "../doc/sync.ts";
import { toNotebookdError } from "../errors.ts";
import { peerTooSlow } from "../reasons.ts";
import type { FrameKind, PeerOptions, PeerSink } from "./ports.ts";

/** How a sync message becomes a frame for the socket. */
export type FrameSyncMessage = (message: Uint8Array) => Uint8Array;

/** A frame that waits for an answer to go first. */
interface HeldFrame {
  kind: FrameKind;
  frame: Uint8Array;
}

/** What a peer needs from its room. */
export interface RoomPeerParts {
  sync: SyncPeer;
  sink: PeerSink;
  options: PeerOptions;
  frameSync: FrameSyncMessage;
  /** More held bytes than this, and the peer is dropped as too slow. */
  unsentBytes: number;
  /** Whether what the document says may be told now. */
  mayTell?: () => boolean;
}

/** The state of one peer. */
export class RoomPeer {
  readonly options: PeerOptions;
  readonly #parts: RoomPeerParts;
  /** Nothing goes out before the info frame has gone. */
  #unwritten = true;
  #greeted = false;
  #dirty = true;
  #answersOwed = 0;
  #held: HeldFrame[] = [];
  #heldBytes = 0;

  constructor(parts: RoomPeerParts) {
    this.#parts = parts;
    this.options = parts.options;
  }

  /** The info frame is out, or the last sync message is. */
  written(): void {
    this.#unwritten = false;
    this.#evaluate();
  }

  /** What the document says may be told again. */
  release(): void {
    this.#evaluate();
  }

  /** The document changed through someone else. */
  markDirty(): void {
    this.#dirty = true;
    this.#evaluate();
  }

  /**
   * Takes in a sync message of this peer.
   *
   * @returns Whether the document changed.
   * @throws {NotebookdError} with code `bad_sync_message` when it isn't one.
   */
  receive(message: Uint8Array): boolean {
    const { changed } = this.#parts.sync.receive(message);
    if (this.options.features) this.#dirty = true;
    else this.#answersOwed++;
    this.#evaluate();
    return changed;
  }

  /** Puts a response or a broadcast behind whatever must go before it. */
  send(kind: "response" | "broadcast", frame: Uint8Array): void {
    if (this.#mayPass) {
      this.#parts.sink.frame(kind, frame);
      return;
    }
    this.#held.push({ kind, frame });
    this.#heldBytes += frame.byteLength;
    const { sink, unsentBytes } = this.#parts;
    // A single frame may be larger than the bound.
    if (this.#held.length > 1 && this.#heldBytes > unsentBytes) sink.drop(peerTooSlow(unsentBytes));
  }

  /** Whether a response or a broadcast may go now. */
  get #mayPass(): boolean {
    return this.#greeted && this.#answersOwed === 0;
  }

  #evaluate(): void {
    if (this.#unwritten || !(this.#parts.mayTell?.() ?? true)) return;
    const message = this.#nextMessage();
    if (message !== null) {
      this.#unwritten = true;
      this.#sendSync(message);
    }
    this.#greeted = true;
    if (this.#mayPass) this.#passHeld();
  }

  /** A message that no frame can hold ends its peer, not the call of whoever made the room change. */
  #sendSync(message: Uint8Array): void {
    const { sink, frameSync } = this.#parts;
    try {
      sink.frame("sync", frameSync(message));
    } catch (error) {
      sink.drop(toNotebookdError(error, "Cannot send a sync message"));
    }
  }

  #nextMessage(): Uint8Array | null {
    if (this.#answersOwed > 0) {
      this.#answersOwed--;
      this.#dirty = false;
      return this.#parts.sync.generateAlways();
    }
    if (!this.#dirty) return null;
    this.#dirty = false;
    return this.#parts.sync.generate();
  }

  #passHeld(): void {
    const held = this.#held;
    this.#held = [];
    this.#heldBytes = 0;
    for (const { kind, frame } of held) this.#parts.sink.frame(kind, frame);
  }
}
