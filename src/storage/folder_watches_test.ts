import { assert, assertEquals } from "@std/assert";
import { type Clock, systemClock } from "../clock.ts";
import { within } from "../../tests/helpers/deadline.ts";
import { FaultyDisk, osError } from "../../tests/helpers/faulty_disk.ts";
import { ManualClock } from "../../tests/helpers/manual_clock.ts";
import { RecordingLogger } from "../../tests/helpers/recording_logger.ts";
import { TempFolder } from "../../tests/helpers/temp_folder.ts";
import type { FileContent } from "../rooms/ports.ts";
import { Aliases } from "./aliases.ts";
import { FolderWatches } from "./folder_watches.ts";
import { JournalStore } from "./journal_store.ts";
import { Leases } from "./lease.ts";
import { NotebookFolder } from "./notebook_file.ts";
import { NotebookStore } from "./notebook_store.ts";
import type { OpenedNotebook } from "./opened_notebook.ts";
import { PathPolicy } from "./paths.ts";
import type { WatchFolder } from "./watched_folder.ts";

/** Collects what a storage reports, and waits for reports. */
class Reports {
  readonly all: (string | null)[] = [];
  #waiting: { text: string | null; done: PromiseWithResolvers<void> }[] = [];

  readonly add = (file: FileContent | null): void => {
    const text = file === null ? null : new TextDecoder().decode(file.bytes);
    this.all.push(text);
    for (const { done } of this.#waiting.filter((waiting) => waiting.text === text)) done.resolve();
    this.#waiting = this.#waiting.filter((waiting) => waiting.text !== text);
  };

  /** Resolves once this is the last that was reported. */
  async until(text: string | null): Promise<void> {
    if (this.all.at(-1) === text) return;
    const done = Promise.withResolvers<void>();
    this.#waiting.push({ text, done });
    await within(done.promise, `the report of ${text === null ? "nothing" : `"${text}"`}`);
  }
}

/** A notebook `a.ipynb` with the text "one" that is watched in a real folder. */
class Watched implements AsyncDisposable {
  readonly reports = new Reports();
  readonly logger: RecordingLogger;
  readonly temp: TempFolder;
  readonly path: string;
  readonly #stack: AsyncDisposableStack;

  private constructor(temp: TempFolder, stack: AsyncDisposableStack, logger: RecordingLogger) {
    this.temp = temp;
    this.path = temp.join("work", "a.ipynb");
    this.logger = logger;
    this.#stack = stack;
  }

  static async open(clock: Clock = systemClock): Promise<Watched> {
    const stack = new AsyncDisposableStack();
    const logger = new RecordingLogger();
    const temp = stack.use(await TempFolder.make());
    const watched = new Watched(temp, stack, logger);
    await Deno.mkdir(temp.join("work"));
    await Deno.writeTextFile(watched.path, "one");
    const leases = new Leases(temp.join("leases"), { pid: Deno.pid });
    const notebooks = stack.use(
      new NotebookStore({
        journals: new JournalStore(temp.join("journals"), { leases, clock, logger }),
        aliases: new Aliases(temp.join("aliases")),
        files: new NotebookFolder(new PathPolicy([temp.path])),
        watches: stack.use(new FolderWatches({ clock, logger })),
        maxJournalBytes: 1_000_000,
        leases,
        clock,
        logger,
      }),
    );
    const storage: OpenedNotebook = stack.use(
      await notebooks.open(watched.path, { mustExist: true }),
    );
    storage.watch(watched.reports.add);
    return watched;
  }

