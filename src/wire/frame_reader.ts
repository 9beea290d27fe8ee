/**
 * Reads whole frames from a stream of bytes.
 *
 * @module
 */

import { NotebookdError } from "../errors.ts";
import { HEADER_BYTES } from "./frame.ts";

/** Size of the buffer that small frames are read through. */
const BUFFER_BYTES = 64 * 1024;

/** Where bytes come from: a socket, or a list of chunks in a test. */
export interface ByteSource {
  /**
   * Waits for bytes and puts some of them at the start of `into`.
   *
   * @returns How many bytes were put there, or null at the end of the stream.
   */
  read(into: Uint8Array): Promise<number | null>;
}

/** Gives the cap of a payload, in bytes, by its first byte; may throw to refuse that byte. */
export type CapOf = (firstByte: number) => number;

/**
 * The one reader of a stream of frames. Nothing else may read from its source, and `next` isn't
 * called again before the last call is done, nor after one that threw: in the middle of a stream
 * nobody can tell where the next frame starts.
 *
 * @example
 * ```ts
 * import { FrameReader } from "@/wire/frame_reader.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const chunks = [Uint8Array.of(0, 0), Uint8Array.of(0, 1, 42)];
 * const reader = new FrameReader({
 *   read(into) {
 *     const chunk = chunks.shift();
 *     if (chunk === undefined) return Promise.resolve(null);
 *     into.set(chunk);
 *     return Promise.resolve(chunk.length);
 *   },
 * });
 * assertEquals(await reader.next(() => 100), Uint8Array.of(42));
 * assertEquals(await reader.next(() => 100), null);
 * ```
 */
export class FrameReader {
  readonly #source: ByteSource;
  readonly #buffer = new Uint8Array(BUFFER_BYTES);
  readonly #view = new DataView(this.#buffer.buffer);
  #start = 0;
  #end = 0;
  #busy = false;

  /**
   * Makes a reader at the start of a stream.
   *
   * @param source Where the bytes come from.
   */
  constructor(source: ByteSource) {
    this.#source = source;
  }

  /**
   * Reads the next payload.
   *
   * @param capOf Called with the first byte of a payload that isn't empty, before memory is taken
   * for it.
   * @returns The payload in a buffer of its own, empty for a frame of length 0; or null where the
   * stream ends between two frames.
   * @throws {NotebookdError} with code `bad_frame` when the frame is longer than its cap, or the
   * stream ends inside it; `internal` when another call is still reading; and whatever `capOf`
   * and the source throw.
   */
  async next(capOf: CapOf): Promise<Uint8Array<ArrayBuffer> | null> {
    if (this.#busy) {
      throw new NotebookdError("internal", "Cannot read a frame: another read is under way");
    }
    this.#busy = true;
    try {
      return await this.#next(capOf);
    } finally {
      this.#busy = false;
    }
  }

  async #next(capOf: CapOf): Promise<Uint8Array<ArrayBuffer> | null> {
    if (!(await this.#fill(HEADER_BYTES))) {
      if (this.#start === this.#end) return null;
      throw endedEarly(this.#end - this.#start, HEADER_BYTES, "header");
    }
    const length = this.#view.getUint32(this.#start);
    if (length === 0) {
      this.#start += HEADER_BYTES;
      return new Uint8Array(0);
    }
    if (!(await this.#fill(HEADER_BYTES + 1))) throw endedEarly(0, length, "payload");
    const cap = capOf(this.#buffer[this.#start + HEADER_BYTES] ?? 0);
    if (length > cap) {
      throw new NotebookdError(
        "bad_frame",
        `Cannot read a frame of ${length} bytes: the limit for this kind is ${cap} bytes`,
      );
    }
    this.#start += HEADER_BYTES;
    return length <= BUFFER_BYTES ? await this.#small(length) : await this.#big(length);
  }

  /** Reads until the buffer holds `count` bytes; false where the stream ends before that. */
  async #fill(count: number): Promise<boolean> {
    while (this.#end - this.#start < count) {
      if (this.#start === this.#end) this.#start = this.#end = 0;
      if (this.#start + count > BUFFER_BYTES) {
        this.#buffer.copyWithin(0, this.#start, this.#end);
        this.#end -= this.#start;
        this.#start = 0;
      }
      const read = await this.#source.read(this.#buffer.subarray(this.#end));
      if (read === null) return false;
      this.#end += read;
    }
    return true;
  }

  async #small(length: number): Promise<Uint8Array<ArrayBuffer>> {
    if (!(await this.#fill(length))) throw endedEarly(this.#end - this.#start, length, "payload");
    const payload = this.#buffer.slice(this.#start, this.#start + length);
    this.#start += length;
    return payload;
  }

  /**
   * Reads a payload straight into a buffer of its own. The buffer doubles as bytes arrive: a peer
   * that announces 100 MiB and sends nothing takes 128 KiB, not 100 MiB.
   */
  async #big(length: number): Promise<Uint8Array<ArrayBuffer>> {
    let payload = new Uint8Array(Math.min(length, 2 * BUFFER_BYTES));
    payload.set(this.#buffer.subarray(this.#start, this.#end));
    let filled = this.#end - this.#start;
    this.#start = 0;
    this.#end = 0;
    while (filled < length) {
      if (filled === payload.length) {
        const larger = new Uint8Array(Math.min(length, 2 * payload.length));
        larger.set(payload);
        payload = larger;
      }
      const read = await this.#source.read(payload.subarray(filled));
      if (read === null) throw endedEarly(filled, length, "payload");
      filled += read;
    }
    return payload;
  }
}

function endedEarly(got: number, wanted: number, part: "header" | "payload"): NotebookdError {
  return new NotebookdError(
    "bad_frame",
    `Cannot read a frame: the stream ended after ${got} of ${wanted} bytes of its ${part}`,
  );
}
