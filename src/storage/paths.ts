/**
 * Which paths may be used: canonical, inside an allowed root, of the right kind. Permission flags
 * don't stop symbolic links, so this check is the wall.
 *
 * @module
 */

import { dirname, join } from "@std/path";
import { NotebookdError } from "../errors.ts";
import { fileError, isNotCapable, osErrorName } from "./os_error.ts";

/** The longest path that is looked at, in bytes of UTF-8: Linux's `PATH_MAX`. */
export const MAX_PATH_BYTES = 4096;

/** How a notebook's path ends. Matched exactly, as Jupyter does. */
export const NOTEBOOK_ENDING = ".ipynb";

/** How many symbolic links may be followed for one path, as in Linux. */
const MAX_LINKS = 40;

/** Where a path leads, as far as it could be followed. */
interface Located {
  /** The canonical path of the place, or of the first part that isn't there; null if unknowable. */
  place: string | null;
  /** Whether `place` stands for the whole path and not for a part of it. */
  whole: boolean;
  /** Why following it ended early. */
  fault?: unknown;
}

/**
 * Makes folders that a person named as roots canonical, without duplicates.
 *
 * @param roots Paths of folders.
 * @throws {NotebookdError} with code `not_found`, `not_a_file` or `permission_denied` when one of
 * them isn't a folder that can be used.
 */
export async function canonicalRoots(roots: readonly string[]): Promise<string[]> {
  const canonical = new Set<string>();
  for (const root of roots) {
    const attempted = `Cannot use "${root}" as a root`;
    try {
      const path = await Deno.realPath(root);
      if (!(await Deno.stat(path)).isDirectory) {
        throw new NotebookdError("not_a_file", `${attempted}: it isn't a folder`);
      }
      canonical.add(path);
    } catch (error) {
      throw fileError(error, attempted);
    }
  }
  return [...canonical];
}

/**
 * Decides which paths the daemon touches for its clients.
 *
 * A path outside the roots gets one and the same answer whether or not something is there, also
 * when it leads there through symbolic links, so nothing can be learned about what lies outside.
 */
export class PathPolicy {
  readonly #roots: readonly string[];

  /**
   * Makes a policy for some roots.
   *
   * @param roots Canonical paths of folders, as {@linkcode canonicalRoots} gives them.
   */
  constructor(roots: readonly string[]) {
    this.#roots = [...roots];
  }

  /**
   * Gives the canonical path of an existing notebook. What is opened later must be checked again:
   * the path may lead elsewhere by then.
   *
   * @param path An absolute path.
   * @throws {NotebookdError} with code `not_a_file` when the path isn't absolute, holds a NUL
   * character, is too long, doesn't end in `.ipynb` (as asked and as resolved) or leads to
   * something other than a regular file; `outside_roots`; `not_found`; `permission_denied`.
   */
  async resolveNotebook(path: string): Promise<string> {
    const attempted = `Cannot open the notebook "${path}"`;
    checkText(path, attempted);
    checkEnding(path, path, attempted);
    const { place, fault } = await this.#locateInside(path, attempted);
    if (fault !== undefined) throw fileError(fault, attempted);
    return await checkNotebook(place, path, attempted);
  }

  /**
   * Gives the canonical path for a notebook that may not exist yet. Its folder must exist.
   *
   * @param path An absolute path.
   * @throws {NotebookdError} as {@linkcode PathPolicy.resolveNotebook}; `not_found` means that the
   * folder is missing.
   */
  async resolveForCreation(path: string): Promise<string> {
    const attempted = `Cannot create the notebook "${path}"`;
    checkText(path, attempted);
    checkEnding(path, path, attempted);
    const located = await this.#locateInside(path, attempted);
    if (located.fault === undefined) {
      return await checkNotebook(located.place, path, attempted);
    }
    if (!located.whole || osErrorName(located.fault) !== "ENOENT") {
      throw fileError(located.fault, attempted);
    }
    checkEnding(located.place, path, attempted);
    return located.place;
  }

  /**
   * Gives the canonical path of an existing folder.
   *
   * @param path An absolute path.
   * @throws {NotebookdError} with code `not_a_file` when the path isn't absolute, holds a NUL
   * character, is too long or doesn't lead to a folder; `outside_roots`; `not_found`;
   * `permission_denied`.
   */
  async resolveFolder(path: string): Promise<string> {
    const attempted = `Cannot use the folder "${path}"`;
    checkText(path, attempted);
    const { place, fault } = await this.#locateInside(path, attempted);
    if (fault !== undefined) throw fileError(fault, attempted);
    const info = await statOf(place, attempted);
    if (!info.isDirectory) {
      throw new NotebookdError("not_a_file", `${attempted}: it isn't a folder`);
    }
    return place;
  }

