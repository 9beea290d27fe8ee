/**
 * The port through which channels speak with one client.
 *
 * @module
 */

import type { NotebookdError } from "../errors.ts";
import type { CapOf } from "../wire/frame_reader.ts";

/** How much a refused client may still send before its connection is closed. */
export interface DrainLimit {
  /** Bytes. */
  bytes: number;
  /** Milliseconds. */
  ms: number;
}

/** One connection, as whole frames. */
export interface FrameConnection extends AsyncDisposable {
  /** Names the connection; unique for the life of the daemon. */
  readonly id: string;

  /**
   * Reads the next payload. There is one reader: the next call comes after the last one is done.
   *
   * @param capOf Gives the cap of a payload by its first byte; may throw to refuse that byte.
   * @returns The payload; or null where the client ended the stream between two frames.
   * @throws {NotebookdError} with code `bad_frame`; `connection_lost` when the client is gone in
   * another way; or the reason given to `close` (`closed` without one).
   */
  readFrame(capOf: CapOf): Promise<Uint8Array | null>;

  /**
   * Queues a whole frame, length prefix included, behind those queued before; resolves when it is
   * written. The bytes must not change until then.
   *
   * @throws {NotebookdError} with code `connection_lost`, or the reason given to `close` (`closed`
   * without one).
   */
  send(frame: Uint8Array): Promise<void>;

  /** How many bytes were queued and aren't written. */
  readonly queuedBytes: number;

  /**
   * Tells the client that nothing more comes and reads on without looking at it, until the client
   * ends the stream or the limit is reached. A client that is still writing when it is refused
   * reads the refusal then, and not a broken pipe. No `readFrame` may be under way.
   */
  drain(limit: DrainLimit): Promise<void>;

  /**
   * Ends the connection at once: reads and writes under way fail, what is queued is dropped.
   * Calling it again does nothing.
   *
   * @param reason What reads and writes fail with.
   */
  close(reason?: NotebookdError): void;

  /** Resolves when the connection is closed from this side. */
  readonly closed: Promise<void>;
}
