/**
 * Writes a notebook back to its file: whole or not at all, and never over something that this
 * program hasn't seen.
 *
 * @module
 */

import { dirname } from "@std/path";
import { NotebookdError } from "../errors.ts";
import { publishFile, removeLeftovers, syncFolder } from "./atomic_file.ts";
import { contentHash } from "./content_hash.ts";
import { denoFileSystem, type FileSystem, type OpenFile, writeAll } from "./file_system.ts";
import { fileError, isMissing, osErrorName } from "./os_error.ts";
import type { RegularFile } from "./regular_file.ts";

/** What is saved, where, and over what. */
export interface SaveRequest {
  /** The canonical path, as `PathPolicy` gives it; so a symbolic link to it stays a link. */
  readonly path: string;
  /** The whole new content. */
  readonly bytes: Uint8Array;
  /**
   * What may be there and is replaced: hashes of contents, and null for no file at all. After a
   * save of which it isn't known whether it landed, name what was there before and what it wrote.
   * The new content itself is always among them.
   */
  readonly replaces: readonly (string | null)[];
  /** The permission bits of a new file; 0o666 less the umask unless given. */
  readonly mode?: number;
}

/** What {@linkcode saveNotebookFile} may be told. */
export interface SaveOptions {
  /**
   * Called with the hash of the new content when all that is left is to put it in its place. What
   * fails here stops the save, and nothing has changed.
   */
  announce?: (hash: string) => Promise<void>;
  /** Reads the notebook, guarded as `readNotebookFile` is; throws with code `not_found` if none is. */
  read: (path: string) => Promise<RegularFile>;
  /** Where to write; the machine's unless given. */
  fileSystem?: FileSystem;
}

/** What was saved. */
export interface SavedFile {
  /** The hash of the content, by which the file is recognised later. */
  readonly hash: string;
  /** False when the file had this very content already and wasn't written. */
  readonly written: boolean;
  /** False when the file had another owner, and the system doesn't let this process keep it. */
  readonly ownerKept: boolean;
}

/** What the operating system says where a file can have one name only. */
const NO_LINKS: ReadonlySet<string | undefined> = new Set([
  "ENOSYS",
  "ENOTSUP",
  "EOPNOTSUPP",
  "EPERM",
]);

