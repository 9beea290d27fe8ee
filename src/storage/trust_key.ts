/**
 * The key that this machine signs trusted dependencies with.
 *
 * @module
 */

import { NotebookdError } from "../errors.ts";
import type { Logger } from "../log.ts";
import { TRUST_KEY_BYTES } from "../trust/signature.ts";
import { createFileAtomic } from "./atomic_file.ts";
import { readRegularFile, type RegularFile } from "./regular_file.ts";

/** More than a key has is read, so that a wrong file shows as such and isn't cut to fit. */
const MAX_KEY_FILE_BYTES = 64 * 1024;

/**
 * Reads the key, or makes it on first use. Two daemons that start at the same moment get the same
 * key.
 *
 * @param path The key file; its folder must exist.
 * @param options Where a warning goes when others can read the file.
 * @returns The 32 bytes of the key.
 * @throws {NotebookdError} with code `storage_failed` when the file doesn't hold exactly 32 bytes,
 * and `permission_denied`, `not_a_file` or `storage_failed` when it can't be read or made. There is
 * never another key in its place: with one, every signed notebook would lose its trust.
 */
export async function loadTrustKey(
  path: string,
  options: { logger: Logger },
): Promise<Uint8Array<ArrayBuffer>> {
  const file = await readKey(path) ?? await makeKey(path, options.logger);
  if (file.bytes.length !== TRUST_KEY_BYTES) {
    throw new NotebookdError(
      "storage_failed",
      `Cannot use the trust key "${path}": it holds ${file.bytes.length} bytes and must hold ${TRUST_KEY_BYTES}; restore it, or remove it to get a new key and approve notebooks again`,
    );
  }
  if ((file.mode & 0o077) !== 0) {
    options.logger.warn("Trust key is open to other users; run chmod 600 on it", {
      path,
      mode: file.mode.toString(8).padStart(4, "0"),
    });
  }
  return file.bytes;
}

async function readKey(path: string): Promise<RegularFile | null> {
  try {
    return await readRegularFile(path, `Cannot read the trust key "${path}"`, {
      maxBytes: MAX_KEY_FILE_BYTES,
    });
  } catch (error) {
    if (error instanceof NotebookdError && error.code === "not_found") return null;
    throw error;
  }
}

async function makeKey(path: string, logger: Logger): Promise<RegularFile> {
  const key = crypto.getRandomValues(new Uint8Array(TRUST_KEY_BYTES));
  if (await createFileAtomic(path, key)) logger.info("Made a new trust key", { path });
  // Read back in either case: when another daemon was first, its key is the one.
  return await readRegularFile(path, `Cannot read the trust key "${path}"`, {
    maxBytes: MAX_KEY_FILE_BYTES,
  });
}
