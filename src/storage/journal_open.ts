/**
 * Makes a journal ready for use: one that was found, or a new one.
 *
 * @module
 */

import { join } from "@std/path";
import type { Clock } from "../clock.ts";
import { NotebookdError } from "../errors.ts";
import type { Logger } from "../log.ts";
import { removeLeftovers, syncFolder, writeFileAtomic } from "./atomic_file.ts";
import { contentHash } from "./content_hash.ts";
import type { FileSystem } from "./file_system.ts";
import { Journal } from "./journal.ts";
import {
  type Baseline,
  type FoundLog,
  namesOf,
  removeJournal,
  type WholeJournal,
} from "./journal_folder.ts";
import { concatBytes } from "./journal_chunks.ts";
import { type ExistingLog, JournalLog } from "./journal_log.ts";
import { type BaselineRecord, encodeMeta, type JournalMeta } from "./journal_meta.ts";
import { baselineName, logName, META_NAME, snapshotName, timeName } from "./journal_names.ts";
import { makeStateFolder } from "./state_folder.ts";

/** What a journal holds when it is opened. */
export interface JournalContent {
  /** The document as it was when the log began, saved by Automerge. */
  readonly snapshot: Uint8Array;
  /** The chunks appended since, whole ones only. */
  readonly log: Uint8Array;
  /** The file when it was last read or saved; null for a notebook without a file. */
  readonly baseline: Baseline | null;
  /** What saves were about to write that may have landed or not, oldest first. */
  readonly pending: readonly Baseline[];
  /** How many bytes at the end of the log couldn't be used, left by a power loss or a crash. */
  readonly droppedBytes: number;
}

/** What a new journal begins with. */
export interface FirstContent {
  /** The document, saved by Automerge. */
  readonly snapshot: Uint8Array;
  /** The file that it was imported from, as bytes and heads; null for a notebook without a file. */
  readonly baseline: Pick<Baseline, "bytes" | "heads"> | null;
}

/** Where a journal is, and what it works with. */
export interface JournalPlace {
  /** Its folder. */
  readonly path: string;
  /** The notebook: its canonical path, or its UUID. */
  readonly id: string;
  readonly fileSystem: FileSystem;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * Opens a journal that was found: cuts off what can't be used and removes what nobody needs.
 *
 * @param place Where it is.
 * @param found What was read there.
 */
export async function openJournal(
  place: JournalPlace,
  found: WholeJournal,
): Promise<{ journal: Journal; content: JournalContent }> {
  const { path, fileSystem } = place;
  const logs: ExistingLog[] = [];
  try {
    for (const log of found.logs) logs.push(await openLog(place, log));
  } catch (error) {
    for (const { file } of logs) file[Symbol.dispose]();
    throw error;
  }
  await removeLeftovers(path, fileSystem);
  for (const name of found.stale) await removeStale(join(path, name), fileSystem);
  const { snapshot, baseline, pending } = found;
  const meta = { ...found.meta, id: place.id, previousId: null };
  const generation = logs.at(-1)?.generation ?? found.generation;
  const dropped = found.logs.map(({ bytes, scan }) => bytes.length - scan.end);
  return {
    journal: journalOf(place, meta, snapshot.length, { generation, logs }),
    content: {
      snapshot,
      log: usableLog(found),
      baseline,
      pending,
      droppedBytes: dropped.reduce((sum, bytes) => sum + bytes, 0),
    },
  };
}

/**
 * Begins a journal.
 *
 * @param place Where; what is left there from one that wasn't finished is removed.
 * @param first What it begins with.
 * @throws {NotebookdError} with code `internal` when there is one.
 */
export async function beginJournal(place: JournalPlace, first: FirstContent): Promise<Journal> {
  const { path, fileSystem } = place;
  const names = await namesOf(path, fileSystem);
  if (names.includes(META_NAME)) {
    throw new NotebookdError(
      "internal",
      `Cannot begin the journal "${path}": there is one; open it`,
    );
  }
  if (names.length > 0) await removeJournal(path, fileSystem);
  await makeStateFolder(path, fileSystem);
  const baseline = await writeFirst(place, first);
  const meta: JournalMeta = {
    id: place.id,
    previousId: null,
    created: place.clock.now(),
    baseline,
    pending: [],
    position: { generation: 1, bytes: 0 },
    clean: baseline !== null,
  };
  // Last, since it makes the folder a journal; all that it needs survives a power loss by now.
  await writeFileAtomic(join(path, META_NAME), encodeMeta(meta), { fileSystem });
  return journalOf(place, meta, first.snapshot.length, { generation: 1, logs: [] });
}

/** Gives what can be used of a journal's logs, as one. */
export function usableLog({ logs }: WholeJournal): Uint8Array {
  return concatBytes(logs.map(({ bytes, scan }) => bytes.subarray(0, scan.end)));
}

function journalOf(
  { path, id, fileSystem, clock, logger }: JournalPlace,
  meta: JournalMeta,
  snapshotBytes: number,
  { generation, logs }: { generation: number; logs: readonly ExistingLog[] },
): Journal {
  const log = new JournalLog(path, generation, logs, {
    fileSystem,
    clock,
    onSyncFailed: ({ code, message }) => {
      logger.error("Journal could not be synced", { notebook: id, code, reason: message });
    },
  });
  return new Journal({ path, meta, snapshotBytes, log, fileSystem });
}

/** Opens a log for appending, without what can't be used at its end. */
async function openLog(place: JournalPlace, log: FoundLog): Promise<ExistingLog> {
  const { fileSystem } = place;
  const { generation, bytes, scan } = log;
  const path = join(place.path, logName(generation));
  if (scan.rest !== "none") {
    place.logger.warn("Journal has an end that can't be used", {
      notebook: place.id,
      log: path,
      at: scan.end,
      bytes: bytes.length - scan.end,
    });
  }
  if (scan.rest === "damaged") {
    const kept = `damaged-${logName(generation)}-${timeName(place.clock.now())}`;
    await writeFileAtomic(join(place.path, kept), bytes, { fileSystem });
  }
  const file = await fileSystem.open(path, "append");
  try {
    if (scan.end < bytes.length) await file.truncate(scan.end);
  } catch (error) {
    file[Symbol.dispose]();
    throw error;
  }
  return { generation, bytes: scan.end, file };
}

async function writeFirst(
  { path, fileSystem }: JournalPlace,
  { snapshot, baseline }: FirstContent,
): Promise<BaselineRecord | null> {
  const write = (name: string, bytes: Uint8Array) =>
    writeFileAtomic(join(path, name), bytes, { fileSystem, syncFolder: false });
  const record = baseline === null
    ? null
    : { hash: await contentHash(baseline.bytes), heads: [...baseline.heads] };
  await Promise.all([
    write(snapshotName(1), snapshot),
    ...(baseline === null || record === null
      ? []
      : [write(baselineName(record.hash), baseline.bytes)]),
  ]);
  await syncFolder(path, fileSystem);
  return record;
}

async function removeStale(path: string, fileSystem: FileSystem): Promise<void> {
  try {
    await fileSystem.remove(path);
  } catch {
    // It does no harm, and the next one to open the journal tries again.
  }
}
