/**
 * One client's connection over a Unix socket, as frames.
 *
 * @module
 */

import type { DrainLimit, FrameConnection } from "../channels/connection_port.ts";
import type { Clock } from "../clock.ts";
import { NotebookdError } from "../errors.ts";
import { type CapOf, FrameReader } from "../wire/frame_reader.ts";
import { WriteQueue } from "./write_queue.ts";

/** What is read at once while draining, in bytes. */
const DRAIN_CHUNK_BYTES = 16 * 1024;

/** What a connection needs of a socket; `Deno.UnixConn` is one. */
export interface StreamSocket {
  /** Reads some bytes into the start of a buffer; null at the end of the stream. */
  read(into: Uint8Array): Promise<number | null>;
  /** Writes some of the bytes and tells how many. */
  write(bytes: Uint8Array): Promise<number>;
  /** Tells the other side that nothing more comes. */
  closeWrite(): Promise<void>;
  /** Closes both directions; reads and writes under way fail. */
  close(): void;
}

/** What a {@linkcode SocketConnection} is told. */
export interface SocketConnectionOptions {
  /** Measures the time of a drain. */
  clock: Clock;
  /** Names the connection in the log; random unless given. */
  id?: string;
}

/** The {@linkcode FrameConnection} of a stream socket: one reader, one writer. */
export class SocketConnection implements FrameConnection {
  /** See {@linkcode FrameConnection.id}. */
  readonly id: string;
  /** See {@linkcode FrameConnection.closed}. */
  readonly closed: Promise<void>;
  readonly #socket: StreamSocket;
  readonly #clock: Clock;
  readonly #reader: FrameReader;
  readonly #queue: WriteQueue;
  readonly #resolveClosed: () => void;
  #closeReason: NotebookdError | null = null;

  /**
   * Takes a socket over.
   *
   * @param socket The connected socket; the connection closes it.
   * @param options The clock and the name.
   */
  constructor(socket: StreamSocket, options: SocketConnectionOptions) {
    this.#socket = socket;
    this.#clock = options.clock;
    this.id = options.id ?? crypto.randomUUID();
    this.#reader = new FrameReader({ read: (into) => this.#read(into) });
    this.#queue = new WriteQueue({
      write: (bytes) => socket.write(bytes),
      failed: (error) => this.close(this.#lost(error)),
    });
    const { promise, resolve } = Promise.withResolvers<void>();
    this.closed = promise;
    this.#resolveClosed = resolve;
  }

  /** See {@linkcode FrameConnection.queuedBytes}. */
  get queuedBytes(): number {
    return this.#queue.bytes;
  }

  /** See {@linkcode FrameConnection.readFrame}. */
  async readFrame(capOf: CapOf): Promise<Uint8Array | null> {
    return await this.#reader.next(capOf);
  }

  /** See {@linkcode FrameConnection.send}. */
  send(frame: Uint8Array): Promise<void> {
    return this.#queue.push(frame);
  }

  /** See {@linkcode FrameConnection.drain}. */
  async drain(limit: DrainLimit): Promise<void> {
    using _timer = this.#clock.timer(limit.ms, () => this.close());
    const chunk = new Uint8Array(DRAIN_CHUNK_BYTES);
    try {
      await this.#socket.closeWrite();
      for (let left = limit.bytes; left > 0;) {
        const read = await this.#read(chunk.subarray(0, Math.min(left, chunk.length)));
        if (read === null) return;
        left -= read;
      }
    } catch {
      // The client or the clock was faster; either way there is no one left to wait for.
    }
  }

  /** See {@linkcode FrameConnection.close}. */
  close(reason?: NotebookdError): void {
    if (this.#closeReason !== null) return;
    this.#closeReason = reason ??
      new NotebookdError("closed", `Connection "${this.id}" is closed; open a new one`);
    this.#queue.end(this.#closeReason);
    closeQuietly(this.#socket);
    this.#resolveClosed();
  }

  /** Closes the connection and waits until nothing is being written. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.close();
    await this.#queue.idle;
  }

  async #read(into: Uint8Array): Promise<number | null> {
    if (this.#closeReason !== null) throw this.#closeReason;
    try {
      const read = await this.#socket.read(into);
      if (this.#closeReason === null) return read;
    } catch (error) {
      throw this.#lost(error);
    }
    throw this.#closeReason;
  }

  /** Why the socket failed: because we closed it, or because the other side is gone. */
  #lost(error: unknown): NotebookdError {
    return this.#closeReason ?? new NotebookdError(
      "connection_lost",
      `Connection "${this.id}" broke: the other side is gone`,
      { cause: error },
    );
  }
}

function closeQuietly(socket: StreamSocket): void {
  try {
    socket.close();
  } catch {
    // A socket whose other side is gone may be closed already.
  }
}
