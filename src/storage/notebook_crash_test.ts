import { assert, assertEquals } from "@std/assert";
import { crashEverywhere } from "../../tests/helpers/crash_everywhere.ts";
import { numbersChunk, numbersIn } from "../../tests/helpers/fake_chunks.ts";
import type { FaultyDisk } from "../../tests/helpers/faulty_disk.ts";
import { contentOf, rebaseOf, StoreOnDisk } from "../../tests/helpers/store_on_disk.ts";
import type { FileContent, JournaledNotebook } from "../rooms/ports.ts";
import type { OpenedNotebook } from "./opened_notebook.ts";

const PATH = "/work/a.ipynb";
const TARGET = "/work/b.ipynb";
const UUID = "0f8d3a5e-6d5a-4d35-9df8-3a1d6a0d6f11";
const SAVE = { recreate: false, clean: true };

/** What a run was told before it stopped. */
interface Told {
  began: boolean;
  /** The highest number that is written. */
  written: number;
  /** The highest number that is synced. */
  synced: number;
  /** What the file holds, as far as a save, or another program, has told. */
  file: string | null;
  moved: boolean;
}

function nothingTold(file: string | null): Told {
  return { began: false, written: 0, synced: 0, file, moved: false };
}

function upTo(last: number): number[] {
  return Array.from({ length: last }, (_, index) => index + 1);
}

/** What a save of the numbers up to one of them writes. */
function saved(last: number) {
  return contentOf(`saved ${last}`, ...upTo(last));
}

async function begin(all: StoreOnDisk, id: string, told: Told): Promise<OpenedNotebook> {
  const storage = await all.edit(id, 1);
  Object.assign(told, { began: true, written: 1, synced: 1 });
  return storage;
}

async function append(storage: OpenedNotebook, number: number, told: Told): Promise<void> {
  await storage.append(numbersChunk(number));
  told.written = number;
}

async function save(storage: OpenedNotebook, last: number, told: Told): Promise<void> {
  await storage.save(saved(last), SAVE);
  Object.assign(told, { synced: last, file: `saved ${last}` });
}

/** A content counts as taken in if the document has its heads. */
function isKnown(file: FileContent, journal: JournaledNotebook): boolean {
  const numbers = numbersIn(journal.snapshot, journal.log);
  return [journal.baseline, ...journal.pending].some((one) =>
    one?.hash === file.hash &&
    (one.heads[0] ?? "").split(",").every((number) => numbers.includes(Number(number)))
  );
}

/** What the next daemon does with what it finds, and that nothing is lost by it. */
async function goOn(all: StoreOnDisk, id: string, told: Told, atLeast: number): Promise<void> {
  const storage = await all.notebooks.open(id, { mustExist: true });
  const { journal, file } = storage;
  assert(journal !== null);
  const numbers = numbersIn(journal.snapshot, journal.log);
  let last = numbers.length;
  assertEquals(numbers, upTo(last));
  assert(last >= atLeast, `${last} of ${atLeast}`);
  if (file !== null && !isKnown(file, journal)) {
    assertEquals(new TextDecoder().decode(file.bytes), "theirs");
    assertEquals(told.file, "theirs");
    await storage.rebase({ ...await rebaseOf("theirs", 3), heads: [upTo(3).join(",")] });
    last = Math.max(last, 3);
  }
  if (file !== null && isKnown(file, journal)) {
    const [baseline, ...pending] = [journal.baseline, ...journal.pending];
    if (baseline?.hash !== file.hash) {
      const known = pending.find((one) => one?.hash === file.hash);
      assert(known !== undefined && known !== null);
      await storage.rebase({ ...known, chunk: new Uint8Array(), clean: false });
    }
  }
  await storage.append(numbersChunk(last + 1));
  const options = { ...SAVE, recreate: file === null };
  if (id !== UUID) await storage.save(saved(last + 1), options);
  await storage[Symbol.asyncDispose]();
  if (id !== UUID) assertEquals(all.disk.text(id), `saved ${last + 1}`);
}

