/**
 * The settings document between the settings file and the clients that share it.
 *
 * @module
 */

import type { Settings, SettingsStore } from "../channels/settings_ports.ts";
import { toNotebookdError } from "../errors.ts";
import type { JsonObject } from "../json.ts";
import type { Logger } from "../log.ts";
import type { RoomHandle, RoomHost } from "../rooms/ports.ts";
import { writeFileAtomic } from "./atomic_file.ts";
import { readRegularFile } from "./regular_file.ts";

/** The largest settings document that is read, in bytes. */
const MAX_BYTES = 16 * 1024 * 1024;

/** What the settings document needs. */
export interface SettingsDocumentParts {
  /** Where the document is kept, so that clients share its history after a restart. */
  path: string;
  /** The settings file. */
  settings: SettingsStore;
  /** Where its room lives. */
  host: RoomHost;
  logger: Logger;
}

/** Makes the settings room when the first client asks for it, and keeps file and document alike. */
export class SettingsDocument implements AsyncDisposable {
  readonly #parts: SettingsDocumentParts;
  #room: Promise<RoomHandle> | undefined;
  #subscription: Disposable | undefined;
  /** Writes under way, one after the other. */
  #kept: Promise<void> = Promise.resolve();

  constructor(parts: SettingsDocumentParts) {
    this.#parts = parts;
  }

  /** The settings room. A failed start is tried again by the next caller. */
  async room(): Promise<RoomHandle> {
    this.#room ??= this.#open();
    try {
      return await this.#room;
    } catch (error) {
      this.#room = undefined;
      throw error;
    }
  }

  /** Waits for what is being kept, then closes the room. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#subscription?.[Symbol.dispose]();
    const room = await this.#room?.catch(() => undefined);
    await this.#kept;
    await room?.close();
  }

  async #open(): Promise<RoomHandle> {
    const { settings, host } = this.#parts;
    const saved = await this.#saved();
    const room = await host.open({
      kind: "settings",
      values: { ...settings.current },
      ...(saved === undefined ? {} : { saved }),
    }, {
      settings: {
        changed: (values, document) => {
          this.#kept = this.#kept.then(() => this.#keep(values, document));
        },
      },
    });
    this.#subscription = settings.subscribe((now) => room.applySettings({ ...now }));
    room.lost.then(() => {
      this.#subscription?.[Symbol.dispose]();
      this.#room = undefined;
    });
    return room;
  }

  /** Without the document of an earlier run, one is begun anew from the file. */
  async #saved(): Promise<Uint8Array | undefined> {
    const { path, logger } = this.#parts;
    try {
      const file = await readRegularFile(path, `Cannot read "${path}"`, { maxBytes: MAX_BYTES });
      return file.bytes;
    } catch (error) {
      const { code } = toNotebookdError(error, `Cannot read "${path}"`);
      if (code !== "not_found") logger.warn("Settings document is begun anew", { path, code });
      return undefined;
    }
  }

  async #keep(values: JsonObject, document: Uint8Array): Promise<void> {
    const { path, settings, logger } = this.#parts;
    try {
      await writeFileAtomic(path, document, { mode: 0o600 });
      if (Object.keys(values).length > 0) await settings.update(values as Partial<Settings>);
    } catch (error) {
      const { code, message } = toNotebookdError(error, "Cannot keep the settings");
      logger.error("Settings not kept", { code, reason: message });
    }
  }
}
