/**
 * The one writer of a socket.
 *
 * @module
 */

import type { NotebookdError } from "../errors.ts";

/** Small frames that wait together are written together, up to this many bytes. */
const BATCH_BYTES = 64 * 1024;

interface QueuedFrame {
  bytes: Uint8Array;
  resolve: () => void;
  reject: (reason: NotebookdError) => void;
}

/** What a {@linkcode WriteQueue} needs. */
export interface WriteQueueOptions {
  /** Writes some of the bytes and tells how many. */
  write(bytes: Uint8Array): Promise<number>;
  /** Called once when a write fails; must end the queue. */
  failed(error: unknown): void;
}

/** Writes frames one behind the other, each whole. */
export class WriteQueue {
  readonly #options: WriteQueueOptions;
  #frames: QueuedFrame[] = [];
  #bytes = 0;
  #endReason: NotebookdError | null = null;
  #idle: Promise<void> = Promise.resolve();
  #writing = false;

  /**
   * Makes an empty queue.
   *
   * @param options Where the bytes go.
   */
  constructor(options: WriteQueueOptions) {
    this.#options = options;
  }

  /** How many bytes wait or are being written. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Resolves when nothing is being written. */
  get idle(): Promise<void> {
    return this.#idle;
  }

  /**
   * Adds a frame; resolves when it is written.
   *
   * @throws {NotebookdError} the reason for which the queue ended.
   */
  push(bytes: Uint8Array): Promise<void> {
    if (this.#endReason !== null) return Promise.reject(this.#endReason);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#frames.push({ bytes, resolve, reject });
    this.#bytes += bytes.length;
    if (!this.#writing) this.#idle = this.#run();
    return promise;
  }

  /** Fails everything that isn't written, and everything that is pushed from now on. */
  end(reason: NotebookdError): void {
    if (this.#endReason !== null) return;
    this.#endReason = reason;
    for (const frame of this.#frames.splice(0)) frame.reject(reason);
    this.#bytes = 0;
  }

  async #run(): Promise<void> {
    this.#writing = true;
    try {
      while (this.#frames.length > 0) await this.#writeBatch(this.#takeBatch());
    } finally {
      this.#writing = false;
    }
  }

  async #writeBatch(batch: QueuedFrame[]): Promise<void> {
    try {
      await this.#writeAll(joined(batch));
    } catch (error) {
      this.#options.failed(error);
    }
    for (const frame of batch) {
      if (this.#endReason === null) frame.resolve();
      else frame.reject(this.#endReason);
    }
  }

  async #writeAll(bytes: Uint8Array): Promise<void> {
    for (let written = 0; written < bytes.length && this.#endReason === null;) {
      const count = await this.#options.write(bytes.subarray(written));
      written += count;
      if (this.#endReason === null) this.#bytes -= count;
    }
  }

  /** Takes the first frame, and those behind it as long as all fit into one batch. */
  #takeBatch(): QueuedFrame[] {
    let size = 0;
    let count = 0;
    for (const { bytes } of this.#frames) {
      size += bytes.length;
      if (count > 0 && size > BATCH_BYTES) break;
      count++;
    }
    return this.#frames.splice(0, count);
  }
}

function joined(batch: readonly QueuedFrame[]): Uint8Array {
  const [first, ...rest] = batch;
  if (first === undefined) return new Uint8Array(0);
  if (rest.length === 0) return first.bytes;
  const whole = new Uint8Array(batch.reduce((sum, frame) => sum + frame.bytes.length, 0));
  let offset = 0;
  for (const { bytes } of batch) {
    whole.set(bytes, offset);
    offset += bytes.length;
  }
  return whole;
}
