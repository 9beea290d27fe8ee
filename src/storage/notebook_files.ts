/**
 * How the storage of notebooks reaches their files.
 *
 * @module
 */

import { isAbsolute } from "@std/path";
import { NotebookdError } from "../errors.ts";
import type { FileContent } from "../rooms/ports.ts";
import { contentHash } from "./content_hash.ts";
import { NOTEBOOK_ENDING } from "./paths.ts";
import type { RegularFile } from "./regular_file.ts";

/** Notebook files behind the path policy. `NotebookFolder` is the machine's. */
export interface NotebookFiles {
  /** See `PathPolicy.resolveForCreation`. */
  resolveForCreation(path: string): Promise<string>;
  /** See `readNotebookFile`. */
  readRegular(canonicalPath: string): Promise<RegularFile>;
}

/**
 * Reads a notebook's file.
 *
 * @param path Its canonical path.
 * @param files Reads it.
 * @returns Its content, or null where there is none.
 * @throws {NotebookdError} as `readNotebookFile`, except with code `not_found`.
 */
export async function readContent(path: string, files: NotebookFiles): Promise<FileContent | null> {
  try {
    const { bytes } = await files.readRegular(path);
    return { bytes, hash: await contentHash(bytes) };
  } catch (error) {
    if (error instanceof NotebookdError && error.code === "not_found") return null;
    throw error;
  }
}

/**
 * Gives the canonical path of the place that a person named for a notebook.
 *
 * @param target An absolute path; the ending is added where it is missing.
 * @param files Knows which paths may be used.
 * @throws {NotebookdError} with code `invalid_argument` for a relative path, and as
 * `PathPolicy.resolveForCreation`.
 */
export async function resolveTarget(target: string, files: NotebookFiles): Promise<string> {
  if (!isAbsolute(target)) {
    throw new NotebookdError(
      "invalid_argument",
      `Cannot save a notebook to "${target}": the path is relative; start it with "/"`,
    );
  }
  const path = target.endsWith(NOTEBOOK_ENDING) ? target : `${target}${NOTEBOOK_ENDING}`;
  return await files.resolveForCreation(path);
}
