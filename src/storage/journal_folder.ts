/**
 * Reads the folder of a journal, and tells whether what is in it can be used.
 *
 * @module
 */

import { dirname, join } from "@std/path";
import { syncFolder } from "./atomic_file.ts";
import { contentHash } from "./content_hash.ts";
import type { FileSystem } from "./file_system.ts";
import { type ChunkScan, scanChunks } from "./journal_chunks.ts";
import { type BaselineRecord, decodeMeta, type JournalMeta, samePosition } from "./journal_meta.ts";
import {
  baselineName,
  logName,
  META_NAME,
  parseJournalName,
  snapshotName,
} from "./journal_names.ts";
import { isMissing } from "./os_error.ts";

/** A content of the notebook's file. */
export interface Baseline extends BaselineRecord {
  /** The file's bytes. */
  readonly bytes: Uint8Array;
}

/** A log as it was found. */
export interface FoundLog {
  /** Its number. */
  readonly generation: number;
  /** All of its bytes. */
  readonly bytes: Uint8Array;
  /** How far they can be used. */
  readonly scan: ChunkScan;
}

/** A journal that can be used. */
export interface WholeJournal {
  /** Tells it from the other cases of {@linkcode FoundJournal}. */
  readonly kind: "whole";
  /** What its `meta.json` says. */
  readonly meta: JournalMeta;
  /** The number of its snapshot. */
  readonly generation: number;
  /** The document as it was when the log of that number began. */
  readonly snapshot: Uint8Array;
  /** Lowest number first, none below the snapshot's. */
  readonly logs: readonly FoundLog[];
  /** The file when it was last read or saved. */
  readonly baseline: Baseline | null;
  /** What saves were about to write. */
  readonly pending: readonly Baseline[];
  /** Whether the baseline shows all that is in the document. */
  readonly clean: boolean;
  /** Names of files that a crash left and nobody needs. */
  readonly stale: readonly string[];
}

/** What is in the folder of a journal. */
export type FoundJournal =
  | WholeJournal
  /** No folder, or one that no journal was finished in or that is half removed. */
  | { readonly kind: "none" }
  /** What was safely written is no longer there. */
  | { readonly kind: "corrupt"; readonly reason: string };

/** What a name in the folder leads to. */
interface Listing {
  readonly generation: number;
  readonly logs: readonly number[];
  readonly names: readonly string[];
}

class Corrupt extends Error {}

/**
 * Reads a journal. Changes nothing.
 *
 * @param path Its folder.
 * @param fileSystem Where that is.
 * @param id The notebook that it must be of, if that is known.
 */
export async function readJournal(
  path: string,
  fileSystem: FileSystem,
  id?: string,
): Promise<FoundJournal> {
  const names = await namesOf(path, fileSystem);
  if (!names.includes(META_NAME)) return { kind: "none" };
  try {
    return await readWhole(path, names, fileSystem, id);
  } catch (error) {
    if (error instanceof Corrupt) return { kind: "corrupt", reason: error.message };
    throw error;
  }
}

