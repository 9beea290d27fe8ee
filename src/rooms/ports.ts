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
  /** The content of a notebook file, read once; its path is the id. */
  | { kind: "file"; notebookId: string; file: FileContent; journal?: JournaledNotebook }
  /** A new notebook with one empty code cell. */
  | {
    kind: "new";
    notebookId: string;
    runtime: Runtime;
    packageManager: PackageManager;
    /** Signed as trusted, since whoever created the notebook named them. */
    dependencies: readonly string[];
    journal?: JournaledNotebook;
  }
  /** A room without cells, or one whose file is gone and whose journal is there. */
  | { kind: "empty"; notebookId: string; journal?: JournaledNotebook };

/** A content of a notebook's file. */
export interface FileContent {
  bytes: Uint8Array;
  /** The SHA-256 of the bytes as 64 hex digits. */
  hash: string;
}

/** A content of a notebook's file, and the heads of the document that it shows. */
export interface RecordedContent extends FileContent {
  /** Automerge heads, in hex. */
  heads: readonly string[];
}

/** What the journal of a notebook holds from an earlier run. */
export interface JournaledNotebook {
  /** The document when the log began, saved by Automerge. */
  snapshot: Uint8Array;
  /** The Automerge chunks appended since. */
  log: Uint8Array;
  /** The file as it was last read or saved; null for a notebook without one. */
  baseline: RecordedContent | null;
  /** What saves were about to write that may have landed or not, oldest first. */
  pending: readonly RecordedContent[];
}

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
  /** Names the history of its document: a client that comes back with another one begins anew. */
  history?: string;
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
   * @returns Whether the room has anything worth keeping.
   * @throws {NotebookdError} with code `storage_failed` or `permission_denied` when something isn't
   * kept yet.
   */
  flush(): Promise<boolean>;
  /** New settings for the settings room; other rooms ignore it. */
  applySettings(values: JsonObject): void;
  /**
   * The notebook's file holds something that wasn't written by this room; null: it is gone. Other
   * rooms ignore it.
   */
  fileChanged(file: FileContent | null): void;
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

/** What a save writes. */
export interface NotebookContent {
  /** The whole text of the file, as UTF-8. */
  bytes: Uint8Array;
  /** The heads of the document that it shows. */
  heads: readonly string[];
}

/** How a save ended. */
export interface SavedNotebook {
  /** The SHA-256 of what the file holds now. */
  hash: string;
  /** False when the file held this very content already. */
  written: boolean;
}

/** The taking over of a file's content that somebody else wrote. */
export interface Rebase {
  /** The hash of the content, as `fileChanged`, `read` or the seed gave it. */
  hash: string;
  /** The heads of the document that shows it, with whatever else is in the document. */
  heads: readonly string[];
  /** The Automerge chunks that took it in, not appended yet; may be empty. */
  chunk: Uint8Array;
  /** Whether the file shows all that the document holds then. */
  clean: boolean;
}

/**
 * Where the document of one notebook is kept, asked by its room. Everything asked in one turn is
 * done in the order in which it was asked.
 */
