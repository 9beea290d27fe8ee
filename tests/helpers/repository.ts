/**
 * Where the repository is, for tests that run parts of it as programs.
 *
 * @module
 */

import { fileURLToPath, pathToFileURL } from "node:url";

/** The repository's root, with a slash at the end. */
export const REPOSITORY: string = fileURLToPath(new URL("../../", import.meta.url));

/** The notebooks that other projects wrote, and the odd ones made for this one. */
export const CORPUS: string = `${REPOSITORY}tests/fixtures/corpus/`;

/** A path as a URL that a module can be imported by. */
export function toFileUrl(path: string): string {
  return pathToFileURL(path).href;
}
