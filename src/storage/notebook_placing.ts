/**
 * Puts a notebook in a place where nothing is yet: to stay there, or as a copy.
 *
 * @module
 */

import { dirname } from "@std/path";
import { toNotebookdError } from "../errors.ts";
import type { Logger } from "../log.ts";
import type { NotebookContent } from "../rooms/ports.ts";
import type { Aliases } from "./aliases.ts";
import { syncFolder } from "./atomic_file.ts";
import { denoFileSystem, type FileSystem } from "./file_system.ts";
import type { Journal } from "./journal.ts";
import type { JournalStore } from "./journal_store.ts";
import type { Lease } from "./lease.ts";
import { type NotebookFiles, readContent } from "./notebook_files.ts";
import { type SavedFile, saveNotebookFile } from "./save.ts";

/** What is needed to place a notebook. */
export interface PlacingParts {
  readonly journals: JournalStore;
  readonly files: NotebookFiles;
  readonly aliases: Aliases;
  readonly logger: Logger;
  readonly fileSystem?: FileSystem;
}

/** A notebook that moves. */
export interface Moving {
  /** The right to where it is. */
  readonly from: Lease;
  /** The right to where it shall be, a canonical path. */
  readonly to: Lease;
  readonly journal: Journal;
  readonly content: NotebookContent;
  /** The UUIDs that it had. */
  readonly formerIds: readonly string[];
}

/**
 * Writes a notebook's file at another path and makes its journal the journal of that path. The save
 * is announced in the journal and not recorded yet.
 *
 * @param moving What moves where.
 * @param parts What it takes.
 * @throws {NotebookdError} with code `conflict` when another content is there, and as
 * `saveNotebookFile` and `JournalStore.move`. The notebook has its old place then, and what was
 * written is removed if that can be done.
 */
export async function moveNotebook(moving: Moving, parts: PlacingParts): Promise<SavedFile> {
  const { from, to, journal, content, formerIds } = moving;
  return await placeFile(to, content.bytes, {
    parts,
    announce: async () => void await journal.prepareBaseline(content),
    placed: async () => {
      // Before the journal, which counts as long as it is under the old id.
      for (const id of formerIds) await parts.aliases.record(id, to.id);
      try {
        await parts.journals.move(journal, to);
      } catch (error) {
        if (await isBack(moving, parts)) throw error;
        parts.logger.warn("Journal has moved, but a power loss may undo that", {
          notebook: to.id,
          reason: toNotebookdError(error, "Cannot move the journal").message,
        });
      }
    },
    undo: async () => {
      for (const id of formerIds) {
        if (id === from.id) await parts.aliases.remove(id);
        else await parts.aliases.record(id, from.id);
      }
    },
  });
}

/**
 * Writes a copy of a notebook. An old journal of that path is put aside: it is of something else.
 *
 * @param to The right to where it shall be, a canonical path.
 * @param bytes The copy.
 * @param parts What it takes.
 * @throws {NotebookdError} as {@linkcode moveNotebook}.
 */
export async function copyNotebook(
  to: Lease,
  bytes: Uint8Array,
  parts: PlacingParts,
): Promise<SavedFile> {
  return await placeFile(to, bytes, {
    parts,
    announce: () => parts.journals.vacate(to, "a copy of another notebook took its place"),
  });
}

/** Whether the journal is of the old place, if need be because it was moved back there. */
async function isBack({ journal, from, to }: Moving, { journals }: PlacingParts): Promise<boolean> {
  if (!journals.isOf(journal, to)) return true;
  try {
    await journals.move(journal, from);
  } catch {
    // What counts is where it is.
  }
  return journals.isOf(journal, from);
}

interface Placing {
  parts: PlacingParts;
  /** All that is left is to put the file in its place. */
  announce: () => Promise<void>;
  /** It has its place. */
  placed?: () => Promise<void>;
  /** It lost its place again. */
  undo?: () => Promise<void>;
}

async function placeFile(
  { id: path }: Lease,
  bytes: Uint8Array,
  { parts, announce, placed, undo }: Placing,
): Promise<SavedFile> {
  const before = await readContent(path, parts.files);
  let announced: string | null = null;
  try {
    const saved = await saveNotebookFile({ path, bytes, replaces: [null] }, {
      ...(parts.fileSystem === undefined ? {} : { fileSystem: parts.fileSystem }),
      read: (path) => parts.files.readRegular(path),
      announce: async (hash) => {
        await announce();
        announced = hash;
      },
    });
    await placed?.();
    return saved;
  } catch (error) {
    if (announced !== null) {
      if (before === null) await removeOwn(path, announced, parts);
      await undo?.().catch((second) => {
        const { message } = toNotebookdError(second, "Cannot undo");
        parts.logger.warn("Move of a notebook not undone altogether", { reason: message });
      });
    }
    throw error;
  }
}

/** Removes what was written, unless somebody changed it in the meantime. */
async function removeOwn(path: string, hash: string, parts: PlacingParts): Promise<void> {
  const { fileSystem = denoFileSystem } = parts;
  try {
    if ((await readContent(path, parts.files))?.hash !== hash) return;
    await fileSystem.remove(path);
    await syncFolder(dirname(path), fileSystem);
  } catch (error) {
    const { code, message } = toNotebookdError(error, `Cannot remove "${path}"`);
    parts.logger.warn("Notebook left behind by a save that failed", {
      path,
      code,
      reason: message,
    });
  }
}
