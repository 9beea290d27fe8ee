/**
 * Rooms in this thread.
 *
 * @module
 */

import type { Clock } from "../clock.ts";
import { NotebookdError } from "../errors.ts";
import type { Logger } from "../log.ts";
import { buildNotebook } from "./build.ts";
import type {
  NotebookSeed,
  RoomHandle,
  RoomHost,
  RoomOutside,
  RoomSeed,
  SettingsListener,
} from "./ports.ts";
import { Room } from "./room.ts";
import { SettingsRoom } from "./settings_room.ts";

/** What rooms need from the thread they live in. */
export interface LocalHostParts {
  trustKey: Uint8Array;
  unsentBytes: number;
  logger: Logger;
  /** Lets other rooms of this thread run; called every few milliseconds of work. */
  pause: () => Promise<void>;
  /** The source of time. */
  clock: Clock;
  /** Whether notebooks save themselves unless they say otherwise. */
  autosave: boolean;
  /** The library under the documents broke: every room of this thread is lost. */
  fatal: (error: NotebookdError) => void;
}

/** Makes rooms where it is called. Automerge must be ready. */
export class LocalHost implements RoomHost {
  readonly #parts: LocalHostParts;

  constructor(parts: LocalHostParts) {
    this.#parts = parts;
  }

  async open(seed: RoomSeed, outside: RoomOutside = {}): Promise<RoomHandle> {
    if (seed.kind === "settings") return this.#openSettings(seed, outside.settings);
    return await this.#openNotebook(seed, outside);
  }

  async #openNotebook(seed: NotebookSeed, outside: RoomOutside): Promise<RoomHandle> {
    const { storage, formatter } = outside;
    const built = await buildNotebook(seed, { ...this.#parts, storage });
    const { notebookId } = seed;
    const room = new Room({ ...this.#parts, notebookId, built, storage, formatter });
    try {
      await room.begin();
      return room;
    } catch (error) {
      await room.close();
      throw error;
    }
  }

  #openSettings(
    seed: Extract<RoomSeed, { kind: "settings" }>,
    listener: SettingsListener | undefined,
  ): RoomHandle {
    if (listener === undefined) {
      throw new NotebookdError(
        "internal",
        "The settings room needs a listener that keeps settings",
      );
    }
    return new SettingsRoom({ ...this.#parts, seed, listener });
  }
}
