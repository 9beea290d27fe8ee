import { join } from "@std/path";
import { systemClock as clock } from "../clock.ts";
import { silentLogger as logger } from "../log.ts";
import {
  type KeeperEnvironment,
  testNotebookKeeper,
} from "../../tests/helpers/notebook_keeper_suite.ts";
import { StoreOnDisk } from "../../tests/helpers/store_on_disk.ts";
import { TempFolder } from "../../tests/helpers/temp_folder.ts";
import { Aliases } from "./aliases.ts";
import { FolderWatches } from "./folder_watches.ts";
import { JournalStore } from "./journal_store.ts";
import { Leases } from "./lease.ts";
import { NotebookFolder } from "./notebook_file.ts";
import { NotebookStore } from "./notebook_store.ts";
import { isMissing } from "./os_error.ts";
import { PathPolicy } from "./paths.ts";

function inMemory(): Promise<KeeperEnvironment> {
  const all = new StoreOnDisk();
  const { disk } = all;
  return Promise.resolve({
    keeper: all.notebooks,
    folder: "/work",
    read: (path) => Promise.resolve(disk.text(path)),
    write: (path, text) => Promise.resolve(disk.put(path, text)),
    remove: (path) => Promise.resolve(disk.take(path)),
    [Symbol.asyncDispose]: () => all[Symbol.asyncDispose](),
  });
}

async function onTheMachine(): Promise<KeeperEnvironment> {
  const temp = await TempFolder.make();
  const folder = temp.join("work");
  await Deno.mkdir(folder);
  const leases = new Leases(temp.join("state", "leases"), { pid: Deno.pid });
  const watches = new FolderWatches({ clock, logger });
  const keeper = new NotebookStore({
    journals: new JournalStore(temp.join("state", "journals"), { leases, clock, logger }),
    aliases: new Aliases(join(temp.path, "state", "aliases")),
    files: new NotebookFolder(new PathPolicy([folder])),
    maxJournalBytes: 1_000_000,
    leases,
    watches,
    clock,
    logger,
  });
  return {
    keeper,
    folder,
    read: async (path) => {
      try {
        return await Deno.readTextFile(path);
      } catch (error) {
        if (isMissing(error)) return null;
        throw error;
      }
    },
    write: (path, text) => Deno.writeTextFile(path, text),
    remove: (path) => Deno.remove(path),
    [Symbol.asyncDispose]: async () => {
      await keeper[Symbol.asyncDispose]();
      await watches[Symbol.asyncDispose]();
      await temp[Symbol.asyncDispose]();
    },
  };
}

testNotebookKeeper("NotebookStore in memory", inMemory);
testNotebookKeeper("NotebookStore on the machine", onTheMachine);
