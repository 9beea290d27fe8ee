/**
 * Reads notebooks from disk, behind the path policy.
 *
 * @module
 */

import { NotebookdError } from "../errors.ts";
import { DEFAULT_LIMITS } from "../limits.ts";
import { fileError } from "./os_error.ts";
import type { PathPolicy } from "./paths.ts";
import { readRegularFile, type RegularFile } from "./regular_file.ts";

/** What {@linkcode readNotebookFile} may be told. */
export interface ReadNotebookFileOptions {
  /** The largest notebook that is read, in bytes; 100 MiB unless given. */
  maxBytes?: number;
}

/**
 * Reads a notebook once, and makes sure that what was opened is the very file that the path policy
 * allowed: the path still leads to itself, and to the device and inode that the handle has. Between
 * the policy's answer and the opening a folder could have become a link to elsewhere.
 *
 * @param canonicalPath What `PathPolicy.resolveNotebook` gave.
 * @throws {NotebookdError} with code `not_found`, `not_a_file`, `outside_roots` (the path leads
 * elsewhere by now), `permission_denied`, `too_large` or `storage_failed`.
 */
export async function readNotebookFile(
  canonicalPath: string,
  options: ReadNotebookFileOptions = {},
): Promise<RegularFile> {
  const attempted = `Cannot read the notebook "${canonicalPath}"`;
  return await readRegularFile(canonicalPath, attempted, {
    maxBytes: options.maxBytes ?? DEFAULT_LIMITS.fileBytes,
    check: (opened) => checkSameFile(canonicalPath, attempted, opened),
  });
}

async function checkSameFile(
  canonicalPath: string,
  attempted: string,
  opened: { dev: number; ino: number },
): Promise<void> {
  try {
    const leadsTo = await Deno.realPath(canonicalPath);
    const there = await Deno.lstat(canonicalPath);
    if (leadsTo === canonicalPath && there.dev === opened.dev && there.ino === opened.ino) return;
  } catch (error) {
    throw fileError(error, attempted);
  }
  throw new NotebookdError(
    "outside_roots",
    `${attempted}: the path was changed to lead elsewhere while it was opened; try again`,
  );
}

/** The notebooks inside the allowed roots, as the channels want them. */
export class NotebookFolder {
  readonly #policy: PathPolicy;
  readonly #options: ReadNotebookFileOptions;

  /**
   * Puts reading behind a policy.
   *
   * @param policy Which paths may be used.
   * @param options The largest notebook that is read.
   */
  constructor(policy: PathPolicy, options: ReadNotebookFileOptions = {}) {
    this.#policy = policy;
    this.#options = options;
  }

  /** See `PathPolicy.resolveNotebook`. */
  async resolveNotebook(path: string): Promise<string> {
    return await this.#policy.resolveNotebook(path);
  }

  /** See `PathPolicy.resolveForCreation`. */
  async resolveForCreation(path: string): Promise<string> {
    return await this.#policy.resolveForCreation(path);
  }

  /** See `PathPolicy.resolveFolder`. */
  async resolveFolder(path: string): Promise<string> {
    return await this.#policy.resolveFolder(path);
  }

  /** See {@linkcode readNotebookFile}. */
  async read(canonicalPath: string): Promise<Uint8Array> {
    return (await this.readRegular(canonicalPath)).bytes;
  }

  /** See {@linkcode readNotebookFile}. */
  async readRegular(canonicalPath: string): Promise<RegularFile> {
    return await readNotebookFile(canonicalPath, this.#options);
  }
}
