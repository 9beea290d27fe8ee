/**
 * The way from the folder of the socket to the blobs.
 *
 * @module
 */

import { join } from "@std/path";
import { fileError, isMissing, isNotCapable } from "./os_error.ts";

/** What became of the way from the socket's folder to the blobs. */
export type BlobLink =
  /** The blobs are in the socket's folder anyway. */
  | "same"
  /** A link leads to them. */
  | "linked"
  /** Something else has the name; it was left alone. */
  | "occupied"
  /** This process may not make links; clients get blobs over HTTP. */
  | "not_permitted";

/**
 * Makes `blobs` in the folder of the socket lead to the blobs, where clients look before they ask
 * over HTTP.
 *
 * Deno makes symbolic links only for a process that may read and write everything, so whoever
 * starts the daemon does this, and not the daemon itself.
 *
 * @param socketFolder The folder of the socket.
 * @param blobsFolder Where the blobs are.
 * @throws {NotebookdError} with code `permission_denied` or `storage_failed`.
 */
export async function linkBlobs(socketFolder: string, blobsFolder: string): Promise<BlobLink> {
  const link = join(socketFolder, "blobs");
  if (link === blobsFolder) return "same";
  try {
    const there = await linkedTo(link);
    if (there === blobsFolder) return "linked";
    if (there === undefined) return "occupied";
    if (there !== null) await Deno.remove(link);
    await Deno.symlink(blobsFolder, link);
    return "linked";
  } catch (error) {
    if (isNotCapable(error)) return "not_permitted";
    throw fileError(error, `Cannot link "${link}" to the blobs`);
  }
}

/** Where a link leads; null where nothing is, undefined where something else is. */
async function linkedTo(path: string): Promise<string | null | undefined> {
  try {
    return (await Deno.lstat(path)).isSymlink ? await Deno.readLink(path) : undefined;
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}
