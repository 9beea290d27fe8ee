/**
 * Reads notebooks from a disk in memory, as the machine's are read behind the path policy.
 *
 * @module
 */

import { dirname } from "@std/path";
import { NotebookdError } from "../../src/errors.ts";
import type { NotebookFiles } from "../../src/storage/notebook_files.ts";
import { fileError } from "../../src/storage/os_error.ts";
import type { RegularFile } from "../../src/storage/regular_file.ts";
import type { FaultyDisk } from "./faulty_disk.ts";

/** Gives what reads a file of a disk with what the system says about it. */
export function diskReader(disk: FaultyDisk): (path: string) => Promise<RegularFile> {
  return async (path) => {
    try {
      const bytes = Uint8Array.from(await disk.readFile(path));
      const { mode, uid, gid, dev, ino } = await disk.status(path);
      return { bytes, mode, uid, gid, dev, ino };
    } catch (error) {
      throw fileError(error, `Cannot read "${path}"`);
    }
  };
}

/**
 * Notebook files on a disk in memory.
 *
 * @param disk The disk.
 * @param root The folder that they must lie in.
 */
export function diskFiles(disk: FaultyDisk, root: string): NotebookFiles {
  return {
    readRegular: diskReader(disk),
    async resolveForCreation(path) {
      const attempted = `Cannot create the notebook "${path}"`;
      if (!path.startsWith(`${root}/`)) {
        throw new NotebookdError(
          "outside_roots",
          `${attempted}: it is outside the allowed folders`,
        );
      }
      try {
        await disk.realPath(dirname(path));
        return path;
      } catch (error) {
        throw fileError(error, attempted);
      }
    },
  };
}
