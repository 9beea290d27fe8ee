/**
 * A Unix socket that speaks frames, written by hand: what a program in another language would do.
 *
 * @module
 */

import { orSilence, SILENCE, within } from "./deadline.ts";
import { frame, typedFrame } from "./bytes.ts";

/** How a connection stands. */
export type SocketEnd = "open" | "clean" | "torn" | "reset";

/** What {@linkcode RawSocket.connect} may be told. */
export interface RawSocketOptions {
  /** True for a peer that never reads: nothing is taken from the socket until `resume()`. */
  paused?: boolean;
}

/** One connection: frames out, frames in. */
export class RawSocket implements AsyncDisposable {
  readonly #conn: Deno.UnixConn;
  readonly #frames: Uint8Array[] = [];
  #pending: Uint8Array = new Uint8Array(64 * 1024);
  #filled = 0;
  #end: SocketEnd = "open";
  #news = Promise.withResolvers<void>();
  #loop: Promise<void> | null = null;
  #gate: PromiseWithResolvers<void> | null = null;
  #closed = false;

  private constructor(conn: Deno.UnixConn) {
    this.#conn = conn;
  }

  /** Connects to a socket. */
  static async connect(path: string, options: RawSocketOptions = {}): Promise<RawSocket> {
    const socket = new RawSocket(await Deno.connect({ transport: "unix", path }));
    if (options.paused !== true) socket.resume();
    return socket;
  }

  /** Stops to read; what the system has buffered for a read under way still comes. */
  pause(): void {
    this.#gate ??= Promise.withResolvers<void>();
  }

  /** Starts to read, or goes on. */
  resume(): void {
    this.#gate?.resolve();
    this.#gate = null;
    this.#loop ??= this.#read();
  }

  /** How the other side ended, if it did. */
  get end(): SocketEnd {
    return this.#end;
  }

  /** True while a part of a frame is here and the rest isn't. */
  get midFrame(): boolean {
    return this.#filled > 0;
  }

  /** Writes bytes as they are. */
  async write(bytes: Uint8Array): Promise<void> {
    for (let offset = 0; offset < bytes.length;) {
      offset += await this.#conn.write(bytes.subarray(offset));
    }
  }

  /** Writes one frame without a type. */
  send(payload: Uint8Array): Promise<void> {
    return this.write(frame(payload));
  }

  /** Writes one typed frame. */
  sendTyped(type: number, body: Uint8Array): Promise<void> {
    return this.write(typedFrame(type, body));
  }

  /**
   * The next frame's payload, or null when the other side closed on a frame boundary.
   *
   * @throws {Error} when the connection ended inside a frame or was reset, or nothing comes.
   */
  next(what = "a frame", ms?: number): Promise<Uint8Array | null> {
    return within(this.#take(), what, ms);
  }

  /** As {@linkcode next}, with an end of the stream as an error. */
  async nextFrame(what = "a frame", ms?: number): Promise<Uint8Array> {
    const payload = await this.next(what, ms);
    if (payload === null) throw new Error(`The daemon closed the connection instead of ${what}`);
    return payload;
  }

  /**
   * As {@linkcode next}, or {@linkcode SILENCE} after a span without a whole frame.
   *
   * @throws {Error} when the span ends inside a frame: existing clients give up their read there and
   * lose their place in the stream.
   */
  async nextOrSilence(ms: number): Promise<Uint8Array | null | typeof SILENCE> {
    const waiting = this.#arrived();
    if (await orSilence(waiting, ms) === SILENCE) {
      if (this.midFrame) throw new Error("A frame arrived in parts, with a pause between them");
      return SILENCE;
    }
    return await this.#take();
  }

  /** Reads until the other side ends; gives the frames that came before, and how it ended. */
  async untilEnd(what = "the end"): Promise<{ frames: Uint8Array[]; end: SocketEnd }> {
    const frames: Uint8Array[] = [];
    while (this.#end === "open" || this.#frames.length > 0) {
      await within(this.#arrived(), what);
      frames.push(...this.#frames.splice(0));
    }
    return { frames, end: this.#end };
  }

  /** Says that nothing more will be written; still reads. */
  closeWrite(): Promise<void> {
    return this.#conn.closeWrite();
  }

  /** Drops the connection at once. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#gate?.resolve();
    this.#conn.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.close();
    await this.#loop;
  }

  /** Resolves when a frame or the end is here. */
  async #arrived(): Promise<void> {
    while (this.#frames.length === 0 && this.#end === "open") await this.#news.promise;
  }

  async #take(): Promise<Uint8Array | null> {
    for (;;) {
      await this.#arrived();
      const payload = this.#frames.shift();
      if (payload !== undefined) return payload;
      if (this.#end === "clean") return null;
      // Still open: another reader took the frame that both waited for.
      if (this.#end !== "open") throw new Error(`The connection ended badly: "${this.#end}"`);
    }
  }

  async #read(): Promise<void> {
    try {
      for (;;) {
        if (this.#filled === this.#pending.length) this.#grow(this.#filled * 2);
        const count = await this.#conn.read(this.#pending.subarray(this.#filled));
        if (count === null) break;
        this.#filled += count;
        this.#cut();
        await this.#gate?.promise;
      }
      this.#finish(this.#filled === 0 ? "clean" : "torn");
    } catch {
      this.#finish("reset");
    }
  }

  /** Takes whole frames out of what was read. */
  #cut(): void {
    let start = 0;
    while (this.#filled - start >= 4) {
      const length = new DataView(this.#pending.buffer, start).getUint32(0);
      const end = start + 4 + length;
      if (end > this.#filled) {
        if (4 + length > this.#pending.length) this.#grow(4 + length);
        break;
      }
      this.#frames.push(this.#pending.slice(start + 4, end));
      start = end;
    }
    if (start === 0) return;
    this.#pending.copyWithin(0, start, this.#filled);
    this.#filled -= start;
    this.#tell();
  }

  #grow(size: number): void {
    const larger = new Uint8Array(Math.max(size, this.#pending.length));
    larger.set(this.#pending.subarray(0, this.#filled));
    this.#pending = larger;
  }

  #finish(end: SocketEnd): void {
    this.#end = end;
    this.#tell();
  }

  #tell(): void {
    const { resolve } = this.#news;
    this.#news = Promise.withResolvers<void>();
    resolve();
  }
}
