/**
 * Notebooks and their journals on a disk in memory, with what a daemon has for them.
 *
 * @module
 */

import type { Rebase } from "../../src/rooms/ports.ts";
import { Aliases } from "../../src/storage/aliases.ts";
import { contentHash } from "../../src/storage/content_hash.ts";
import { FolderWatches } from "../../src/storage/folder_watches.ts";
import { NotebookStore } from "../../src/storage/notebook_store.ts";
import type { OpenedNotebook } from "../../src/storage/opened_notebook.ts";
import { diskFiles } from "./disk_files.ts";
import { numbersChunk } from "./fake_chunks.ts";
import { FaultyDisk } from "./faulty_disk.ts";
import { bytesOf, headsOf, JournalState } from "./journal_state.ts";

/** What {@linkcode StoreOnDisk} may be told. */
export interface StoreOnDiskOptions {
  /** How much room all journals may take up, in bytes. */
  maxJournalBytes?: number;
  /** How many aliases are kept. */
  maxAliases?: number;
}

/** A {@linkcode NotebookStore} with the notebooks in `/work` and its state in `/state`. */
export class StoreOnDisk extends JournalState implements AsyncDisposable {
  readonly watches: FolderWatches;
  readonly notebooks: NotebookStore;

  /** @param disk A new one unless given. */
  constructor(disk: FaultyDisk = new FaultyDisk(), options: StoreOnDiskOptions = {}) {
    super(disk);
    disk.put("/work");
    const { clock, logger, leases } = this;
    this.watches = new FolderWatches({
      clock,
      logger,
      fileSystem: disk,
      watchFolder: (folder, listener) => disk.watch(folder, listener),
    });
    const { maxAliases: max, maxJournalBytes = 1_000_000 } = options;
    this.notebooks = new NotebookStore({
      journals: this.store,
      leases,
      clock,
      logger,
      watches: this.watches,
      files: diskFiles(disk, "/work"),
      aliases: new Aliases("/state/aliases", {
        fileSystem: disk,
        ...(max === undefined ? {} : { max }),
      }),
      fileSystem: disk,
      maxJournalBytes,
    });
  }

  /** Opens a notebook that may be new, and begins its journal with the numbers if it has none. */
  async edit(id: string, ...numbers: number[]): Promise<OpenedNotebook> {
    const storage = await this.notebooks.open(id, { mustExist: false });
    if (storage.journal === null) {
      const snapshot = numbersChunk(...numbers);
      await storage.begin({ snapshot, heads: headsOf(numbers) });
    }
    return storage;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.notebooks[Symbol.asyncDispose]();
    await this.watches[Symbol.asyncDispose]();
  }
}

/** What a save of a document with these numbers writes. */
export function contentOf(text: string, ...numbers: number[]) {
  return { bytes: bytesOf(text), heads: headsOf(numbers) };
}

/** The taking over of a text by a document that gets one more number from it. */
export async function rebaseOf(text: string, ...numbers: number[]): Promise<Rebase> {
  return {
    hash: await contentHash(bytesOf(text)),
    heads: headsOf(numbers),
    chunk: numbersChunk(numbers.at(-1) ?? 0),
    clean: true,
  };
}