function checkFile(disk: FaultyDisk, path: string, told: Told): void {
  const text = disk.text(path);
  assert(
    text === null || text === "one" || text === "theirs" || /^saved \d$/.test(text),
    `${text}`,
  );
  if (told.file === "one") assert(text !== null && text !== "theirs");
  if (told.file === "saved 2") assert(text === "saved 2" || text === "theirs", `${text}`);
}

async function live(disk: FaultyDisk, told: Told): Promise<void> {
  await using all = new StoreOnDisk(disk);
  const storage = await begin(all, PATH, told);
  await append(storage, 2, told);
  await save(storage, 2, told);
  told.file = "theirs";
  disk.put(PATH, "theirs");
  await storage.read();
  await storage.rebase({ ...await rebaseOf("theirs", 3), heads: [upTo(3).join(",")] });
  Object.assign(told, { written: 3, synced: 3 });
  await append(storage, 4, told);
  await save(storage, 4, told);
  await Promise.all([
    storage.compact(numbersChunk(...upTo(4))),
    append(storage, 5, told),
  ]);
  await storage.synced();
  told.synced = 5;
  await storage[Symbol.asyncDispose]();
}

Deno.test("a notebook is whole after a crash at any step of its life", async () => {
  let told = nothingTold("one");
  const steps = await crashEverywhere({
    setup: (disk) => {
      told = nothingTold("one");
      disk.put(PATH, "one");
    },
    run: (disk) => live(disk, told),
    check: async (disk, { lost }) => {
      await using all = new StoreOnDisk(disk);
      checkFile(disk, PATH, told);
      const storage = await all.notebooks.open(PATH, { mustExist: true });
      const { journal } = storage;
      await storage[Symbol.asyncDispose]();
      if (journal === null) assertEquals(told.began, false);
      else await goOn(all, PATH, told, lost === "power" ? told.synced : told.written);
      assertEquals(all.logger.messages("error"), []);
      const beside = disk.paths().filter((path) => path.startsWith("/work/"));
      if (journal !== null) assertEquals(beside, [PATH]);
    },
  });
  assert(steps > 60, `${steps} steps`);
});

for (const from of [PATH, UUID]) {
  Deno.test(`a notebook is in one place after a crash at any step of moving it from "${from}"`, async () => {
    let told = nothingTold(null);
    await crashEverywhere({
      setup: async (disk) => {
        told = nothingTold(null);
        if (from === PATH) disk.put(PATH, "one");
        await using all = new StoreOnDisk(disk);
        const storage = await begin(all, from, told);
        await append(storage, 2, told);
        await storage[Symbol.asyncDispose]();
        told.synced = 2;
      },
      run: async (disk) => {
        await using all = new StoreOnDisk(disk);
        const storage = await all.notebooks.open(from, { mustExist: true });
        await Promise.all([
          storage.move(TARGET, saved(2), { clean: false }).then(() => {
            // A process that is dead tells nobody.
            told.moved = !disk.dead;
          }),
          append(storage, 3, told),
        ]);
        await storage[Symbol.asyncDispose]();
        told.synced = 3;
      },
      check: async (disk, { lost }) => {
        await using all = new StoreOnDisk(disk);
        assertEquals(disk.text(PATH), from === PATH ? "one" : null);
        const there = disk.text(TARGET);
        assert(there === null || there === "saved 2", `${there}`);
        const [here, moved] = [await all.store.has(from), await all.store.has(TARGET)];
        assertEquals(here, !moved);
        if (told.moved) assert(moved);
        if (moved) assertEquals(there, "saved 2");
        if (from === UUID) {
          assertEquals(await all.notebooks.resolveAlias(UUID), moved ? TARGET : null);
        }
        const atLeast = lost === "power" ? told.synced : told.written;
        await goOn(all, moved ? TARGET : from, told, atLeast);
        assertEquals((await all.store.list()).filter(({ state }) => state === "aside"), []);
      },
    });
  });
}
