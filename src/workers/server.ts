/**
 * The worker's side: takes calls, makes them on rooms in this thread, and sends back what comes of
 * them.
 *
 * @module
 */

import { NotebookdError, toNotebookdError } from "../errors.ts";
import type { PeerId, PeerSink, RoomHandle, RoomHost } from "../rooms/ports.ts";
import { Asks } from "./asks.ts";
import {
  type Call,
  type CallMethod,
  type MethodCall,
  plainError,
  type Post,
  type RoomKey,
  type TellMethod,
  type ToWorker,
} from "./messages.ts";

/** Serves the rooms of one worker. */
export class RoomServer {
  readonly #host: RoomHost;
  readonly #post: Post;
  readonly #rooms = new Map<RoomKey, RoomHandle>();
  readonly #asks: Asks;

  /**
   * @param host Where the rooms live: this thread.
   * @param post How messages leave.
   */
  constructor(host: RoomHost, post: Post) {
    this.#host = host;
    this.#post = post;
    this.#asks = new Asks(post);
  }

  /** Takes a message of the main thread. */
  take(message: Exclude<ToWorker, { kind: "start" }>): void {
    switch (message.kind) {
      case "tell":
        return this.#tell(message.room, message.tell);
      case "call":
        void this.#answer(message.id, message.room, message.call);
        return;
      default:
        return this.#asks.take(message);
    }
  }

  async #answer(id: number, key: RoomKey, call: Call): Promise<void> {
    try {
      const value = await this.#call(key, call);
      this.#post({ kind: "done", id, value }, value instanceof Uint8Array ? movable(value) : []);
    } catch (error) {
      this.#post({
        kind: "failed",
        id,
        error: plainError(toNotebookdError(error, `Room call "${call.method}" failed`)),
      });
    }
  }

  async #call(key: RoomKey, call: Call): Promise<unknown> {
    switch (call.method) {
      case "open":
        return await this.#open(key, call);
      case "attach":
        return await this.#room(key).attach(call.peer, call.options, this.#sink(key, call.peer));
      case "close":
        return await this.#close(key);
      default:
        return await apply(this.#room(key), call);
    }
  }

  async #open(key: RoomKey, { seed, has }: Extract<Call, { method: "open" }>): Promise<void> {
    const outside = this.#asks.outsideOf(key, has, {
      changed: (values, saved) => this.#post({ kind: "settings", room: key, values, saved }),
    });
    const room = await this.#host.open(seed, outside);
    this.#rooms.set(key, room);
    room.lost.then((reason) => this.#post({ kind: "lost", room: key, error: plainError(reason) }));
  }

  async #close(key: RoomKey): Promise<void> {
    const room = this.#room(key);
    this.#rooms.delete(key);
    await room.close();
  }

  /** A room that is gone is no error here: what is told may cross the news of its end. */
  #tell(key: RoomKey, tell: MethodCall<TellMethod>): void {
    const room = this.#rooms.get(key);
    if (room !== undefined) apply(room, tell);
  }

  #room(key: RoomKey): RoomHandle {
    const room = this.#rooms.get(key);
    if (room === undefined) {
      throw new NotebookdError("closed", "The room has ended: open the notebook again");
    }
    return room;
  }

  #sink(key: RoomKey, peer: PeerId): PeerSink {
    return {
      frame: (frameKind, frame) =>
        this.#post({ kind: "frame", room: key, peer, frameKind, frame }, movable(frame)),
      drop: (reason) => this.#post({ kind: "drop", room: key, peer, error: plainError(reason) }),
    };
  }
}

/** Calls the method that a message names; its arguments have the type the method wants. */
function apply<M extends CallMethod | TellMethod>(room: RoomHandle, call: MethodCall<M>): unknown {
  const method = room[call.method] as (...args: typeof call.args) => unknown;
  return method.apply(room, call.args);
}

/** The buffer of a byte array that owns all of it, so that it can move to the other thread. */
function movable(bytes: Uint8Array): ArrayBuffer[] {
  const { buffer } = bytes;
  return buffer instanceof ArrayBuffer && buffer.byteLength === bytes.byteLength ? [buffer] : [];
}
