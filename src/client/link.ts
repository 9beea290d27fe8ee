/**
 * One connection to the daemon: whole frames, and the handshake at its start.
 *
 * @module
 */
import { NotebookdError } from "../errors.ts";
import { encodeHandshake, type Handshake } from "../handshake/handshake.ts";
import { controlFrameCap } from "../wire/caps.ts";
import type { Codec } from "../wire/codec.ts";
import { encodeFrame } from "../wire/frame.ts";
import { type CapOf, FrameReader } from "../wire/frame_reader.ts";
import type { ByteStream, Dial } from "./dial.ts";

/** What a {@linkcode Link} is opened with. */
export interface LinkOptions {
  /** The absolute path of the daemon's socket. */
  readonly socket: string;
  /** In which encoding control payloads go, both ways. */
  readonly codec: Codec;
  /** How to connect. */
  readonly dial: Dial;
  /** Closes the link when it aborts. */
  readonly signal: AbortSignal;
}

/**
 * A connection whose handshake has been sent.
 *
 * One loop reads and one loop writes; neither is ever raced against anything, so that no half frame
 * is lost. Whoever wants out closes the link, and both loops end.
 */
export class Link implements Disposable {
  readonly #stream: ByteStream;
  readonly #reader: FrameReader;
  readonly #signal: AbortSignal;
  readonly #onAbort = () => this.#stream.close();

  private constructor(stream: ByteStream, signal: AbortSignal) {
    this.#stream = stream;
    this.#reader = new FrameReader(stream);
    this.#signal = signal;
    signal.addEventListener("abort", this.#onAbort, { once: true });
  }

  /**
   * Connects and sends the handshake.
   *
   * @param handshake What the connection is for.
   * @param options The socket, the encoding and how to connect.
   * @throws {NotebookdError} with the code that dialling gave, or `connection_lost`. When the
   * signal aborts, its reason is thrown.
   */
  static async open(handshake: Handshake, options: LinkOptions): Promise<Link> {
    options.signal.throwIfAborted();
    const stream = await options.dial(options.socket);
    if (options.signal.aborted) stream.close();
    options.signal.throwIfAborted();
    const link = new Link(stream, options.signal);
    try {
      await link.write(encodeFrame(encodeHandshake(handshake, options.codec)));
      return link;
    } catch (error) {
      link.close();
      throw error;
    }
  }

  /**
   * Reads the first answer.
   *
   * @returns Its payload.
   * @throws {NotebookdError} with code `connection_lost` when the daemon closes before it answers.
   */
  async readAnswer(): Promise<Uint8Array> {
    const payload = await this.readFrame(controlFrameCap);
    if (payload !== null) return payload;
    throw new NotebookdError(
      "connection_lost",
      "The daemon closed the connection before it answered the handshake: it may be stopping, or " +
        "have too many connections. Try again",
    );
  }

  /**
   * Reads the next whole frame.
   *
   * @param capOf The most bytes a frame may have, from its first byte.
   * @returns Its payload, or null at the end of the stream.
   * @throws {NotebookdError} with code `bad_frame`, or `connection_lost`. When the signal aborts,
   * its reason is thrown.
   */
  async readFrame(capOf: CapOf): Promise<Uint8Array | null> {
    return await this.#guard(() => this.#reader.next(capOf));
  }

  /**
   * Writes a whole frame.
   *
   * @param frame Length and payload, as one buffer.
   * @throws {NotebookdError} with code `connection_lost`. When the signal aborts, its reason is
   * thrown.
   */
  async write(frame: Uint8Array): Promise<void> {
    await this.#guard(() => this.#stream.write(frame));
  }

  /** Closes the connection; what reads or writes ends. Calling it again does nothing. */
  close(): void {
    this.#signal.removeEventListener("abort", this.#onAbort);
    this.#stream.close();
  }

  /** The same as {@linkcode Link.close}. */
  [Symbol.dispose](): void {
    this.close();
  }

  /** An abort closes the stream; what the caller sees then is why, not the closed stream. */
  async #guard<T>(work: () => Promise<T>): Promise<T> {
    try {
      const result = await work();
      this.#signal.throwIfAborted();
      return result;
    } catch (error) {
      this.#signal.throwIfAborted();
      throw error;
    }
  }
}
