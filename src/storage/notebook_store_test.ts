import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { type ErrorCode, NotebookdError } from "../errors.ts";
import { numbersChunk, numbersIn } from "../../tests/helpers/fake_chunks.ts";
import type { DiskCall, FaultyDisk } from "../../tests/helpers/faulty_disk.ts";
import { headsOf } from "../../tests/helpers/journal_state.ts";
import { contentOf, rebaseOf, StoreOnDisk } from "../../tests/helpers/store_on_disk.ts";
import type { OpenedNotebook } from "./opened_notebook.ts";

const PATH = "/work/a.ipynb";
const TARGET = "/work/b.ipynb";
const UUID = "0f8d3a5e-6d5a-4d35-9df8-3a1d6a0d6f11";
const SAVE = { recreate: false, clean: true };

async function refusal(work: Promise<unknown>, code: ErrorCode): Promise<void> {
  const error = await assertRejects(() => work, NotebookdError);
  assertEquals(error.code, code, error.message);
}

/** Lets one call fail, the first that fits. */
function failOnce(
  disk: FaultyDisk,
  code: string,
  fits: Partial<DiskCall>,
): { readonly failed: boolean } {
  const outcome = { failed: false };
  disk.fail = ({ op, path }) => {
    if (outcome.failed || (fits.op ?? op) !== op || (fits.path ?? path) !== path) return undefined;
    outcome.failed = true;
    return code;
  };
  return outcome;
}

/** Watches a notebook, and gives what was reported since the last time. */
function reportsOf(all: StoreOnDisk, storage: OpenedNotebook): () => Promise<(string | null)[]> {
  const reports: (string | null)[] = [];
  storage.watch((file) => {
    reports.push(file === null ? null : new TextDecoder().decode(file.bytes));
  });
  return async () => {
    for (let turn = 0; turn < 10; turn++) await Promise.resolve();
    all.clock.advance(50);
    // After the look, which was asked first.
    await storage.copy("relative", new Uint8Array()).catch(() => {});
    return reports.splice(0);
  };
}

async function stateOf(all: StoreOnDisk, id: string): Promise<string | undefined> {
  return (await all.store.list()).find((entry) => entry.id === id)?.state;
}

Deno.test("NotebookStore.open() leaves nothing when it fails", async () => {
  await using all = new StoreOnDisk();
  const { disk, notebooks } = all;
  await refusal(notebooks.open(PATH, { mustExist: true }), "not_found");
  assertEquals(disk.paths(), []);
  disk.put(PATH, "one");
  await (await all.edit(PATH, 1))[Symbol.asyncDispose]();
  const before = disk.paths();
  const journal = before.find((path) => path.endsWith("meta.json"));
  assert(journal !== undefined);
  for (const path of [PATH, journal]) {
    for (const code of ["EIO", "EACCES"]) {
      const outcome = failOnce(disk, code, { op: "readFile", path });
      const expected = code === "EIO" ? "storage_failed" : "permission_denied";
      await refusal(notebooks.open(PATH, { mustExist: true }), expected);
      assert(outcome.failed);
      assertEquals(disk.paths(), before);
    }
  }
  await using storage = await notebooks.open(PATH, { mustExist: true });
  assert(storage.journal !== null);
});

Deno.test("NotebookStore.open() puts a corrupt journal aside and reads the file", async () => {
  await using all = new StoreOnDisk();
  const { disk, notebooks, logger } = all;
  disk.put(PATH, "one");
  await (await all.edit(PATH, 1))[Symbol.asyncDispose]();
  const meta = disk.paths().find((path) => path.endsWith("meta.json"));
  assert(meta !== undefined);
  disk.put(meta, "garbage");
  await using storage = await notebooks.open(PATH, { mustExist: true });
  assertEquals([storage.journal, storage.file !== null], [null, true]);
  assertEquals(logger.messages("warn"), ["Journal was put aside"]);
  await storage.begin({ snapshot: numbersChunk(2), heads: headsOf([2]) });
});

Deno.test("OpenedNotebook.begin() that fails leaves no journal, and can be tried again", async () => {
  await using all = new StoreOnDisk();
  const { disk, notebooks } = all;
  disk.put(PATH, "one");
  await using storage = await notebooks.open(PATH, { mustExist: true });
  const first = { snapshot: numbersChunk(1), heads: headsOf([1]) };
  const outcome = failOnce(disk, "ENOSPC", { op: "write" });
  await refusal(storage.begin(first), "storage_failed");
  assert(outcome.failed);
  await refusal(storage.append(numbersChunk(2)), "internal");
  await storage.begin(first);
  await storage.append(numbersChunk(2));
});

