/**
 * Watches a folder. The folder and not the file, because editors and version control replace files,
 * and a watch on a file ends with the file.
 *
 * @module
 */

import { basename } from "@std/path";

/** Tells when something in a folder may have changed, until it is disposed. */
export class FolderWatch implements AsyncDisposable {
  readonly #watcher: Deno.FsWatcher;
  readonly #done: Promise<void>;

  /**
   * Begins to watch.
   *
   * @param folder The folder, which must exist.
   * @param changed Called with the names of files for each event that can mean a new content; only
   * the content itself tells whether it is one.
   * @throws What the operating system says when the folder can't be watched.
   */
  constructor(folder: string, changed: (names: ReadonlySet<string>) => void) {
    this.#watcher = Deno.watchFs(folder, { recursive: false });
    this.#done = this.#run(changed);
  }

  async #run(changed: (names: ReadonlySet<string>) => void): Promise<void> {
    for await (const event of this.#watcher) {
      // Reading a file is an event too: answering it with a read would never end.
      if (event.kind === "access") continue;
      changed(new Set(event.paths.map((path) => basename(path))));
    }
  }

  /** Ends the watch, after a call under way. */
  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.#watcher.close();
    } catch (error) {
      // It is closed already.
      if (!(error instanceof Deno.errors.BadResource)) throw error;
    }
    await this.#done;
  }
}
