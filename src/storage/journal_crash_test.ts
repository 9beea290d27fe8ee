import { assert, assertEquals } from "@std/assert";
import { crashEverywhere } from "../../tests/helpers/crash_everywhere.ts";
import type { FaultyDisk } from "../../tests/helpers/faulty_disk.ts";
import { numbersChunk, numbersIn } from "../../tests/helpers/fake_chunks.ts";
import {
  bytesOf,
  close,
  headsOf,
  JournalState,
  NOTEBOOK,
} from "../../tests/helpers/journal_state.ts";
import type { Journal } from "./journal.ts";

/** What a run was told before it stopped. */
interface Told {
  began: boolean;
  /** The highest number that is written. */
  written: number;
  /** The highest number that is synced. */
  synced: number;
  /** The baseline that is recorded. */
  baseline: string;
}

function upTo(last: number): number[] {
  return Array.from({ length: last }, (_, index) => index + 1);
}

const BASELINES: Readonly<Record<string, number>> = { one: 1, three: 3, five: 5 };

async function append(journal: Journal, number: number, told: Told): Promise<void> {
  await journal.append(numbersChunk(number));
  told.written = number;
}

async function sync(journal: Journal, told: Told): Promise<void> {
  const { written } = told;
  await journal.synced();
  told.synced = written;
}

/** Everything that a journal does in its life. */
async function live(disk: FaultyDisk, told: Told): Promise<void> {
  const state = new JournalState(disk);
  const { journal, lease } = await state.begin(NOTEBOOK, "one", 1);
  Object.assign(told, { began: true, written: 1, synced: 1, baseline: "one" });
  await append(journal, 2, told);
  await sync(journal, told);
  await append(journal, 3, told);
  const hash = await journal.prepareBaseline({ bytes: bytesOf("three"), heads: headsOf([3]) });
  told.synced = 3;
  await journal.commitBaseline(hash, { clean: true });
  told.baseline = "three";
  await append(journal, 4, told);
  await Promise.all([
    journal.compact(numbersChunk(1, 2, 3, 4)).then(() => {
      told.synced = Math.max(told.synced, 4);
    }),
    append(journal, 5, told),
  ]);
  await journal.setBaseline({ bytes: bytesOf("five"), heads: headsOf([5]) }, { clean: true });
  Object.assign(told, { synced: 5, baseline: "five" });
  await journal.compact(numbersChunk(1, 2, 3, 4, 5));
  await append(journal, 6, told);
  await close(journal, lease);
  told.synced = 6;
}

function nothingTold(): Told {
  return { began: false, written: 0, synced: 0, baseline: "" };
}

Deno.test("a journal is whole after a crash at any step of its life", async () => {
  let told = nothingTold();
  const steps = await crashEverywhere({
    setup: (disk) => {
      told = nothingTold();
      disk.maxWrite = 40;
    },
    run: (disk) => live(disk, told),
    check: async (disk, { lost }) => {
      const state = new JournalState(disk);
      const entry = (await state.store.list()).at(0);
      const opened = await state.open();
      if (opened.kind !== "found") {
        assertEquals([opened.kind, told.began], ["none", false]);
        await state.store.create(opened.lease, { snapshot: numbersChunk(1), baseline: null });
        return;
      }
      const { content, journal } = opened;
      const numbers = numbersIn(content.snapshot, content.log);
      const last = numbers.length;
      assertEquals(numbers, upTo(last));
      assert(last >= (lost === "power" ? told.synced : told.written), `${last}`);
      const baselines = [content.baseline, ...content.pending].map((baseline) => {
        assert(baseline !== null);
        const text = new TextDecoder().decode(baseline.bytes);
        assertEquals(baseline.heads, headsOf([BASELINES[text] ?? 0]));
        // What the file shows is never more than what the journal has.
        assert((BASELINES[text] ?? Infinity) <= last, `${text} of ${last}`);
        return text;
      });
      assert(baselines.includes(told.baseline) || told.baseline !== "five", `${baselines}`);
      if (entry?.state === "clean") assertEquals(last, BASELINES[baselines[0] ?? ""]);
      await journal.append(numbersChunk(last + 1));
      await close(journal, opened.lease);
      assertEquals(await state.numbers(), upTo(last + 1));
    },
  });
  assert(steps > 60, `${steps} steps`);
});

