/**
 * What keeps a room open.
 *
 * @module
 */

import type { NotebookdError } from "../errors.ts";
import type { RoomHandle } from "./ports.ts";

/** A hold on a room: the room stays at least until it is released. */
export interface RoomHold extends Disposable {
  readonly notebookId: string;
  readonly room: RoomHandle;
  /** Where project files are looked for, if any opener said so. */
  readonly workingDir: string | undefined;
  /**
   * Calls a function when the room is closed under the holder, at once if it was already; disposing
   * what it gives unsays it.
   */
  onEnded(listener: (reason: NotebookdError) => void): Disposable;
}

/** One holder's hold. It remembers its end: a room can end while the holder is still joining it. */
export class Hold implements RoomHold {
  readonly notebookId: string;
  readonly room: RoomHandle;
  readonly workingDir: string | undefined;
  readonly #release: (hold: Hold) => void;
  readonly #listeners = new Set<(reason: NotebookdError) => void>();
  #ended: NotebookdError | undefined;
  #released = false;

  /**
   * @param held What is held.
   * @param release Called once, when the hold is disposed first.
   */
  constructor(
    held: Pick<RoomHold, "notebookId" | "room" | "workingDir">,
    release: (hold: Hold) => void,
  ) {
    this.notebookId = held.notebookId;
    this.room = held.room;
    this.workingDir = held.workingDir;
    this.#release = release;
  }

  /** See {@linkcode RoomHold.onEnded}. */
  onEnded(listener: (reason: NotebookdError) => void): Disposable {
    if (this.#ended === undefined) this.#listeners.add(listener);
    else listener(this.#ended);
    return { [Symbol.dispose]: () => void this.#listeners.delete(listener) };
  }

  /** Tells the holder that the room ends; again: does nothing. */
  end(reason: NotebookdError): void {
    if (this.#ended !== undefined) return;
    this.#ended = reason;
    for (const listener of [...this.#listeners]) listener(reason);
    this.#listeners.clear();
  }

  /** Gives the hold back; again: does nothing. */
  [Symbol.dispose](): void {
    if (this.#released) return;
    this.#released = true;
    this.#release(this);
  }
}
