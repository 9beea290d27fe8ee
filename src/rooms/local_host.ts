/**
 * Rooms in this thread.
 *
 * @module
 */

import { NotebookdError } from "../errors.ts";
import type { Logger } from "../log.ts";
import { buildDocument } from "./build.ts";
import type { RoomHandle, RoomHost, RoomSeed, SettingsListener } from "./ports.ts";
import { Room } from "./room.ts";
import { SettingsRoom } from "./settings_room.ts";

/** What rooms need from the thread they live in. */
export interface LocalHostParts {
  trustKey: Uint8Array;
  unsentBytes: number;
  logger: Logger;
  /** Lets other rooms of this thread run; called every few milliseconds of work. */
  pause: () => Promise<void>;
  /** The time now, in milliseconds since the Unix epoch. */
  now: () => number;
  /** The library under the documents broke: every room of this thread is lost. */
  fatal: (error: NotebookdError) => void;
}

/** Makes rooms where it is called. Automerge must be ready. */
export class LocalHost implements RoomHost {
  readonly #parts: LocalHostParts;

  constructor(parts: LocalHostParts) {
    this.#parts = parts;
  }

  async open(seed: RoomSeed, listener?: SettingsListener): Promise<RoomHandle> {
    if (seed.kind === "settings") return this.#openSettings(seed, listener);
    const document = await buildDocument(seed, this.#parts);
    return new Room({
      ...this.#parts,
      notebookId: seed.notebookId,
      document,
      savedHeads: document.heads(),
    });
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
