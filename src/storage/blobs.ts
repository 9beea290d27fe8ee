/**
 * Blobs on disk, addressed by their content.
 *
 * @module
 */

import { dirname, join } from "@std/path";
import { NotebookdError } from "../errors.ts";
import { isJsonObject } from "../json.ts";
import { writeFileAtomic } from "./atomic_file.ts";
import { fileError, isMissing } from "./os_error.ts";
import { readRegularFile } from "./regular_file.ts";

/** The largest blob, in bytes. */
export const MAX_BLOB_BYTES = 100 * 1024 * 1024;

/** The media type of a blob whose own isn't known. */
const UNKNOWN_MEDIA_TYPE = "application/octet-stream";

/** The largest file about a blob that is read, in bytes. */
const MAX_META_BYTES = 4 * 1024;

/** A type and a subtype of RFC 6838, with parameters in printable ASCII, fit for an HTTP header. */
const MEDIA_TYPE = /^[\w!#$&^.+-]{1,127}\/[\w!#$&^.+-]{1,127}(?: *;[\x20-\x7e]{0,256})?$/;

/** A blob, open for reading. Whoever gets it closes the file. */
export interface OpenBlob {
  /** The content, from its start. */
  file: Deno.FsFile;
  /** How many bytes it has. */
  size: number;
  /** What was said when it was stored. */
  mediaType: string;
}

/** Tells whether a text is the hash of a blob: SHA-256 as 64 lower-case hex digits. */
export function isBlobHash(text: string): boolean {
  return /^[0-9a-f]{64}$/.test(text);
}

/**
 * Keeps blobs in a folder: the content in `<2 hex>/<62 hex>`, what is known about it beside that in
 * `<62 hex>.meta`. Clients of the protocol read the content files themselves.
 */
export class BlobFolder {
  readonly #folder: string;
  readonly #maxBytes: number;

  /**
   * Names the folder; nothing is touched yet.
   *
   * @param folder Where the blobs are; it is made when the first is stored.
   * @param options `maxBytes`: the largest blob, 100 MiB unless given.
   */
  constructor(folder: string, options: { maxBytes?: number } = {}) {
    this.#folder = folder;
    this.#maxBytes = options.maxBytes ?? MAX_BLOB_BYTES;
  }

  /**
   * Keeps bytes. Bytes that are there already aren't written again, and keep the media type that
   * they were first stored with.
   *
   * @param bytes The content.
   * @param mediaType Such as "image/png".
   * @returns The SHA-256 of the content as 64 hex digits.
   * @throws {NotebookdError} with code `too_large`, `invalid_argument` when the media type isn't
   * one, `permission_denied` or `storage_failed`.
   */
  async store(bytes: Uint8Array, mediaType: string): Promise<string> {
    if (bytes.length > this.#maxBytes) {
      throw new NotebookdError(
        "too_large",
        `Cannot store a blob of ${bytes.length} bytes: the limit is ${this.#maxBytes} bytes`,
      );
    }
    if (!MEDIA_TYPE.test(mediaType)) {
      throw new NotebookdError(
        "invalid_argument",
        `Cannot store a blob as "${mediaType.slice(0, 80)}": media_type must be like "image/png"`,
      );
    }
    const hash = await sha256(bytes);
    await this.#write(hash, bytes, mediaType);
    return hash;
  }

  /**
   * Opens a blob.
   *
   * @param hash 64 lower-case hex digits.
   * @returns The blob, or null where there is none of this hash.
   * @throws {NotebookdError} with code `invalid_argument` when the hash isn't one,
   * `permission_denied` or `storage_failed`.
   */
  async open(hash: string): Promise<OpenBlob | null> {
    const path = this.#pathOf(hash);
    let file: Deno.FsFile | undefined;
    try {
      file = await Deno.open(path, { read: true });
      const { size } = await file.stat();
      return { file, size, mediaType: await readMediaType(path) };
    } catch (error) {
      file?.close();
      if (isMissing(error)) return null;
      throw fileError(error, `Cannot read the blob "${hash}"`);
    }
  }

  async #write(hash: string, bytes: Uint8Array, mediaType: string): Promise<void> {
    const path = this.#pathOf(hash);
    try {
      if (await hasSize(path, bytes.length)) return;
      await Deno.mkdir(dirname(path), { recursive: true, mode: 0o700 });
      // The content comes last: once it is there, its media type is too.
      const meta = { media_type: mediaType, size: bytes.length };
      await writeFileAtomic(`${path}.meta`, new TextEncoder().encode(JSON.stringify(meta)));
      await writeFileAtomic(path, bytes);
    } catch (error) {
      throw fileError(error, `Cannot store the blob "${hash}"`);
    }
  }

  #pathOf(hash: string): string {
    if (!isBlobHash(hash)) {
      throw new NotebookdError(
        "invalid_argument",
        `Cannot use "${hash.slice(0, 80)}" as the hash of a blob: it must be 64 hex digits`,
      );
    }
    return join(this.#folder, hash.slice(0, 2), hash.slice(2));
  }
}

async function sha256(bytes: Uint8Array): Promise<string> {
  // A view on shared memory can't be hashed, so such bytes are copied first.
  const own = bytes.buffer instanceof ArrayBuffer
    ? new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length)
    : bytes.slice();
  return new Uint8Array(await crypto.subtle.digest("SHA-256", own)).toHex();
}

async function hasSize(path: string, size: number): Promise<boolean> {
  try {
    const info = await Deno.stat(path);
    return info.isFile && info.size === size;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}

async function readMediaType(path: string): Promise<string> {
  try {
    const { bytes } = await readRegularFile(`${path}.meta`, "Cannot read a blob's media type", {
      maxBytes: MAX_META_BYTES,
    });
    const meta: unknown = JSON.parse(new TextDecoder().decode(bytes));
    const mediaType = isJsonObject(meta) ? meta["media_type"] : undefined;
    if (typeof mediaType === "string" && MEDIA_TYPE.test(mediaType)) return mediaType;
  } catch (error) {
    // The content is worth more than what is known about it.
    if (!(error instanceof NotebookdError) && !(error instanceof SyntaxError)) throw error;
  }
  return UNKNOWN_MEDIA_TYPE;
}