/** Lists a folder; a missing one has no names. */
export async function namesOf(path: string, fileSystem: FileSystem): Promise<string[]> {
  try {
    return await fileSystem.names(path);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

/**
 * Removes a journal, or what is left of one. A crash in the middle of it leaves what is taken for
 * none.
 *
 * @param path Its folder.
 * @param fileSystem Where that is.
 * @returns Whether it was there.
 */
export async function removeJournal(path: string, fileSystem: FileSystem): Promise<boolean> {
  const names = await namesOf(path, fileSystem);
  if (names.includes(META_NAME)) {
    await fileSystem.remove(join(path, META_NAME));
    await syncFolder(path, fileSystem);
  }
  for (const name of names) {
    if (name !== META_NAME) await fileSystem.remove(join(path, name));
  }
  try {
    await fileSystem.remove(path);
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
  await syncFolder(dirname(path), fileSystem);
  return true;
}

/**
 * Finds the snapshot and the logs that count.
 *
 * @param names The names in the folder.
 * @returns Their numbers; a snapshot of number 0 is none.
 */
export function listGenerations(names: readonly string[]): { generation: number; logs: number[] } {
  const parsed = names.map(parseJournalName);
  const generation = parsed.reduce(
    (highest, name) => name.kind === "snapshot" ? Math.max(highest, name.generation) : highest,
    0,
  );
  const logs = parsed
    .flatMap((name) => name.kind === "log" && name.generation >= generation ? name.generation : [])
    .sort((a, b) => a - b);
  return { generation, logs };
}

async function readWhole(
  path: string,
  names: readonly string[],
  fileSystem: FileSystem,
  id?: string,
): Promise<WholeJournal> {
  const meta = decodeMeta(await fileSystem.readFile(join(path, META_NAME)));
  if (meta === null) throw new Corrupt(`its ${META_NAME} can't be read`);
  if (id !== undefined && id !== meta.id && id !== meta.previousId) {
    throw new Corrupt("it is of another notebook");
  }
  const listing: Listing = { ...listGenerations(names), names };
  const { generation } = listing;
  if (generation === 0) throw new Corrupt("it has no snapshot");
  const snapshot = await fileSystem.readFile(join(path, snapshotName(generation)));
  const { rest } = await scanChunks(snapshot);
  if (rest !== "none" || snapshot.length === 0) {
    throw new Corrupt(`its ${snapshotName(generation)} is damaged`);
  }
  const logs = await readLogs(path, listing, meta, fileSystem);
  const readBaseline = (record: BaselineRecord) => baselineOf(path, record, fileSystem);
  return {
    kind: "whole",
    meta,
    generation,
    snapshot,
    logs,
    baseline: meta.baseline === null ? null : await readBaseline(meta.baseline),
    pending: await Promise.all(meta.pending.map(readBaseline)),
    clean: meta.clean && isAt(meta, generation, logs),
    stale: staleNames(listing, meta),
  };
}

/**
 * What was synced must be there: where it isn't, the journal is corrupt. Behind that a power loss
 * may leave anything, also a hole with something after it; there, what comes before it counts.
 */
async function readLogs(
  path: string,
  { logs, generation: snapshot }: Listing,
  { position }: JournalMeta,
  fileSystem: FileSystem,
): Promise<FoundLog[]> {
  const found: FoundLog[] = [];
  for (const generation of logs) {
    const bytes = await fileSystem.readFile(join(path, logName(generation)));
    const scan = await scanChunks(bytes);
    if (generation < position.generation && scan.rest !== "none") {
      throw new Corrupt(`its ${logName(generation)} is damaged`);
    }
    found.push({ generation, bytes, scan });
  }
  if (position.generation < snapshot) return found;
  const last = found.find(({ generation }) => generation === position.generation);
  if ((last?.scan.end ?? 0) < position.bytes) {
    throw new Corrupt(`its ${logName(position.generation)} is damaged`);
  }
  return found;
}

async function baselineOf(
  path: string,
  record: BaselineRecord,
  fileSystem: FileSystem,
): Promise<Baseline> {
  const name = baselineName(record.hash);
  let bytes: Uint8Array;
  try {
    bytes = await fileSystem.readFile(join(path, name));
  } catch (error) {
    if (isMissing(error)) throw new Corrupt(`its ${name} is missing`);
    throw error;
  }
  if (await contentHash(bytes) !== record.hash) throw new Corrupt(`its ${name} is damaged`);
  return { ...record, bytes };
}

/** Whether the end of the logs is where `meta` was written. */
function isAt({ position }: JournalMeta, snapshot: number, logs: readonly FoundLog[]): boolean {
  const last = logs.at(-1);
  const end = { generation: last?.generation ?? snapshot, bytes: last?.scan.end ?? 0 };
  return samePosition(end, position);
}

function staleNames({ names, generation, logs }: Listing, meta: JournalMeta): string[] {
  const records = meta.baseline === null ? meta.pending : [meta.baseline, ...meta.pending];
  const needed = new Set(records.map(({ hash }) => hash));
  return names.filter((name) => {
    const parsed = parseJournalName(name);
    switch (parsed.kind) {
      case "snapshot":
        return parsed.generation < generation;
      case "log":
        return !logs.includes(parsed.generation);
      case "baseline":
        return !needed.has(parsed.hash);
      case "meta":
      case "damaged":
      case "unknown":
        return false;
      default:
        return parsed satisfies never;
    }
  });
}