Deno.test("OpenedNotebook.append() keeps what it couldn't write for the next time", async () => {
  await using all = new StoreOnDisk();
  const { disk } = all;
  disk.put(PATH, "one");
  {
    await using storage = await all.edit(PATH, 1);
    failOnce(disk, "ENOSPC", { op: "write" });
    await refusal(storage.append(numbersChunk(2)), "storage_failed");
    await storage.append(new Uint8Array());
  }
  await using storage = await all.edit(PATH);
  assert(storage.journal !== null);
  assertEquals(numbersIn(storage.journal.log), [2]);
});

Deno.test("OpenedNotebook.append() tells when compacting is worthwhile", async () => {
  await using all = new StoreOnDisk();
  await using storage = await all.edit(PATH, 1);
  let [grown, number] = [false, 2];
  for (; !grown; number++) {
    assert(number < 10_000);
    grown = await storage.append(numbersChunk(number));
  }
  await storage.compact(numbersChunk(1));
  assertEquals(await storage.append(numbersChunk(number)), false);
});

Deno.test("OpenedNotebook.save() can be tried again, wherever it failed", async () => {
  for (let failing = 0, calls = 1; failing <= calls; failing++) {
    await using all = new StoreOnDisk();
    const { disk } = all;
    disk.put(PATH, "one");
    await using storage = await all.edit(PATH, 1);
    const reports = reportsOf(all, storage);
    await reports();
    calls = 0;
    disk.fail = () => calls++ === failing ? "EIO" : undefined;
    await storage.save(contentOf("two", 1), SAVE).catch(() => {});
    disk.fail = () => undefined;
    assert(["one", "two"].includes(disk.text(PATH) ?? ""), `${failing}`);
    assertEquals(await reports(), []);
    // A failed sync of the journal takes a compaction.
    await storage.compact(numbersChunk(1));
    assertEquals((await storage.save(contentOf("three", 1), SAVE)).written, true);
    assertEquals([disk.text(PATH), await reports()], ["three", []]);
    assertEquals(await stateOf(all, PATH), "clean");
  }
});

Deno.test("OpenedNotebook.save() calls the journal clean only if all of it is saved", async () => {
  await using all = new StoreOnDisk();
  all.disk.put(PATH, "one");
  await using storage = await all.edit(PATH, 1);
  await storage.append(numbersChunk(2));
  await storage.save(contentOf("two", 1, 2), SAVE);
  assertEquals(await stateOf(all, PATH), "clean");
  const saving = storage.save(contentOf("three", 1, 2), SAVE);
  await Promise.all([saving, storage.append(numbersChunk(3))]);
  assertEquals(await stateOf(all, PATH), "unsaved");
  await storage.save(contentOf("four", 1, 2, 3), { ...SAVE, clean: false });
  assertEquals(await stateOf(all, PATH), "unsaved");
  await storage.save(contentOf("four", 1, 2, 3), SAVE);
  assertEquals(await stateOf(all, PATH), "clean");
});

Deno.test("OpenedNotebook.save() says once that the owner couldn't be kept", async () => {
  await using all = new StoreOnDisk();
  const { disk, logger } = all;
  disk.put(PATH, "one", { uid: 1234 });
  disk.fail = ({ op }) => op === "chown" ? "EPERM" : undefined;
  await using storage = await all.edit(PATH, 1);
  await storage.save(contentOf("two", 1), SAVE);
  disk.put(PATH, "two", { uid: 1234 });
  await storage.save(contentOf("three", 1), SAVE);
  assertEquals(logger.messages("warn"), ["Notebook belongs to this user since it was saved"]);
});

Deno.test("OpenedNotebook.rebase() that fails halfway takes in nothing, or all of it", async () => {
  for (let failing = 0, calls = 1; failing <= calls; failing++) {
    await using all = new StoreOnDisk();
    const { disk } = all;
    disk.put(PATH, "one");
    await using storage = await all.edit(PATH, 1);
    disk.put(PATH, "theirs");
    await storage.read();
    const rebase = await rebaseOf("theirs", 1, 5);
    calls = 0;
    disk.fail = () => calls++ === failing ? "EIO" : undefined;
    const failed = await storage.rebase(rebase).then(() => false, () => true);
    disk.fail = () => undefined;
    if (failed) await refusal(storage.save(contentOf("mine", 1), SAVE), "conflict");
    await storage.compact(numbersChunk(1));
    await storage.rebase(rebase);
    await storage.save(contentOf("merged", 1, 5), SAVE);
  }
});