export interface NotebookStorage {
  /**
   * Begins the journal of a notebook that has none, or whose journal was refused. What the file held
   * when it was read for the seed is the baseline.
   *
   * @param first The document as it was built: saved by Automerge, and its heads.
   * @throws {NotebookdError} with code `storage_failed` or `permission_denied`.
   */
  begin(first: { snapshot: Uint8Array; heads: readonly string[] }): Promise<void>;
  /** The journal of the seed can't be used: puts it aside, and logs where. `begin` comes next. */
  refuse(reason: string): Promise<void>;
  /**
   * Appends to the journal. When it resolves, the chunk outlives this process. A chunk that couldn't
   * be written is written before the next one; an empty one only tries again.
   *
   * @returns Whether the journal has grown so far that `compact` is worthwhile.
   * @throws {NotebookdError} with code `storage_failed` or `permission_denied`.
   */
  append(chunk: Uint8Array): Promise<boolean>;
  /** Replaces what was appended before this call by a snapshot with all of it. Throws as `append`. */
  compact(snapshot: Uint8Array): Promise<void>;
  /** Resolves when everything appended survives a power loss. Throws as `append`. */
  synced(): Promise<void>;
  /** Reads the file as it is now, or null where there is none. Throws as reading does. */
  read(): Promise<FileContent | null>;
  /**
   * Takes over a content that somebody else wrote as the one that the next save replaces. After a
   * crash either all of it or nothing has happened.
   *
   * @throws {NotebookdError} as `append`, and with code `conflict` when that isn't the content last
   * seen.
   */
  rebase(rebase: Rebase): Promise<void>;
  /**
   * Writes the notebook's file, durably, and records that in the journal.
   *
   * @param content What is written.
   * @param options `recreate`: also where the file was deleted since; `clean`: whether the content
   * shows all that is in the document.
   * @throws {NotebookdError} with code `conflict` when the file holds what this room hasn't seen,
   * `not_found` when it was deleted, `invalid_argument` for a notebook without a path,
   * `permission_denied`, `outside_roots`, `not_a_file` or `storage_failed`.
   */
  save(
    content: NotebookContent,
    options: { recreate: boolean; clean: boolean },
  ): Promise<SavedNotebook>;
  /**
   * Writes the notebook to another place, which is the notebook's own from then on: journal, lease
   * and later opens are of the new path. Nothing that is there is replaced.
   *
   * @param target What the person named: absolute, with or without the ending.
   * @throws {NotebookdError} as `save`, with code `path_in_use` when somebody serves that place,
   * and `conflict` when another file is there.
   */
  move(
    target: string,
    content: NotebookContent,
    options: { clean: boolean },
  ): Promise<SavedNotebook & { path: string }>;
  /** Writes a copy, and leaves the notebook where it is. Parameters and errors as those of `move`. */
  copy(target: string, bytes: Uint8Array): Promise<{ path: string }>;
}

/** The storage of one notebook as its opener has it. Disposing closes the journal, then the lease. */
export interface OpenedStorage extends NotebookStorage, AsyncDisposable {
  /** What the file held when it was read; null where there is none. */
  readonly file: FileContent | null;
  /** What the journal held; null where there is none that could be used. */
  readonly journal: JournaledNotebook | null;
  /** Whether the journal is worth keeping when this is disposed; it is unless this says otherwise. */
  keep(worthKeeping: boolean): void;
  /**
   * Calls a function whenever the file holds what wasn't there before and wasn't written by this
   * storage, with null when it is gone; at most once for each content in turn.
   */
  watch(changed: (file: FileContent | null) => void): void;
}

/** Opens the storage of notebooks. */
export interface NotebookKeeper {
  /**
   * Takes the lease of a notebook, opens its journal and reads its file.
   *
   * @param id Its canonical path, or its UUID.
   * @throws {NotebookdError} with code `path_in_use` when another process serves it, and as reading
   * the file and opening the journal do; `not_found` only if it has neither file nor journal and
   * `mustExist` is true.
   */
  open(id: string, options: { mustExist: boolean }): Promise<OpenedStorage>;
  /** The path under which a notebook is kept that was untitled under this UUID, or null. */
  resolveAlias(id: string): Promise<string | null>;
}

/** Formats code, where a formatter is installed. */
export interface CodeFormatter {
  /**
   * Formats the sources of code cells, each on its own.
   *
   * @returns The formatted sources, null for one that the formatter refused; or why none could be.
   */
  format(
    runtime: string,
    sources: readonly string[],
  ): Promise<{ sources: readonly (string | null)[] } | { unavailable: string }>;
}

/** Whom a room speaks to beside its peers. */
export interface RoomOutside {
  /** For a notebook's room that is kept. */
  storage?: NotebookStorage;
  /** For a notebook's room. */
  formatter?: CodeFormatter;
  /** For the settings room. */
  settings?: SettingsListener;
}

/** A place where rooms live. */
export interface RoomHost {
  /**
   * Makes a room.
   *
   * @throws {NotebookdError} as the seed's content calls for: `invalid_json`, `invalid_notebook`,
   * `limit_reached`, `internal`.
   */
  open(seed: RoomSeed, outside?: RoomOutside): Promise<RoomHandle>;
}
