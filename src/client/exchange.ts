/**
 * The talk over one connection after its handshake: one loop reads frames, one loop writes them.
 *
 * What always holds:
 * 1. The state of sync belongs to this connection and ends with it.
 * 2. A sync message is made only when it is written next, so however many edits come while another
 *    is being written, they become one message.
 * 3. Nothing is written before the daemon's first sync message came: it is the one who starts.
 * 4. A request that reads the document goes out only after the daemon confirmed the edits made
 *    before it.
 *
 * @module
 */
import { NotebookdError } from "../errors.ts";
import type { Logger } from "../log.ts";
import { FrameType, typedFrameCap } from "../wire/caps.ts";
import type { Codec } from "../wire/codec.ts";
import { decodeTypedFrame, encodeTypedFrame } from "../wire/frame.ts";
import { Bell } from "./bell.ts";
import type { Link } from "./link.ts";
import type { Replica, ReplicaPeer } from "./replica.ts";
import type { RequestQueue } from "./request_queue.ts";

/** What an {@linkcode Exchange} works with. */
export interface ExchangeParts {
  /** The connection, after its handshake. */
  readonly link: Link;
  /** The encoding of responses and broadcasts. */
  readonly codec: Codec;
  /** The local document. */
  readonly replica: Replica;
  /** The requests to send, and those that wait for their response. */
  readonly requests: RequestQueue;
  /** Called after each sync message that came. */
  readonly onSync: () => void;
  /** Called with the body of each broadcast that came. */
  readonly onBroadcast: (body: Uint8Array) => void;
  /** Where odd frames are noted. */
  readonly logger: Logger;
}

/** The talk over one connection. */
export class Exchange {
  readonly #parts: ExchangeParts;
  readonly #peer: ReplicaPeer;
  readonly #bell = new Bell();
  #begun = false;
  #over = false;
  #reason: unknown;

  /** @param parts What it works with. */
  constructor(parts: ExchangeParts) {
    this.#parts = parts;
    this.#peer = parts.replica.newPeer();
  }

  /** Whether the local document contains all that the daemon announced on this connection. */
  get caughtUp(): boolean {
    return this.#begun && this.#peer.caughtUp;
  }

  /** Whether the daemon has said that it has these heads. */
  confirmed(heads: readonly string[]): boolean {
    return this.#begun && this.#peer.confirmed(heads);
  }

  /** There may be something to write: an edit or a request. */
  wake(): void {
    this.#bell.ring();
  }

  /**
   * Reads and writes until the connection ends.
   *
   * @returns Why it ended: a `NotebookdError` with code `connection_lost` where the daemon closed,
   * `bad_frame` or `bad_sync_message` where it sent nonsense; the reason of the link's signal where
   * that aborted.
   */
  async run(): Promise<unknown> {
    await Promise.all([this.#untilOver(this.#read()), this.#untilOver(this.#write())]);
    return this.#reason;
  }

  /** The first loop that ends says why, and takes the other one with it. */
  async #untilOver(loop: Promise<void>): Promise<void> {
    try {
      await loop;
    } catch (error) {
      this.#reason ??= error;
    } finally {
      this.#over = true;
      this.#parts.link.close();
      this.#bell.ring();
    }
  }

  async #read(): Promise<void> {
    for (;;) {
      const payload = await this.#parts.link.readFrame(typedFrameCap);
      if (this.#over) return;
      if (payload === null) throw closedByDaemon();
      const { type, body } = decodeTypedFrame(payload);
      this.#take(type, body);
    }
  }

  #take(type: FrameType, body: Uint8Array): void {
    const { codec, logger, onBroadcast, onSync, requests } = this.#parts;
    switch (type) {
      case FrameType.sync:
        this.#peer.receive(body);
        this.#begun = true;
        this.#bell.ring();
        onSync();
        return;
      case FrameType.response:
        requests.settle(codec.decode(body));
        return;
      case FrameType.broadcast:
        onBroadcast(body);
        return;
      case FrameType.request:
        logger.warn("Frame ignored: only a client sends this type", { type });
        return;
      default:
        return type satisfies never;
    }
  }

  async #write(): Promise<void> {
    while (!this.#over) {
      const frame = this.#begun ? this.#nextFrame() : null;
      if (frame === null) await this.#bell.rung();
      else await this.#parts.link.write(frame);
    }
  }

  #nextFrame(): Uint8Array | null {
    const message = this.#peer.generate();
    if (message !== null) return encodeTypedFrame(FrameType.sync, message);
    if (!this.#peer.caughtUp) return null;
    const request = this.#parts.requests.next((heads) => this.#peer.confirmed(heads));
    return request && encodeTypedFrame(FrameType.request, request);
  }
}

function closedByDaemon(): NotebookdError {
  return new NotebookdError("connection_lost", "The daemon closed the connection");
}