Deno.test("OpenedNotebook.move() that fails leaves the old place in force", async () => {
  for (const from of [PATH, UUID]) {
    for (let failing = 0, calls = 1; failing <= calls; failing++) {
      await using all = new StoreOnDisk();
      const { disk, notebooks } = all;
      if (from === PATH) disk.put(PATH, "one");
      await using storage = await all.edit(from, 1);
      calls = 0;
      disk.fail = () => calls++ === failing ? "EIO" : undefined;
      const moving = storage.move(TARGET, contentOf("two", 1), { clean: true });
      const failed = await moving.then(() => false, () => true);
      disk.fail = () => undefined;
      await storage.compact(numbersChunk(1));
      const note = `${from}, call ${failing}`;
      assertEquals(disk.text(TARGET), failed ? null : "two", note);
      if (failed) {
        assertEquals([await all.store.has(from), await all.store.has(TARGET)], [true, false], note);
        assertEquals(await notebooks.resolveAlias(UUID), null);
        const moved = await storage.move(TARGET, contentOf("three", 1), { clean: true });
        assertEquals(moved.path, TARGET, note);
      }
      await storage.save(contentOf("four", 1), SAVE);
      assertEquals(disk.text(TARGET), "four", note);
      assertEquals([await all.store.has(from), await all.store.has(TARGET)], [false, true], note);
      assertEquals((await all.store.list()).length, 1, note);
    }
  }
});

Deno.test("OpenedNotebook.move() goes on where its journal can't be brought back", async () => {
  await using all = new StoreOnDisk();
  const { disk, logger } = all;
  disk.put(PATH, "one");
  await using storage = await all.edit(PATH, 1);
  let renames = 0;
  disk.fail = ({ op, path }) => {
    if (op === "sync" && path === "/state/journals") return "EIO";
    const ofFolder = op === "rename" && /^\/state\/journals\/[^/]+$/.test(path);
    return ofFolder && ++renames > 1 ? "EIO" : undefined;
  };
  await storage.move(TARGET, contentOf("two", 1), { clean: true });
  disk.fail = () => undefined;
  assertEquals([disk.text(TARGET), await all.store.has(TARGET)], ["two", true]);
  assertStringIncludes(logger.messages("warn").join(), "Journal has moved");
  await storage.save(contentOf("three", 1), SAVE);
});

Deno.test("OpenedNotebook.move() that fails leaves a journal that a later crash doesn't hurt", async () => {
  await using all = new StoreOnDisk();
  const { disk } = all;
  disk.put(PATH, "one");
  const storage = await all.edit(PATH, 1);
  const isMove = ({ op, path }: DiskCall) =>
    op === "rename" && /^\/state\/journals\/[^/]+$/.test(path);
  disk.fail = (call) => isMove(call) ? "EIO" : undefined;
  const moving = storage.move(TARGET, contentOf("two", 1), { clean: true });
  await refusal(moving, "storage_failed");
  disk.fail = (call) => {
    if (isMove(call)) disk.kill();
    return undefined;
  };
  const content = contentOf("two", 1);
  await assertRejects(() => storage.move("/work/c.ipynb", content, { clean: true }));
  await storage[Symbol.asyncDispose]().catch(() => {});
  await using next = new StoreOnDisk(disk.restart("process"));
  await using again = await next.notebooks.open(PATH, { mustExist: true });
  assert(again.journal !== null);
});

Deno.test("NotebookStore notes only so many former ids", async () => {
  await using all = new StoreOnDisk(undefined, { maxAliases: 2 });
  const ids = ["1", "2", "3"].map((digit) => UUID.replace(/.$/, digit));
  for (const id of ids) {
    await using storage = await all.edit(id, 1);
    await storage.move(`/work/${id}`, contentOf("one", 1), { clean: true });
  }
  const found = await Promise.all(ids.map((id) => all.notebooks.resolveAlias(id)));
  assertEquals(found, [null, ...ids.slice(1).map((id) => `/work/${id}.ipynb`)]);
  const [note] = all.disk.paths().filter((path) => path.startsWith("/state/aliases/"));
  assert(note !== undefined);
  all.disk.put(note, "garbage");
  await Promise.all(ids.map((id) => all.notebooks.resolveAlias(id)));
});

Deno.test("NotebookStore drops journals that the file has all of, and no others", async () => {
  const disk = await (async () => {
    await using all = new StoreOnDisk();
    for (const name of ["clean", "unsaved"]) {
      all.disk.put(`/work/${name}.ipynb`, "one".repeat(1000));
      await using storage = await all.edit(`/work/${name}.ipynb`, 1);
      if (name === "unsaved") await storage.append(numbersChunk(2));
    }
    return all.disk;
  })();
  const all = new StoreOnDisk(disk, { maxJournalBytes: 100 });
  await using storage = await all.edit(PATH, 1);
  await storage.compact(numbersChunk(1));
  await all[Symbol.asyncDispose]();
  assertEquals(
    (await all.store.list()).map(({ id }) => id).sort(),
    [PATH, "/work/unsaved.ipynb"],
  );
  assertEquals(all.logger.messages("info").length, 1);
  assertEquals(all.logger.messages("warn"), [
    "Journals take up more room than they may, and hold what no file has",
  ]);
});

