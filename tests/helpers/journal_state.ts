/**
 * A state folder on a disk in memory, with leases and journals.
 *
 * @module
 */

import { join } from "@std/path";
import type { Journal } from "../../src/storage/journal.ts";
import { JournalStore, type OpenedJournal } from "../../src/storage/journal_store.ts";
import { type Lease, Leases } from "../../src/storage/lease.ts";
import { numbersChunk, numbersIn } from "./fake_chunks.ts";
import { FaultyDisk } from "./faulty_disk.ts";
import { ManualClock } from "./manual_clock.ts";
import { RecordingLogger } from "./recording_logger.ts";

/** The notebook that tests are about unless they name another. */
export const NOTEBOOK = "/work/a.ipynb";

/** What a daemon has of storage. */
export class JournalState {
  readonly disk: FaultyDisk;
  readonly clock: ManualClock = new ManualClock(Date.UTC(2024, 0, 31, 23, 59, 58));
  readonly logger: RecordingLogger = new RecordingLogger();
  readonly leases: Leases;
  readonly store: JournalStore;

  /** @param disk One with a folder `/state`; a new one unless given. */
  constructor(disk: FaultyDisk = new FaultyDisk()) {
    disk.put("/state");
    this.disk = disk;
    this.leases = new Leases("/state/leases", { pid: 1, fileSystem: disk });
    this.store = new JournalStore("/state/journals", {
      leases: this.leases,
      clock: this.clock,
      logger: this.logger,
      fileSystem: disk,
    });
  }

  /** Takes the lease of a notebook and opens its journal. */
  async open(id: string = NOTEBOOK): Promise<OpenedJournal & { lease: Lease }> {
    const lease = await this.leases.take(id);
    return { ...await this.store.open(lease), lease };
  }

  /** Takes the lease of a notebook and begins its journal, with the numbers as its document. */
  async begin(id: string, file: string | null, ...numbers: number[]): Promise<Began> {
    const lease = await this.leases.take(id);
    const journal = await this.store.create(lease, {
      snapshot: numbersChunk(...numbers),
      baseline: file === null ? null : { bytes: bytesOf(file), heads: headsOf(numbers) },
    });
    return { journal, lease };
  }

  /** The numbers in a journal, or null where there is none that can be used; leaves it as it is. */
  async numbers(id: string = NOTEBOOK): Promise<number[] | null> {
    const opened = await this.open(id);
    await using _lease = opened.lease;
    if (opened.kind !== "found") return null;
    await opened.journal[Symbol.asyncDispose]();
    return numbersIn(opened.content.snapshot, opened.content.log);
  }

  /** The files of a journal, without the folder. */
  async files(lease: Lease): Promise<string[]> {
    return (await this.disk.names(join("/state/journals", lease.name))).sort();
  }
}

/** A journal that was begun. */
export interface Began {
  journal: Journal;
  lease: Lease;
}

/** What stands for the heads of a document with these numbers. */
export function headsOf(numbers: readonly number[]): string[] {
  return [numbers.join(",")];
}

/** A text as bytes. */
export function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}

/** Closes journals and gives leases back, one after another. */
export async function close(...all: AsyncDisposable[]): Promise<void> {
  for (const one of all) await one[Symbol.asyncDispose]();
}