  /** Puts another file in its place, as editors do: nobody sees half of it. */
  async replace(text: string): Promise<void> {
    await Deno.writeTextFile(this.temp.join("work", "new"), text);
    await Deno.rename(this.temp.join("work", "new"), this.path);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack[Symbol.asyncDispose]();
  }
}

Deno.test("a watched notebook tells of a file that is renamed over it", async () => {
  await using watched = await Watched.open();
  const { reports } = watched;
  for (const text of ["two", "three"]) {
    await watched.replace(text);
    await reports.until(text);
  }
  assertEquals(reports.all, ["two", "three"]);
});

Deno.test("a watched notebook tells once that it is gone, and that it is back", async () => {
  await using watched = await Watched.open();
  const { path, reports } = watched;
  await Deno.remove(path);
  await reports.until(null);
  await Deno.writeTextFile(path, "one");
  await reports.until("one");
  assertEquals(reports.all.filter((text) => text === null), [null]);
});

Deno.test("a watched notebook that is truncated and then whole comes to what is whole", async () => {
  await using watched = await Watched.open();
  const { path, reports } = watched;
  await Deno.truncate(path, 0);
  await Deno.writeTextFile(path, "whole");
  await reports.until("whole");
  assertEquals(reports.all.at(-1), "whole");
  assert(reports.all.length <= 2, `${reports.all}`);
});

Deno.test("a watched notebook makes one report of many events with the same content", async () => {
  await using watched = await Watched.open();
  const { reports } = watched;
  for (let count = 0; count < 50; count++) await watched.replace("two");
  await reports.until("two");
  await watched.replace("end");
  await reports.until("end");
  assertEquals(reports.all, ["two", "end"]);
});

Deno.test("a watched notebook comes back with its folder", async () => {
  await using watched = await Watched.open();
  const { temp, path, reports, logger } = watched;
  await Deno.remove(temp.join("work"), { recursive: true });
  await reports.until(null);
  await Deno.mkdir(temp.join("work"));
  await Deno.writeTextFile(path, "back");
  await reports.until("back");
  await Deno.writeTextFile(path, "again");
  await reports.until("again");
  await Deno.rename(temp.join("work"), temp.join("elsewhere"));
  await reports.until(null);
  await Deno.rename(temp.join("elsewhere"), temp.join("work"));
  await reports.until("again");
  assertEquals(logger.messages("warn").length, 2);
});

/** Watches on a disk in memory, with a clock that stands still. */
function inMemory(watchFolder?: WatchFolder) {
  const disk = new FaultyDisk();
  disk.put("/work/a.ipynb", "a");
  disk.put("/work/b.ipynb", "b");
  const clock = new ManualClock();
  const logger = new RecordingLogger();
  const watches = new FolderWatches({
    clock,
    logger,
    fileSystem: disk,
    watchFolder: watchFolder ?? ((folder, listener) => disk.watch(folder, listener)),
  });
  const hints: string[] = [];
  const watch = (path: string) => watches.watch(path, () => hints.push(path));
  const taken = () => hints.splice(0).sort();
  return { disk, clock, logger, watches, watch, taken };
}

async function turns(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
}

Deno.test("FolderWatches watches a folder once for all files in it", async () => {
  const { disk, watch, watches, taken } = inMemory();
  const [a, b] = [watch("/work/a.ipynb"), watch("/work/b.ipynb")];
  assertEquals(disk.watched, 1);
  disk.put("/work/a.ipynb", "new");
  disk.put("/work/c.ipynb", "new");
  await turns();
  assertEquals(taken(), ["/work/a.ipynb"]);
  await a[Symbol.asyncDispose]();
  await a[Symbol.asyncDispose]();
  assertEquals(disk.watched, 1);
  disk.put("/work/a.ipynb", "newer");
  disk.put("/work/b.ipynb", "newer");
  await turns();
  assertEquals(taken(), ["/work/b.ipynb"]);
  await b[Symbol.asyncDispose]();
  assertEquals(disk.watched, 0);
  await using _again = watch("/work/a.ipynb");
  assertEquals(disk.watched, 1);
  await watches[Symbol.asyncDispose]();
  assertEquals(disk.watched, 0);
});

Deno.test("FolderWatches looks for a folder that is gone at growing intervals", async () => {
  const { disk, clock, watch, watches, taken, logger } = inMemory();
  await using _all = watches;
  watch("/work/a.ipynb");
  disk.take("/work");
  await turns();
  assertEquals(taken(), ["/work/a.ipynb"]);
  let tries = 0;
  disk.fail = ({ op }) => {
    if (op === "watch") tries++;
    return undefined;
  };
  clock.advance(100 + 200 + 400);
  assertEquals(tries, 3);
  clock.advance(60_000);
  const sofar = tries;
  clock.advance(300_000);
  assertEquals(tries - sofar, 10);
  disk.put("/work/a.ipynb", "back");
  clock.advance(30_000);
  assertEquals(taken(), ["/work/a.ipynb"]);
  assertEquals([disk.watched, clock.timers], [1, 0]);
  assertEquals(logger.lines.map(({ level }) => level), ["warn", "info"]);
});

Deno.test("FolderWatches waits for a folder that isn't there yet", async () => {
  const { disk, clock, watch, watches, taken } = inMemory();
  await using _all = watches;
  watch("/later/a.ipynb");
  disk.put("/later/a.ipynb", "there");
  clock.advance(100);
  assertEquals(taken(), ["/later/a.ipynb"]);
});

Deno.test("FolderWatches looks at files where watching fails, and says so once", async () => {
  for (const code of ["ENOSPC", "EMFILE", "EACCES"]) {
    const { disk, clock, watch, watches, taken, logger } = inMemory(() => {
      throw osError(code);
    });
    await using _all = watches;
    watch("/work/a.ipynb");
    watch("/work/b.ipynb");
    const look = async () => {
      clock.advance(2000);
      await clock.untilTimers(1);
    };
    await look();
    taken();
    await look();
    assertEquals(taken(), []);
    disk.put("/work/a.ipynb", "a");
    await look();
    assertEquals(taken(), ["/work/a.ipynb"]);
    disk.take("/work/b.ipynb");
    await look();
    assertEquals(taken(), ["/work/b.ipynb"]);
    await look();
    assertEquals(taken(), []);
    assertEquals(logger.messages("warn").length, 1);
  }
});