  async #locateInside(path: string, attempted: string): Promise<Located & { place: string }> {
    const located = await locate(path, MAX_LINKS);
    if (located.place === null || !this.#isInside(located.place)) {
      // The canonical path stays out of the text: it would tell where a link leads.
      throw new NotebookdError(
        "outside_roots",
        `${attempted}: it is outside the allowed folders; start the daemon with --root for its folder`,
      );
    }
    return { ...located, place: located.place };
  }

  #isInside(path: string): boolean {
    return this.#roots.some((root) =>
      path === root || path.startsWith(root.endsWith("/") ? root : `${root}/`)
    );
  }
}

/**
 * Follows a path. Where it can't be followed to its end, finds the place where that happened, so
 * that "missing inside the roots" and "outside the roots" can be told apart.
 */
async function locate(path: string, links: number): Promise<Located> {
  const up = path.search(/\/\.\.(?=\/|$)/);
  if (up >= 0) return await locateUp(path.slice(0, up) || "/", path.slice(up + 3), links);
  try {
    return { place: await Deno.realPath(path), whole: true };
  } catch (fault) {
    // No permission for it means that it can't be inside a root, and that is all we may say.
    if (isNotCapable(fault) || path === "/") return { place: null, whole: false, fault };
    return await locateFault(path, links, fault);
  }
}

/**
 * Follows a path that goes up by `..`, as the operating system does: from where links have led.
 * Left to itself, Deno drops the folder before `..` from the text when permissions name paths, and
 * follows it first when they don't.
 */
async function locateUp(before: string, after: string, links: number): Promise<Located> {
  const folder = await locate(before, links);
  if (folder.fault !== undefined || folder.place === null) return { ...folder, whole: false };
  return await locate(`${dirname(folder.place)}${after}`.replace(/^\/+/, "/"), links);
}

async function locateFault(path: string, links: number, fault: unknown): Promise<Located> {
  const end = path.replace(/\/+$/, "");
  const slash = end.lastIndexOf("/");
  const parent = await locate(end.slice(0, slash) || "/", links);
  if (parent.fault !== undefined || parent.place === null) return { ...parent, whole: false };
  const place = join(parent.place, end.slice(slash + 1));
  const target = await linkTarget(place);
  if (target === null || links === 0) return { place, whole: true, fault };
  // A link that leads nowhere: what counts is where it would lead.
  return await locate(target.startsWith("/") ? target : `${dirname(place)}/${target}`, links - 1);
}

async function linkTarget(path: string): Promise<string | null> {
  try {
    return await Deno.readLink(path);
  } catch {
    // Not a link, not there or not readable: in each case there is nothing to follow.
    return null;
  }
}

function checkText(path: string, attempted: string): void {
  if (path.includes("\0")) {
    const shown = attempted.replaceAll("\0", "\\0");
    throw new NotebookdError("not_a_file", `${shown}: a path can't hold a NUL character`);
  }
  if (path.length > MAX_PATH_BYTES || new TextEncoder().encode(path).length > MAX_PATH_BYTES) {
    throw new NotebookdError(
      "not_a_file",
      `Cannot use a path that starts with "${
        path.slice(0, 80)
      }": it is longer than ${MAX_PATH_BYTES} bytes`,
    );
  }
  if (!path.startsWith("/")) {
    throw new NotebookdError(
      "not_a_file",
      `${attempted}: the path isn't absolute; start it with "/"`,
    );
  }
}

function checkEnding(path: string, asked: string, attempted: string): void {
  if (path.endsWith(NOTEBOOK_ENDING) && !path.endsWith(`/${NOTEBOOK_ENDING}`)) return;
  const what = path === asked ? "its name" : "the file that it leads to";
  throw new NotebookdError(
    "not_a_file",
    `${attempted}: ${what} doesn't end in "${NOTEBOOK_ENDING}"`,
  );
}

async function checkNotebook(place: string, asked: string, attempted: string): Promise<string> {
  checkEnding(place, asked, attempted);
  const info = await statOf(place, attempted);
  if (info.isDirectory) throw new NotebookdError("not_a_file", `${attempted}: it is a folder`);
  if (!info.isFile) {
    throw new NotebookdError("not_a_file", `${attempted}: it isn't a regular file`);
  }
  return place;
}

async function statOf(path: string, attempted: string): Promise<Deno.FileInfo> {
  try {
    return await Deno.stat(path);
  } catch (error) {
    throw fileError(error, attempted);
  }
}
