/**
 * What rooms in a worker ask of the main thread, and the answers that come back.
 *
 * @module
 */

import type {
  CodeFormatter,
  NotebookStorage,
  RoomOutside,
  SettingsListener,
} from "../rooms/ports.ts";
import {
  type Ask,
  type AskPort,
  type Post,
  revivedError,
  type RoomKey,
  type ToWorker,
} from "./messages.ts";

/** The answer to an ask. */
export type AskAnswer = Extract<ToWorker, { kind: "answer" | "refusal" }>;

/** Asks, and hands each answer to whoever waits for it. */
export class Asks {
  readonly #post: Post;
  readonly #pending = new Map<number, PromiseWithResolvers<unknown>>();
  #next = 1;

  /** @param post How messages leave the worker. */
  constructor(post: Post) {
    this.#post = post;
  }

  /**
   * Whom a room speaks to, as it sees them.
   *
   * @param has Which of them there are.
   */
  outsideOf(
    room: RoomKey,
    has: Record<AskPort, boolean>,
    settings: SettingsListener,
  ): RoomOutside {
    return {
      settings,
      ...(has.storage ? { storage: this.#storageOf(room) } : {}),
      ...(has.formatter ? { formatter: this.#formatterOf(room) } : {}),
    };
  }

  /** Takes an answer. */
  take(answer: AskAnswer): void {
    const waiting = this.#pending.get(answer.id);
    this.#pending.delete(answer.id);
    if (answer.kind === "answer") waiting?.resolve(answer.value);
    else waiting?.reject(revivedError(answer.error));
  }

  #storageOf(room: RoomKey): NotebookStorage {
    const port = "storage";
    return {
      begin: (...args) => this.#ask(room, { port, method: "begin", args }),
      refuse: (...args) => this.#ask(room, { port, method: "refuse", args }),
      append: (...args) => this.#ask(room, { port, method: "append", args }),
      compact: (...args) => this.#ask(room, { port, method: "compact", args }),
      synced: (...args) => this.#ask(room, { port, method: "synced", args }),
      read: (...args) => this.#ask(room, { port, method: "read", args }),
      rebase: (...args) => this.#ask(room, { port, method: "rebase", args }),
      save: (...args) => this.#ask(room, { port, method: "save", args }),
      move: (...args) => this.#ask(room, { port, method: "move", args }),
      copy: (...args) => this.#ask(room, { port, method: "copy", args }),
    };
  }

  #formatterOf(room: RoomKey): CodeFormatter {
    return {
      format: (...args) => this.#ask(room, { port: "formatter", method: "format", args }),
    };
  }

  /** The answer has the type that the port says: `RemoteRoom` calls that very method. */
  async #ask<T>(room: RoomKey, ask: Ask): Promise<T> {
    const id = this.#next++;
    const waiting = Promise.withResolvers<unknown>();
    this.#pending.set(id, waiting);
    this.#post({ kind: "ask", room, id, ask });
    return await waiting.promise as T;
  }
}
