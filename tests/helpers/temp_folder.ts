/**
 * A folder for one test, gone after it.
 *
 * @module
 */

import { join } from "@std/path";

/** A temporary folder that removes itself when it is disposed. */
export class TempFolder implements AsyncDisposable {
  /** Its canonical path. */
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  /** Makes a new one, mode 0700. */
  static async make(): Promise<TempFolder> {
    return new TempFolder(await Deno.realPath(await Deno.makeTempDir({ prefix: "notebookd-" })));
  }

  /** The path of something inside. */
  join(...parts: string[]): string {
    return join(this.path, ...parts);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.path, { recursive: true });
  }
}
