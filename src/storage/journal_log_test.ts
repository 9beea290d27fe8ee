import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { NotebookdError } from "../errors.ts";
import type { DiskCall } from "../../tests/helpers/faulty_disk.ts";
import { numbersChunk, numbersIn } from "../../tests/helpers/fake_chunks.ts";
import { close, JournalState, NOTEBOOK } from "../../tests/helpers/journal_state.ts";

async function refusal(promise: Promise<unknown>): Promise<NotebookdError> {
  return await assertRejects(() => promise, NotebookdError);
}

/** Resolves with the next call of a kind, before the disk answers it. */
function nextCall(state: JournalState, wanted: DiskCall["op"]): Promise<DiskCall> {
  const { promise, resolve } = Promise.withResolvers<DiskCall>();
  state.disk.fail = (call) => {
    if (call.op === wanted) resolve(call);
    return undefined;
  };
  return promise;
}

async function logOf(state: JournalState, name = "log-1"): Promise<number[]> {
  const path = state.disk.paths().find((path) => path.endsWith(`/${name}`));
  return path === undefined ? [] : numbersIn(await state.disk.readFile(path));
}

Deno.test("append() resolves once the chunk is written, and syncs within 200 ms", async () => {
  const state = new JournalState();
  const { journal } = await state.begin(NOTEBOOK, null, 1);
  await journal.append(numbersChunk(2));
  await journal.append(numbersChunk(3));
  assertEquals(await logOf(state), [2, 3]);
  assertEquals(state.clock.timers, 1);
  const powerless = () => new JournalState(state.disk.restart("power")).numbers();
  const synced = nextCall(state, "sync");
  state.clock.advance(199);
  assertEquals(state.clock.timers, 1);
  state.clock.advance(1);
  await synced;
  assertEquals(state.clock.timers, 0);
  await journal.synced();
  assertEquals(await powerless(), [1, 2, 3]);
});

Deno.test("synced() doesn't wait for the batch", async () => {
  const state = new JournalState();
  const { journal } = await state.begin(NOTEBOOK, null, 1);
  void journal.append(numbersChunk(2));
  await Promise.all([journal.synced(), journal.synced()]);
  assertEquals(state.clock.timers, 0);
  assertEquals(await new JournalState(state.disk.restart("power")).numbers(), [1, 2]);
});

Deno.test("what a process wrote that was killed is synced by the next one", async () => {
  const killed = new JournalState();
  const { journal } = await killed.begin(NOTEBOOK, null, 1);
  await journal.append(numbersChunk(2));
  const state = new JournalState(killed.disk.restart("process"));
  const opened = await state.open();
  assert(opened.kind === "found");
  await opened.journal.synced();
  assertEquals(await new JournalState(state.disk.restart("power")).numbers(), [1, 2]);
});

Deno.test("append() writes in one go what comes while a write is under way", async () => {
  const state = new JournalState();
  const { journal } = await state.begin(NOTEBOOK, null, 1);
  const before = state.disk.steps;
  const numbers = Array.from({ length: 50 }, (_, index) => index + 2);
  await Promise.all(numbers.map((number) => journal.append(numbersChunk(number))));
  assertEquals(await logOf(state), numbers);
  assert(state.disk.steps - before <= 4, `${state.disk.steps - before} steps`);
});

Deno.test("append() keeps what a full disk didn't take, in its place", async () => {
  const state = new JournalState();
  const { journal, lease } = await state.begin(NOTEBOOK, null, 1);
  await journal.append(numbersChunk(2));
  let room = 1;
  state.disk.maxWrite = 7;
  state.disk.fail = ({ op }) => op === "write" && room-- <= 0 ? "ENOSPC" : undefined;
  const failing = [refusal(journal.append(numbersChunk(3)))];
  failing.push(refusal(journal.append(numbersChunk(4))));
  for (const error of await Promise.all(failing)) {
    assertEquals(error.code, "storage_failed");
    assertStringIncludes(error.message, "disk is full");
  }
  assertEquals((await refusal(journal.append(new Uint8Array()))).code, "storage_failed");
  state.disk.fail = () => undefined;
  await journal.append(numbersChunk(5));
  assertEquals(await logOf(state), [2, 3, 4, 5]);
  await close(journal, lease);
  assertEquals(await state.numbers(), [1, 2, 3, 4, 5]);
});

Deno.test("append() of nothing tries again", async () => {
  const state = new JournalState();
  const { journal } = await state.begin(NOTEBOOK, null, 1);
  state.disk.fail = ({ op }) => op === "open" ? "EACCES" : undefined;
  assertEquals((await refusal(journal.append(numbersChunk(2)))).code, "permission_denied");
  state.disk.fail = () => undefined;
  await journal.append(new Uint8Array());
  assertEquals(await logOf(state), [2]);
});

