/**
 * What journals there are, told from names, sizes and `meta.json` alone.
 *
 * @module
 */

import { join } from "@std/path";
import { nameOfId } from "./content_hash.ts";
import type { FileStatus, FileSystem } from "./file_system.ts";
import { listGenerations, namesOf } from "./journal_folder.ts";
import { decodeMeta, type JournalMeta, samePosition } from "./journal_meta.ts";
import { logName, META_NAME } from "./journal_names.ts";
import { isMissing } from "./os_error.ts";

/** A journal, or what was one. */
export interface JournalEntry {
  /** The name of its folder. */
  readonly name: string;
  /** The notebook: its canonical path, or its UUID; null if that can't be read. */
  readonly id: string | null;
  /**
   * `clean`: the notebook's file shows all of it. `unsaved`: it may hold what no file shows.
   * `aside`: it was put aside. `unfinished`: it was half made or half removed, and is nothing.
   * `unreadable`: it can't be read, and will be put aside when its notebook is opened.
   */
  readonly state: "clean" | "unsaved" | "aside" | "unfinished" | "unreadable";
  /** When it was begun, in milliseconds since the Unix epoch; null if that can't be read. */
  readonly created: number | null;
  /** When it last changed, in milliseconds since the Unix epoch. */
  readonly modified: number;
  /** How many bytes its files have. */
  readonly bytes: number;
}

/** A journal's folder without its contents. */
interface Outline {
  readonly name: string;
  readonly files: ReadonlyMap<string, FileStatus>;
  readonly meta: JournalMeta | null;
}

/**
 * Lists journals, the longest unchanged first. What isn't a journal's folder is left out.
 *
 * @param folder Where they are; if it is missing there are none.
 * @param fileSystem Where that is.
 */
export async function listJournals(
  folder: string,
  fileSystem: FileSystem,
): Promise<JournalEntry[]> {
  const entries: JournalEntry[] = [];
  for (const name of await namesOf(folder, fileSystem)) {
    if (!/^[0-9a-f]{64}(?:\.corrupt-.*)?$/.test(name)) continue;
    const entry = await readEntry(folder, name, fileSystem);
    if (entry !== null) entries.push(entry);
  }
  return entries.sort((a, b) => a.modified - b.modified);
}

/**
 * Looks at one journal.
 *
 * @param folder Where the journals are.
 * @param name The name of its folder.
 * @param fileSystem Where that is.
 * @returns What it is, or null if it isn't there.
 */
export async function readEntry(
  folder: string,
  name: string,
  fileSystem: FileSystem,
): Promise<JournalEntry | null> {
  const outline = await outlineOf(folder, name, fileSystem);
  return outline === null ? null : await entryOf(outline);
}

/** Null where it goes away while it is looked at. */
async function outlineOf(
  folder: string,
  name: string,
  fileSystem: FileSystem,
): Promise<Outline | null> {
  const path = join(folder, name);
  try {
    const files = new Map([["", await fileSystem.status(path)]]);
    for (const file of await fileSystem.names(path)) {
      const status = await statusIfThere(join(path, file), fileSystem);
      if (status !== null) files.set(file, status);
    }
    const meta = files.has(META_NAME)
      ? decodeMeta(await fileSystem.readFile(join(path, META_NAME)))
      : null;
    return { name, files, meta };
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

async function statusIfThere(path: string, fileSystem: FileSystem): Promise<FileStatus | null> {
  try {
    return await fileSystem.status(path);
  } catch (error) {
    // One in use is compacted and saved at any time.
    if (isMissing(error)) return null;
    throw error;
  }
}

async function entryOf(outline: Outline): Promise<JournalEntry> {
  const { name, files, meta } = outline;
  const statuses = [...files.values()];
  return {
    name,
    id: meta === null ? null : await idOf(name, meta),
    state: stateOf(outline),
    created: meta?.created ?? null,
    modified: Math.max(...statuses.map(({ modified }) => modified)),
    bytes: statuses.reduce((sum, { kind, size }) => kind === "file" ? sum + size : sum, 0),
  };
}

/** A journal that was moved to another notebook halfway has both ids; its name says which. */
async function idOf(name: string, { id, previousId }: JournalMeta): Promise<string> {
  const hash = name.slice(0, 64);
  if (previousId === null || await nameOfId(id) === hash) return id;
  return await nameOfId(previousId) === hash ? previousId : id;
}

function stateOf({ name, files, meta }: Outline): JournalEntry["state"] {
  if (name.includes(".")) return "aside";
  if (!files.has(META_NAME)) return "unfinished";
  if (meta === null) return "unreadable";
  const { generation: snapshot, logs } = listGenerations([...files.keys()]);
  const generation = logs.at(-1) ?? snapshot;
  const bytes = files.get(logName(generation))?.size ?? 0;
  return meta.clean && samePosition(meta.position, { generation, bytes }) ? "clean" : "unsaved";
}