/**
 * Saves a notebook: checks that the file is what is replaced, writes a new file beside it with the
 * same mode and owner, syncs it, checks once more, puts it in its place and syncs the folder. When
 * this resolves the new content survives a power loss. Unfinished files of saves that crashed are
 * removed.
 *
 * Between the last check and the rename another program can still write to the file, unseen; no
 * system call closes that gap, which is as short as one call. Further names of the file (hard links)
 * keep the old content, and access lists that aren't in the mode are lost.
 *
 * @param request What is saved.
 * @param options How the file is read to be compared, and what is called before the new content
 * takes its place.
 * @throws {NotebookdError} with code
 * - `conflict` when the file holds something else than what is replaced,
 * - `not_found` when it was deleted and `replaces` doesn't name null,
 * - `permission_denied` when the file, its folder or the file system may not be written to,
 * - `storage_failed` when the disk is full or fails, or the folder is gone,
 * - `outside_roots`, `not_a_file` or `too_large` when it can't be read to be compared,
 *
 * and with whatever `announce` throws. The file has its old content then, except where syncing the
 * folder failed at the very end: then it has the new content, which a power loss may take back.
 *
 * @example
 * ```ts
 * import { readNotebookFile as read } from "@/storage/notebook_file.ts";
 * import { saveNotebookFile } from "@/storage/save.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const folder = await Deno.realPath(await Deno.makeTempDir());
 * const path = `${folder}/new.ipynb`;
 * const bytes = new TextEncoder().encode('{"cells": []}');
 * const first = await saveNotebookFile({ path, bytes, replaces: [null] }, { read });
 * const again = await saveNotebookFile({ path, bytes, replaces: [first.hash] }, { read });
 * assertEquals([first.written, again.written], [true, false]);
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export async function saveNotebookFile(
  request: SaveRequest,
  options: SaveOptions,
): Promise<SavedFile> {
  try {
    return await new Save(request, options).run();
  } catch (error) {
    throw saveError(error, request.path);
  }
}

class Save {
  readonly #request: SaveRequest;
  readonly #options: SaveOptions;
  readonly #fileSystem: FileSystem;
  readonly #read: (path: string) => Promise<RegularFile>;

  constructor(request: SaveRequest, options: SaveOptions) {
    this.#request = request;
    this.#options = options;
    this.#fileSystem = options.fileSystem ?? denoFileSystem;
    this.#read = options.read;
  }

  async run(): Promise<SavedFile> {
    const { path, bytes } = this.#request;
    const hash = await contentHash(bytes);
    const there = await this.#checkReplaced(hash);
    if (there?.hash === hash) {
      await this.#options.announce?.(hash);
      await this.#syncFile();
      return { hash, written: false, ownerKept: true };
    }
    await this.#checkWritable(there);
    await removeLeftovers(dirname(path), this.#fileSystem);
    let ownerKept = true;
    await publishFile(path, {
      fileSystem: this.#fileSystem,
      mode: there === null ? 0o666 : 0o600,
      fill: async (file, temporary) => {
        ownerKept = await this.#fill(file, temporary, there);
      },
      publish: (temporary) => this.#publish(temporary, hash),
    });
    await syncFolder(dirname(path), this.#fileSystem);
    return { hash, written: true, ownerKept };
  }

  /** The file as it is, or null where there is none, if either may be replaced. */
  async #checkReplaced(own: string): Promise<RegularFile & { hash: string } | null> {
    const { path, replaces } = this.#request;
    const there = await this.#readIfThere();
    if (there === null) {
      // The folder first: where it is gone, the notebook wasn't deleted on its own.
      await this.#checkFolder();
      if (replaces.includes(null)) return null;
      throw new NotebookdError(
        "not_found",
        `Cannot save the notebook "${path}": it was deleted since it was read; save it as a new file`,
      );
    }
    const hash = await contentHash(there.bytes);
    if (hash === own || replaces.includes(hash)) return { ...there, hash };
    throw new NotebookdError(
      "conflict",
      replaces.every((one) => one === null)
        ? `Cannot save the notebook "${path}" as a new file: there is a file already; choose another path`
        : `Cannot save the notebook "${path}": another program changed it since it was read; take in that change, then save again`,
    );
  }

  async #readIfThere(): Promise<RegularFile | null> {
    try {
      return await this.#read(this.#request.path);
    } catch (error) {
      if (error instanceof NotebookdError && error.code === "not_found") return null;
      throw error;
    }
  }

  /** A folder on the way may have become a link to elsewhere since the path was made canonical. */
  async #checkFolder(): Promise<void> {
    const { path } = this.#request;
    if (await this.#fileSystem.realPath(dirname(path)) === dirname(path)) return;
    throw new NotebookdError(
      "outside_roots",
      `Cannot save the notebook "${path}": its folder was changed to lead elsewhere; open it again`,
    );
  }

  /** A file that is read-only would be replaced all the same, as that takes its folder alone. */
  async #checkWritable(there: RegularFile | null): Promise<void> {
    if (there === null) return;
    using _probe = await this.#fileSystem.open(this.#request.path, "existing");
  }

  async #fill(file: OpenFile, temporary: string, there: RegularFile | null): Promise<boolean> {
    await writeAll(file, this.#request.bytes);
    let ownerKept = true;
    if (there !== null) ownerKept = await this.#keepOwner(file, temporary, there);
    else if (this.#request.mode !== undefined) {
      await this.#fileSystem.chmod(temporary, this.#request.mode);
    }
    await file.sync();
    return ownerKept;
  }

  /** Owner before mode: a change of owner takes the bits away that run as the owner. */
  async #keepOwner(file: OpenFile, temporary: string, there: RegularFile): Promise<boolean> {
    const { uid, gid } = await file.status();
    const sameOwner = uid === there.uid || await this.#chown(temporary, there.uid, gid);
    const sameGroup = gid === there.gid ||
      await this.#chown(temporary, sameOwner ? there.uid : uid, there.gid);
    await this.#fileSystem.chmod(temporary, sameGroup ? there.mode : closedToGroup(there.mode));
    return sameOwner && sameGroup;
  }

  async #chown(path: string, uid: number, gid: number): Promise<boolean> {
    try {
      await this.#fileSystem.chown(path, uid, gid);
      return true;
    } catch (error) {
      if (osErrorName(error) === "EPERM") return false;
      throw error;
    }
  }

  async #publish(temporary: string, hash: string): Promise<void> {
    const { path } = this.#request;
    await this.#options.announce?.(hash);
    const there = await this.#checkReplaced(hash);
    if (there !== null) return await this.#fileSystem.rename(temporary, path);
    try {
      // Unlike a rename, a hard link never replaces what somebody made in the meantime.
      await this.#fileSystem.link(temporary, path);
    } catch (error) {
      if (!NO_LINKS.has(osErrorName(error))) throw error;
      return await this.#fileSystem.rename(temporary, path);
    }
    await this.#fileSystem.remove(temporary);
  }

  /** The content is there already; whoever wrote it may not have synced it. */
  async #syncFile(): Promise<void> {
    const { path } = this.#request;
    using file = await this.#fileSystem.open(path, "read");
    await file.sync();
    await syncFolder(dirname(path), this.#fileSystem);
  }
}

/**
 * The mode for a file whose group couldn't be kept. Its new group may do what everyone may: nobody
 * in it could do more before.
 */
function closedToGroup(mode: number): number {
  const everyone = mode & 0o007;
  return (mode & ~0o6070) | ((everyone << 3) & mode);
}

function saveError(error: unknown, path: string): NotebookdError {
  const attempted = `Cannot save the notebook "${path}"`;
  const options = { cause: error };
  if (error instanceof NotebookdError) return error;
  if (isMissing(error) || osErrorName(error) === "ENOTDIR") {
    const text = `${attempted}: its folder is gone; make it again, or save to another path`;
    return new NotebookdError("storage_failed", text, options);
  }
  switch (osErrorName(error)) {
    case "EACCES":
    case "EPERM": {
      const text =
        `${attempted}: it or its folder may not be written to; make both writable (chmod u+w), or save to another path`;
      return new NotebookdError("permission_denied", text, options);
    }
    case "EROFS": {
      const text = `${attempted}: the file system is read-only; save to another path`;
      return new NotebookdError("permission_denied", text, options);
    }
    case "EEXIST": {
      const text = `${attempted} as a new file: there is a file already; choose another path`;
      return new NotebookdError("conflict", text, options);
    }
    default:
      return fileError(error, attempted);
  }
}
