/**
 * Folders that only the owner of the daemon can look into.
 *
 * @module
 */

import { NotebookdError } from "../errors.ts";
import { fileError, isMissing } from "./os_error.ts";

/** The permission bits of a private folder. */
const PRIVATE_MODE = 0o700;

/** What {@linkcode ensurePrivateFolder} may be told. */
export interface PrivateFolderOptions {
  /** The user who must own it; the user of this process unless given. */
  uid?: number | null;
}

/**
 * Makes a folder, with its parents, that only its owner can enter, whatever the umask; or checks
 * that an existing one is such a folder. The check doesn't follow links: whoever may write to the
 * parent could otherwise put a link to a folder of theirs in its place.
 *
 * An existing folder that is open to others is refused and not changed, since it may be one that a
 * person shares on purpose.
 *
 * @param path The absolute path of the folder.
 * @param options Who must own it.
 * @throws {NotebookdError} with code `permission_denied` when it belongs to another user or is open
 * to others, `not_a_file` when it is a link or no folder, `storage_failed` when it can't be made.
 */
export async function ensurePrivateFolder(
  path: string,
  options: PrivateFolderOptions = {},
): Promise<void> {
  const attempted = `Cannot use "${path}" as a private folder`;
  const uid = options.uid === undefined ? Deno.uid() : options.uid;
  try {
    const made = await makeIfMissing(path);
    let info = await Deno.lstat(path);
    checkOwn(path, info, uid, attempted);
    if (made && permissions(info) !== PRIVATE_MODE) {
      // The umask took bits away that the owner needs.
      await Deno.chmod(path, PRIVATE_MODE);
      info = await Deno.lstat(path);
    }
    checkClosed(path, info, attempted);
  } catch (error) {
    throw fileError(error, attempted);
  }
}

async function makeIfMissing(path: string): Promise<boolean> {
  try {
    await Deno.lstat(path);
    return false;
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
  // Recursive, so that another process that makes it at this moment isn't an error.
  await Deno.mkdir(path, { recursive: true, mode: PRIVATE_MODE });
  return true;
}

function checkOwn(
  path: string,
  info: Deno.FileInfo,
  uid: number | null,
  attempted: string,
): void {
  if (info.isSymlink) {
    throw new NotebookdError(
      "not_a_file",
      `${attempted}: it is a symbolic link; name the folder that "${path}" leads to`,
    );
  }
  if (!info.isDirectory) {
    throw new NotebookdError("not_a_file", `${attempted}: it isn't a folder`);
  }
  if (info.uid !== uid) {
    throw new NotebookdError(
      "permission_denied",
      `${attempted}: it belongs to user ${info.uid} and the daemon runs as user ${uid}; choose a folder of your own`,
    );
  }
}

function checkClosed(path: string, info: Deno.FileInfo, attempted: string): void {
  const mode = permissions(info);
  if (mode === PRIVATE_MODE) return;
  const shown = mode.toString(8).padStart(4, "0");
  throw new NotebookdError(
    "permission_denied",
    `${attempted}: its mode is ${shown} and must be 0700; run chmod 700 "${path}", or choose another folder`,
  );
}

function permissions(info: Deno.FileInfo): number {
  return (info.mode ?? 0) & 0o777;
}
