/**
 * Watches a folder. The folder and not the file, because editors and version control replace files,
 * and a watch on a file ends with the file.
 *
 * @module
 */

import { basename } from "@std/path";

/** What a watch tells. */
export interface FolderListener {
  /**
   * Called for each event that can mean a new content; only the content itself tells whether it is
   * one.
   *
   * @param names The names of files; none when the system lost count of what happened.
   */
  changed(names: ReadonlySet<string>): void;
  /** Called when nothing more will be told: the folder was removed, or renamed. */
  lost?(): void;
}

/** Tells when something in a folder may have changed, until it is disposed. */
export class FolderWatch implements AsyncDisposable {
  readonly #watcher: Deno.FsWatcher;
  readonly #done: Promise<void>;

  /**
   * Begins to watch.
   *
   * @param folder The folder, which must exist.
   * @param listener Who is told.
   * @throws What the operating system says when the folder can't be watched.
   */
  constructor(folder: string, listener: FolderListener) {
    this.#watcher = Deno.watchFs(folder, { recursive: false });
    this.#done = this.#run(folder, listener).catch(() => listener.lost?.());
  }

  async #run(folder: string, listener: FolderListener): Promise<void> {
    for await (const { kind, paths } of this.#watcher) {
      // Reading a file is an event too: answering it with a read would never end.
      if (kind === "access") continue;
      // The folder that is watched is the old one, wherever it is by now.
      if (kind === "remove" && paths.includes(folder)) listener.lost?.();
      else listener.changed(new Set(paths.map((path) => basename(path))));
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
