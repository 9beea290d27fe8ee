/**
 * The room of the settings document: what a client changes there goes into the settings file, and
 * what changes in the file goes to every client.
 *
 * @module
 */

import { CrdtDocument } from "../doc/crdt_document.ts";
import { SyncPeer } from "../doc/sync.ts";
import { NotebookdError, toNotebookdError } from "../errors.ts";
import type { JsonObject } from "../json.ts";
import type { Logger } from "../log.ts";
import { encodeFrame } from "../wire/frame.ts";
import { RoomPeer } from "./peer.ts";
import type {
  PeerId,
  PeerOptions,
  PeerSink,
  RoomHandle,
  RoomInfo,
  SettingsListener,
  SettingsSeed,
} from "./ports.ts";
import { beginSettingsDocument, readSettings, writeSettings } from "./settings_document.ts";

/** What the room is made from. */
export interface SettingsRoomParts {
  seed: SettingsSeed;
  listener: SettingsListener;
  unsentBytes: number;
  logger: Logger;
}

/** The settings, shared. */
export class SettingsRoom implements RoomHandle {
  readonly lost: Promise<NotebookdError> = new Promise(() => {});
  readonly #document: CrdtDocument;
  readonly #listener: SettingsListener;
  readonly #unsentBytes: number;
  readonly #peers = new Map<PeerId, RoomPeer>();
  /** What the document said when it was last compared with the settings file. */
  #known: JsonObject;

  constructor({ seed, listener, unsentBytes, logger }: SettingsRoomParts) {
    this.#document = openDocument(seed.saved, logger);
    this.#listener = listener;
    this.#unsentBytes = unsentBytes;
    const began = writeSettings(this.#document, seed.values);
    this.#known = readSettings(this.#document);
    if (began) this.#listener.changed({}, this.#document.save());
  }

  attach(id: PeerId, options: PeerOptions, sink: PeerSink): Promise<RoomInfo> {
    const peer = new RoomPeer({
      sync: new SyncPeer(this.#document),
      sink,
      options,
      frameSync: encodeFrame,
      unsentBytes: this.#unsentBytes,
    });
    this.#peers.set(id, peer);
    return Promise.resolve({ cellCount: 0, trust: "no_dependencies" });
  }

  start(id: PeerId): void {
    this.#peers.get(id)?.written();
  }

  written(id: PeerId): void {
    this.#peers.get(id)?.written();
  }

  detach(id: PeerId): void {
    this.#peers.delete(id);
  }

  receive(id: PeerId, message: Uint8Array): Promise<void> {
    const sender = this.#peers.get(id);
    if (sender === undefined) return Promise.resolve();
    try {
      if (sender.receive(message)) this.#changed(sender);
      return Promise.resolve();
    } catch (error) {
      return Promise.reject(toNotebookdError(error, "Cannot apply the settings message"));
    }
  }

  applySettings(values: JsonObject): void {
    if (!writeSettings(this.#document, values)) return;
    this.#known = readSettings(this.#document);
    this.#listener.changed({}, this.#document.save());
    for (const peer of this.#peers.values()) peer.markDirty();
  }

  request(): Promise<void> {
    return Promise.reject(noRequests());
  }

  inspect(): Promise<Uint8Array> {
    return Promise.reject(noRequests());
  }

  flush(): Promise<boolean> {
    return Promise.resolve(false);
  }

  fileChanged(): void {
    // The settings file has its own watch, and its room is told through applySettings.
  }

  close(): Promise<void> {
    this.#peers.clear();
    this.#document[Symbol.dispose]();
    return Promise.resolve();
  }

  #changed(by: RoomPeer): void {
    const now = readSettings(this.#document);
    const changed = Object.entries(now).filter(([key, value]) =>
      JSON.stringify(value) !== JSON.stringify(this.#known[key])
    );
    this.#known = now;
    this.#listener.changed(Object.fromEntries(changed), this.#document.save());
    for (const peer of this.#peers.values()) if (peer !== by) peer.markDirty();
  }
}

/** A document of an earlier run that can't be read is begun anew: the file has the values. */
function openDocument(saved: Uint8Array | undefined, logger: Logger): CrdtDocument {
  if (saved === undefined) return beginSettingsDocument();
  try {
    return CrdtDocument.load(saved);
  } catch (error) {
    const { code } = toNotebookdError(error, "Cannot load the settings document");
    logger.warn("Settings document is damaged and begun anew", { code });
    return beginSettingsDocument();
  }
}

function noRequests(): NotebookdError {
  return new NotebookdError(
    "bad_request",
    "The settings room takes sync messages and nothing else",
  );
}