Deno.test("a journal is whole after a crash while a crash is repaired", async () => {
  let expected: number[] = [];
  await crashEverywhere({
    setup: async (disk) => {
      const state = new JournalState(disk);
      const { journal, lease } = await state.begin(NOTEBOOK, "one", 1);
      for (const number of [2, 3, 4]) await journal.append(numbersChunk(number));
      await close(journal, lease);
      const log = await disk.readFile(`${journal.path}/log-1`);
      log.fill(0, log.length - 18, log.length - 14);
      disk.put(`${journal.path}/log-1`, log);
      disk.put(`${journal.path}/snapshot-0`, "left");
      disk.put(`${journal.path}/.notebookd-1.tmp`, "left");
      expected = [1, 2];
    },
    run: async (disk) => {
      const state = new JournalState(disk);
      const opened = await state.open();
      assert(opened.kind === "found");
      await opened.journal.append(numbersChunk(9));
      await close(opened.journal, opened.lease);
      expected = [1, 2, 9];
    },
    check: async (disk) => {
      const numbers = await new JournalState(disk).numbers();
      assert(numbers !== null);
      assertEquals(numbers.slice(0, 2), [1, 2]);
      assert(expected.length < 3 || numbers.includes(9), `${numbers}`);
    },
  });
});

Deno.test("a journal is of one notebook after a crash at any step of moving it", async () => {
  const other = "/work/b.ipynb";
  let moved = false;
  await crashEverywhere({
    setup: async (disk) => {
      moved = false;
      const state = new JournalState(disk);
      const taken = await state.begin(other, "b", 8);
      await close(taken.journal, taken.lease);
      const { journal, lease } = await state.begin(NOTEBOOK, "a", 1);
      await journal.append(numbersChunk(2));
      await close(journal, lease);
    },
    run: async (disk) => {
      const state = new JournalState(disk);
      const opened = await state.open();
      assert(opened.kind === "found");
      const target = await state.leases.take(other);
      await state.store.move(opened.journal, target);
      moved = true;
      await close(opened.journal, opened.lease, target);
    },
    check: async (disk) => {
      const state = new JournalState(disk);
      const listed = (await state.store.list()).filter((entry) => entry.state !== "aside");
      const here = await state.numbers(NOTEBOOK);
      const there = await state.numbers(other);
      if (moved) assertEquals([here, there], [null, [1, 2]]);
      else if (here === null) assertEquals(there, [1, 2]);
      else {
        assertEquals(here, [1, 2]);
        assert(there === null || there[0] === 8, `${there}`);
      }
      const aside = (await state.store.list()).filter((entry) => entry.state === "aside");
      if (there?.[0] !== 8) assertEquals(aside.map(({ id }) => id), [other]);
      const ids = listed.map(({ id }) => id).sort();
      const expected = [here === null ? [] : [NOTEBOOK], there === null ? [] : [other]].flat();
      assertEquals(ids, expected);
    },
  });
});

Deno.test("a journal is there or not after a crash at any step of dropping it", async () => {
  let dropped = false;
  await crashEverywhere({
    setup: async (disk) => {
      dropped = false;
      const { journal, lease } = await new JournalState(disk).begin(NOTEBOOK, "a", 1);
      await journal.append(numbersChunk(2));
      await close(journal, lease);
    },
    run: async (disk) => {
      await new JournalState(disk).store.drop(NOTEBOOK);
      dropped = true;
    },
    check: async (disk) => {
      const state = new JournalState(disk);
      const numbers = await state.numbers();
      if (dropped) assertEquals(numbers, null);
      assert(numbers === null || numbers.length === 2, `${numbers}`);
      assertEquals((await state.store.list()).filter(({ state }) => state === "aside"), []);
    },
  });
});
