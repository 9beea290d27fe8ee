/**
 * What the channels need from the rest of the daemon.
 *
 * @module
 */

import type { Clock } from "../clock.ts";
import type { Limits } from "../limits.ts";
import type { Logger } from "../log.ts";
import type { NotebookKeeper, RoomHandle, RoomHost } from "../rooms/ports.ts";
import type { RoomRegistry } from "../rooms/registry.ts";
import type { Window } from "./window.ts";

/** Notebook files, behind the path policy. */
export interface NotebookFiles {
  /**
   * Gives the canonical path of an existing notebook.
   *
   * @throws {NotebookdError} with code `not_found`, `outside_roots`, `not_a_file` or
   * `permission_denied`.
   */
  resolveNotebook(path: string): Promise<string>;
  /** Gives the canonical path that a notebook which doesn't exist yet would have. Throws as above. */
  resolveForCreation(path: string): Promise<string>;
  /** Gives the canonical path of an existing folder. Throws as above. */
  resolveFolder(path: string): Promise<string>;
  /** Reads a notebook once; the path must be canonical. Throws as above, or code `too_large`. */
  read(canonicalPath: string): Promise<Uint8Array>;
}

/** Blobs, addressed by their content. */
export interface BlobStore {
  /** Keeps bytes and gives their SHA-256 as 64 hex digits. */
  store(bytes: Uint8Array, mediaType: string): Promise<string>;
}

/** The settings that the channels read. */
export interface CurrentSettings {
  /** Which package manager a new Python notebook has when its creator names none. */
  readonly defaultPythonEnv: string;
}

/** All that a channel may use. */
export interface Services {
  registry: RoomRegistry;
  /** For looking into files that no room holds. */
  host: RoomHost;
  files: NotebookFiles;
  /** Where notebooks are kept. */
  keeper: NotebookKeeper;
  /** Bounds how many of those files are looked into at once. */
  peeks: Window;
  blobs: BlobStore;
  settings: CurrentSettings;
  /** The settings document, made when the first client asks for it. */
  settingsRoom(): Promise<RoomHandle>;
  /** Where the blob server listens. */
  blobPort: number;
  clock: Clock;
  logger: Logger;
  limits: Limits;
  /** Against what a relative path is resolved: the folder in which the daemon was started. */
  baseFolder: string;
  /** Begins an orderly end of the daemon. */
  shutdown(): void;
}
