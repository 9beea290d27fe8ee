/**
 * What rooms need from outside and what the outside sees of a room. Everything that crosses these
 * ports is bytes and plain values, so that a room can live in another thread and not know it.
 *
 * @module
 */

import type { NotebookdError } from "../errors.ts";
import type { PackageManager } from "../ipynb/create.ts";
import type { Runtime } from "../ipynb/runtime.ts";
import type { JsonObject } from "../json.ts";
import type { TrustStatus } from "../wire/responses.ts";
import type { Codec } from "../wire/codec.ts";
import type { PoolResponse } from "../wire/pool.ts";

/** Names one connection's peer; unique for the life of the daemon. */
export type PeerId = string;

/** What a notebook room is made from. */
export type NotebookSeed =
  /** The bytes of a notebook file, read once. */
  | { kind: "file"; notebookId: string; bytes: Uint8Array }
  /** A new notebook with one empty code cell. */
  | {
    kind: "new";
    notebookId: string;
    runtime: Runtime;
    packageManager: PackageManager;
    /** Signed as trusted, since whoever created the notebook named them. */
    dependencies: readonly string[];
  }
  /** A room without cells. */
  | { kind: "empty"; notebookId: string };

/** What the settings room is made from: the settings, and the document of an earlier run. */
export interface SettingsSeed {
  kind: "settings";
  /** The values now in the settings file. */
  values: JsonObject;
  /** The settings document as it was last saved, so that clients share its history. */
  saved?: Uint8Array;
}

/** What any room is made from. */
export type RoomSeed = NotebookSeed | SettingsSeed;

/** How one peer speaks. */
export interface PeerOptions {
  /** In which encoding control payloads go to it. */
  codec: Codec["name"];
  /** Whether its handshake carried the feature, so that additions may be sent to it. */
  features: boolean;
  /** The metadata snapshot, as JSON text, for a notebook that has none yet. */
  initialMetadata?: string;
}

/** What the answer to a handshake says about a room. */
export interface RoomInfo {
  /** How many cells the notebook has. */
  cellCount: number;
  /** The verdict on its dependencies. */
  trust: TrustStatus;
}

/** What a frame for a peer holds; sync messages are counted apart from all else. */
export type FrameKind = "sync" | "response" | "broadcast";

/** Where a room puts frames for one peer, in the order in which the peer must see them. */
export interface PeerSink {
  /**
   * Takes a whole frame, ready for the socket. Of kind `sync` there is never a second one before
   * {@linkcode RoomHandle.written} was called for the first.
   */
  frame(kind: FrameKind, frame: Uint8Array): void;
  /** The peer broke a rule, or the room can't go on: end its connection with this reason. */
  drop(reason: NotebookdError): void;
}

/** A room, as the side that has the sockets sees it. */
export interface RoomHandle {
  /** Adds a peer, and prepares what it will ask for first. No frame goes out before `start`. */
  attach(peer: PeerId, options: PeerOptions, sink: PeerSink): Promise<RoomInfo>;
  /** The peer has its info frame: the first sync message may go. */
  start(peer: PeerId): void;
  /** A sync message of the peer; resolves when it is applied. */
  receive(peer: PeerId, message: Uint8Array): Promise<void>;
  /** A request payload of the peer; resolves when its response is in the sink. */
  request(peer: PeerId, payload: Uint8Array): Promise<void>;
  /** The sync message last put into the sink is written. */
  written(peer: PeerId): void;
  /** The peer is gone. */
  detach(peer: PeerId): void;
  /** The cells as the pool channel shows them, an encoded {@linkcode PoolResponse}. */
  inspect(codec: Codec["name"], source: InspectSource): Promise<Uint8Array>;
  /**
   * Makes sure that nothing is lost when the room goes.
   *
   * @throws {NotebookdError} with code `storage_failed` when the room holds what no file holds.
   */
  flush(): Promise<void>;
  /** New settings for the settings room; other rooms ignore it. */
  applySettings(values: JsonObject): void;
  /** Frees the room. */
  close(): Promise<void>;
  /** Settles, with the reason, if the room is lost through no act of ours. */
  readonly lost: Promise<NotebookdError>;
}

/** Where the cells that `inspect` shows come from. */
export type InspectSource = Extract<PoolResponse, { type: "notebook_state" }>["source"];

/** What a settings room tells the side that has the files. */
export interface SettingsListener {
  /** The document changed: the values that a client changed, and the document as it is now. */
  changed(values: JsonObject, saved: Uint8Array): void;
}

/** A place where rooms live. */
export interface RoomHost {
  /**
   * Makes a room.
   *
   * @throws {NotebookdError} as the seed's content calls for: `invalid_json`, `invalid_notebook`,
   * `limit_reached`, `internal`.
   */
  open(seed: RoomSeed, listener?: SettingsListener): Promise<RoomHandle>;
}