Deno.test("compact() covers what couldn't be appended", async () => {
  const state = new JournalState();
  const { journal, lease } = await state.begin(NOTEBOOK, null, 1);
  state.disk.fail = ({ op, path }) => op === "open" && path.endsWith("log-1") ? "EIO" : undefined;
  await refusal(journal.append(numbersChunk(2)));
  await journal.compact(numbersChunk(1, 2));
  await journal.append(numbersChunk(3));
  state.disk.fail = () => undefined;
  await close(journal, lease);
  assertEquals(await state.numbers(), [1, 2, 3]);
});

Deno.test("a sync that failed isn't forgotten before a compaction", async () => {
  const state = new JournalState();
  const { journal, lease } = await state.begin(NOTEBOOK, null, 1);
  await journal.append(numbersChunk(2));
  assertEquals(journal.needsCompaction, false);
  state.disk.fail = ({ op }) => op === "sync" ? "EIO" : undefined;
  state.clock.advance(200);
  assertEquals((await refusal(journal.synced())).code, "storage_failed");
  state.disk.fail = () => undefined;
  assertEquals(journal.needsCompaction, true);
  assertStringIncludes((await refusal(journal.synced())).message, "has to be compacted");
  await journal.append(numbersChunk(3));
  await journal.compact(numbersChunk(1, 2, 3));
  assertEquals(journal.needsCompaction, false);
  await journal.synced();
  assertEquals(await new JournalState(state.disk.restart("power")).numbers(), [1, 2, 3]);
  await close(journal, lease);
});

Deno.test("a sync in the background that failed is logged", async () => {
  const state = new JournalState();
  const { journal } = await state.begin(NOTEBOOK, null, 1);
  await journal.append(numbersChunk(2));
  const syncing = nextCall(state, "sync");
  const count = state.disk.fail;
  state.disk.fail = (call) => count(call) ?? (call.op === "sync" ? "EIO" : undefined);
  state.clock.advance(200);
  await syncing;
  await refusal(journal.synced());
  const [line] = state.logger.lines;
  assertEquals([line?.level, line?.message], ["error", "Journal could not be synced"]);
  assertEquals(line?.fields["code"], "storage_failed");
});

Deno.test("needsCompaction tells when the log has outgrown the snapshot", async () => {
  const state = new JournalState();
  const { journal } = await state.begin(NOTEBOOK, null, 1);
  const change = numbersChunk(...Array.from({ length: 1000 }, (_, index) => index));
  while (!journal.needsCompaction) await journal.append(change);
  const log = (await state.disk.readFile(`${journal.path}/log-1`)).length;
  assert(log > 64 * 1024 && log <= 64 * 1024 + change.length, `${log} bytes`);
  await journal.compact(change);
  assertEquals(journal.needsCompaction, false);
});

Deno.test("compact() leaves the appends go on that come while it is under way", async () => {
  const state = new JournalState();
  const { journal, lease } = await state.begin(NOTEBOOK, "file", 1);
  await journal.append(numbersChunk(2));
  const compacting = [journal.compact(numbersChunk(1, 2))];
  await journal.append(numbersChunk(3));
  compacting.push(journal.compact(numbersChunk(1, 2, 3)));
  await journal.append(numbersChunk(4));
  await Promise.all(compacting);
  const names = (await state.files(lease)).filter((name) => !/^(meta|baseline)/.test(name));
  assertEquals(names, ["log-3", "snapshot-3"]);
  assertEquals(await logOf(state, "log-3"), [4]);
  await close(journal, lease);
  assertEquals(await state.numbers(), [1, 2, 3, 4]);
});

Deno.test("compact() that fails loses nothing, and the next one works", async () => {
  const state = new JournalState();
  const { journal } = await state.begin(NOTEBOOK, "file", 1);
  await journal.append(numbersChunk(2));
  state.disk.fail = ({ op, path }) => op === "rename" && path.includes("snap") ? "EIO" : undefined;
  await refusal(journal.compact(numbersChunk(1, 2)));
  await journal.append(numbersChunk(3));
  state.disk.fail = () => undefined;
  await journal.synced();
  assertEquals(await new JournalState(state.disk.restart("power")).numbers(), [1, 2, 3]);
});

Deno.test("compact() works after one that failed", async () => {
  const state = new JournalState();
  const { journal, lease } = await state.begin(NOTEBOOK, "file", 1);
  await journal.append(numbersChunk(2));
  state.disk.fail = ({ op }) => op === "rename" ? "EIO" : undefined;
  await refusal(journal.compact(numbersChunk(1, 2)));
  state.disk.fail = () => undefined;
  await journal.append(numbersChunk(3));
  await journal.compact(numbersChunk(1, 2, 3));
  const names = (await state.files(lease)).filter((name) => !/^(meta|baseline)/.test(name));
  assertEquals(names, ["snapshot-3"]);
  await close(journal, lease);
  assertEquals(await state.numbers(), [1, 2, 3]);
});
