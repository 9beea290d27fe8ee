/**
 * Reads a file without ever waiting for it and without taking more than a bound of it.
 *
 * @module
 */

import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { NotebookdError } from "../errors.ts";
import { fileError } from "./os_error.ts";

/** A file's bytes and which file they came from. */
export interface RegularFile {
  /** The whole content. */
  bytes: Uint8Array<ArrayBuffer>;
  /** The permission bits, such as `0o644`. */
  mode: number;
  /** The owner. */
  uid: number;
  /** The group. */
  gid: number;
  /** The device that the file is on. */
  dev: number;
  /** The inode; with `dev` it names the file whatever its path. */
  ino: number;
}

/** What {@linkcode readRegularFile} is told. */
export interface ReadRegularFileOptions {
  /** The most that is read, in bytes. */
  maxBytes: number;
  /** Called with the open file before any of it is read; may throw to refuse it. */
  check?: (file: Omit<RegularFile, "bytes">) => Promise<void>;
}

/**
 * Reads a regular file once, from one handle.
 *
 * The file is opened without blocking: a named pipe that nobody writes to would otherwise hold the
 * caller for ever. What was opened is told from the handle, not from the path, which may lead
 * elsewhere by then.
 *
 * @param path Where the file is; links are followed.
 * @param attempted What is being done, with the path, as the start of error messages.
 * @throws {NotebookdError} with code `not_found`, `not_a_file`, `permission_denied`, `too_large`
 * (also when the file grows past the bound while it is read) or `storage_failed`.
 */
export async function readRegularFile(
  path: string,
  attempted: string,
  { maxBytes, check }: ReadRegularFileOptions,
): Promise<RegularFile> {
  let handle: FileHandle | undefined;
  try {
    handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const { mode, uid, gid, dev, ino, size, ...stat } = await statOf(handle);
    if (!stat.isFile) {
      throw new NotebookdError("not_a_file", `${attempted}: it isn't a regular file`);
    }
    if (size > maxBytes) throw tooLarge(attempted, maxBytes);
    const file = { mode, uid, gid, dev, ino };
    await check?.(file);
    const bytes = await readAll(handle, size, maxBytes);
    if (bytes === null) throw tooLarge(attempted, maxBytes);
    return { bytes, ...file };
  } catch (error) {
    throw fileError(error, attempted);
  } finally {
    await handle?.close();
  }
}

async function statOf(handle: FileHandle) {
  const stat = await handle.stat();
  return {
    mode: stat.mode & 0o7777,
    uid: stat.uid,
    gid: stat.gid,
    dev: stat.dev,
    ino: stat.ino,
    size: stat.size,
    isFile: stat.isFile(),
  };
}

/** Reads to the end; null where there is more than `maxBytes`. */
async function readAll(
  handle: FileHandle,
  size: number,
  maxBytes: number,
): Promise<Uint8Array<ArrayBuffer> | null> {
  // One byte more than expected, so that the end shows without a second buffer.
  let buffer = new Uint8Array(size + 1);
  let filled = 0;
  for (;;) {
    if (filled === buffer.length) {
      if (filled > maxBytes) return null;
      const larger = new Uint8Array(Math.min(2 * filled, maxBytes + 1));
      larger.set(buffer);
      buffer = larger;
    }
    const { bytesRead } = await handle.read(buffer, filled, buffer.length - filled, filled);
    if (bytesRead === 0) return buffer.subarray(0, filled);
    filled += bytesRead;
  }
}

function tooLarge(attempted: string, maxBytes: number): NotebookdError {
  return new NotebookdError("too_large", `${attempted}: it is larger than ${maxBytes} bytes`);
}