Deno.test("NotebookStore goes on when journals can't be pruned", async () => {
  await using all = new StoreOnDisk();
  await (await all.edit(PATH, 1))[Symbol.asyncDispose]();
  all.disk.fail = ({ op, path }) =>
    op === "names" && path === "/state/journals" ? "EIO" : undefined;
  await using storage = await all.edit(TARGET, 1);
  await storage.append(numbersChunk(2));
  await all.notebooks[Symbol.asyncDispose]();
  assert(all.logger.messages("warn").includes("Journals not pruned"));
});

Deno.test("a watched notebook tells what others write, and nothing else", async () => {
  await using all = new StoreOnDisk();
  const { disk } = all;
  disk.put(PATH, "one");
  await using storage = await all.edit(PATH, 1);
  const reports = reportsOf(all, storage);
  assertEquals(await reports(), []);
  disk.put(PATH, "one");
  disk.put("/work/other.ipynb", "two");
  assertEquals(await reports(), []);
  await storage.save(contentOf("two", 1), SAVE);
  assertEquals(await reports(), []);
  disk.put(PATH, "theirs");
  assertEquals(await reports(), ["theirs"]);
  disk.put(PATH, "theirs");
  assertEquals(await reports(), []);
  await storage.rebase(await rebaseOf("theirs", 1, 5));
  disk.take(PATH);
  assertEquals(await reports(), [null]);
  disk.put("/work/other.ipynb", "three");
  disk.take("/work/other.ipynb");
  assertEquals(await reports(), []);
  disk.put(PATH, "theirs");
  assertEquals(await reports(), ["theirs"]);
  await storage.save(contentOf("three", 1, 5), SAVE);
  disk.put(PATH, "four");
  await storage.read();
  assertEquals(await reports(), []);
});

Deno.test("a watched notebook tells what changes while it is looked at", async () => {
  await using all = new StoreOnDisk();
  const { disk } = all;
  disk.put(PATH, "one");
  await using storage = await all.edit(PATH, 1);
  const reports = reportsOf(all, storage);
  await reports();
  disk.fail = ({ op, path }) => {
    // The look has its bytes by then.
    if (op === "status" && path === PATH && disk.text(PATH) === "two") disk.put(PATH, "three");
    return undefined;
  };
  disk.put(PATH, "two");
  assertEquals(await reports(), ["two"]);
  assertEquals(await reports(), ["three"]);
});

Deno.test("a watched notebook tells what changed before it was watched", async () => {
  await using all = new StoreOnDisk();
  all.disk.put(PATH, "one");
  await using storage = await all.edit(PATH, 1);
  all.disk.put(PATH, "two");
  assertEquals(await reportsOf(all, storage)(), ["two"]);
});

Deno.test("a watched notebook stays as it is while its file can't be read", async () => {
  await using all = new StoreOnDisk();
  const { disk, logger } = all;
  disk.put(PATH, "one");
  await using storage = await all.edit(PATH, 1);
  const reports = reportsOf(all, storage);
  await reports();
  disk.fail = ({ op }) => op === "readFile" ? "EACCES" : undefined;
  for (const text of ["two", "three"]) {
    disk.put(PATH, text);
    assertEquals(await reports(), []);
  }
  assertEquals(logger.messages("warn").length, 1);
  disk.fail = () => undefined;
  disk.put(PATH, "three");
  assertEquals(await reports(), ["three"]);
});

Deno.test("a watched notebook that moves is watched at its new place", async () => {
  await using all = new StoreOnDisk();
  const { disk } = all;
  disk.put("/work/sub/other.ipynb", "other");
  await using storage = await all.edit(UUID, 1);
  const reports = reportsOf(all, storage);
  assertEquals([await reports(), disk.watched], [[], 0]);
  await storage.move(PATH, contentOf("one", 1), { clean: true });
  disk.put(PATH, "theirs");
  assertEquals(await reports(), ["theirs"]);
  await storage.move("/work/sub/b", contentOf("two", 1), { clean: true });
  disk.put(PATH, "somebody's own");
  assertEquals([await reports(), disk.watched], [[], 1]);
  disk.put("/work/sub/b.ipynb", "three");
  assertEquals(await reports(), ["three"]);
  await storage[Symbol.asyncDispose]();
  assertEquals(disk.watched, 0);
});

Deno.test("OpenedNotebook gives everything back also when its journal can't be closed", async () => {
  await using all = new StoreOnDisk();
  const storage = await all.edit(PATH, 1);
  storage.watch(() => {});
  all.disk.fail = ({ op }) => op === "write" ? "ENOSPC" : undefined;
  await refusal(storage.append(numbersChunk(2)), "storage_failed");
  await refusal(storage[Symbol.asyncDispose](), "storage_failed");
  all.disk.fail = () => undefined;
  assertEquals(all.disk.watched, 0);
  await using again = await all.edit(PATH);
  assert(again.journal !== null);
});
