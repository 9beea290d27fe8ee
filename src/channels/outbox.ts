/**
 * What a room sends to one connection.
 *
 * A slow peer costs only itself: of sync messages one at most is unsent, and when more unsent
 * broadcasts and responses pile up than the bound, the peer is disconnected.
 *
 * @module
 */

import { type NotebookdError, toNotebookdError } from "../errors.ts";
import { peerTooSlow } from "../reasons.ts";
import type { FrameKind, PeerSink } from "../rooms/ports.ts";
import type { FrameConnection } from "./connection_port.ts";

/** The sink of one peer that has a socket. */
export class Outbox implements PeerSink {
  readonly #connection: FrameConnection;
  readonly #unsentBound: number;
  readonly #syncWritten: () => void;
  #unsent = 0;

  /**
   * @param connection Where the frames go.
   * @param options `unsentBytes`: the bound; `syncWritten`: called when a sync message has gone.
   */
  constructor(
    connection: FrameConnection,
    options: { unsentBytes: number; syncWritten: () => void },
  ) {
    this.#connection = connection;
    this.#unsentBound = options.unsentBytes;
    this.#syncWritten = options.syncWritten;
  }

  frame(kind: FrameKind, frame: Uint8Array): void {
    if (kind === "sync") this.#send(frame, this.#syncWritten);
    else this.#sendBounded(frame);
  }

  drop(reason: NotebookdError): void {
    this.#connection.close(reason);
  }

  #sendBounded(frame: Uint8Array): void {
    if (this.#unsent > 0 && this.#unsent + frame.byteLength > this.#unsentBound) {
      this.drop(peerTooSlow(this.#unsentBound));
      return;
    }
    this.#unsent += frame.byteLength;
    this.#send(frame, () => {
      this.#unsent -= frame.byteLength;
    });
  }

  #send(frame: Uint8Array, sent: () => void): void {
    this.#connection.send(frame).then(
      sent,
      (error) => this.drop(toNotebookdError(error, "Cannot write to the client")),
    );
  }
}
