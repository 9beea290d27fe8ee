import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import type { ErrorCode } from "../errors.ts";
import { NotebookdError } from "../errors.ts";
import { fakeChunk, numbersChunk, numbersIn } from "../../tests/helpers/fake_chunks.ts";
import {
  bytesOf,
  close,
  headsOf,
  JournalState,
  NOTEBOOK,
} from "../../tests/helpers/journal_state.ts";
import { TempFolder } from "../../tests/helpers/temp_folder.ts";
import { systemClock } from "../clock.ts";
import { silentLogger } from "../log.ts";
import { contentHash } from "./content_hash.ts";
import { JournalStore } from "./journal_store.ts";
import { Leases } from "./lease.ts";

async function refusal(run: () => Promise<unknown>, code: ErrorCode): Promise<NotebookdError> {
  const error = await assertRejects(run, NotebookdError);
  assertEquals(error.code, code, error.message);
  return error;
}

Deno.test("open() gives back what was begun and appended", async () => {
  const state = new JournalState();
  const first = await state.open();
  assertEquals(first.kind, "none");
  await close(first.lease);
  const { journal, lease } = await state.begin(NOTEBOOK, "file", 1, 2);
  await journal.append(numbersChunk(3));
  await Promise.all([journal.append(numbersChunk(4)), journal.append(numbersChunk(5))]);
  await close(journal, journal);
  await refusal(() => journal.append(numbersChunk(6)), "closed");
  await close(lease);

  const { lease: again, ...opened } = await state.open();
  assert(opened.kind === "found");
  const { content } = opened;
  assertEquals(numbersIn(content.snapshot), [1, 2]);
  assertEquals(numbersIn(content.log), [3, 4, 5]);
  assertEquals(content.baseline, {
    bytes: bytesOf("file"),
    hash: await contentHash(bytesOf("file")),
    heads: headsOf([1, 2]),
  });
  assertEquals([content.pending.length, content.droppedBytes], [0, 0]);
  assertEquals(opened.journal.id, NOTEBOOK);
  await close(opened.journal);
  await refusal(
    () => state.store.create(again, { snapshot: numbersChunk(), baseline: null }),
    "internal",
  );
});

Deno.test("open() cuts off a torn end and appends after what comes before it", async () => {
  const state = new JournalState();
  const { journal, lease } = await state.begin(NOTEBOOK, null, 1);
  await journal.append(numbersChunk(2));
  await close(journal, lease);
  const log = `${journal.path}/log-1`;
  const whole = await state.disk.readFile(log);
  state.disk.put(log, new Uint8Array([...whole, ...numbersChunk(3).subarray(0, 11)]));
  const opened = await state.open();
  assert(opened.kind === "found");
  assertEquals(numbersIn(opened.content.log), [2]);
  assertEquals(opened.content.droppedBytes, 11);
  assertEquals(state.logger.lines[0]?.fields, {
    notebook: NOTEBOOK,
    log,
    at: whole.length,
    bytes: 11,
  });
  await opened.journal.append(numbersChunk(4));
  await close(opened.journal, opened.lease);
  assertEquals(await state.numbers(), [1, 2, 4]);
});

Deno.test("open() keeps a log whose unsynced end has a hole, and uses what is before it", async () => {
  const state = new JournalState();
  const { journal, lease } = await state.begin(NOTEBOOK, null, 1);
  for (const number of [2, 3, 4]) await journal.append(numbersChunk(number));
  await close(journal, lease);
  const log = `${journal.path}/log-1`;
  const damaged = await state.disk.readFile(log);
  damaged.fill(0, 15, 20);
  state.disk.put(log, damaged);
  assertEquals(await state.numbers(), [1, 2]);
  assertEquals(
    await state.disk.readFile(`${journal.path}/damaged-log-1-20240131T235958Z`),
    damaged,
  );
  assertEquals(await state.numbers(), [1, 2]);
});

Deno.test("open() puts a journal aside of which something is lost that was safe", async () => {
  const spoil: [name: string, what: (bytes: Uint8Array) => Uint8Array | null][] = [
    ["snapshot-1", (bytes) => bytes.fill(9, 5, 6)],
    ["snapshot-1", (bytes) => bytes.subarray(0, 5)],
    ["snapshot-1", () => new Uint8Array()],
    ["snapshot-1", () => null],
    ["log-1", (bytes) => bytes.fill(9, 5, 6)],
    ["log-1", (bytes) => bytes.subarray(0, 5)],
    ["log-1", () => null],
    [`baseline-${await contentHash(bytesOf("file"))}`, () => bytesOf("other")],
    [`baseline-${await contentHash(bytesOf("file"))}`, () => null],
    ["meta.json", () => bytesOf("{")],
    ["meta.json", () => bytesOf("{}")],
    ["meta.json", (bytes) => bytesOf(new TextDecoder().decode(bytes).replace("a.ipynb", "b"))],
  ];
  for (const [name, how] of spoil) {
    const state = new JournalState();
    const { journal, lease } = await state.begin(NOTEBOOK, "old", 1);
    await journal.append(numbersChunk(2));
    await journal.setBaseline({ bytes: bytesOf("file"), heads: headsOf([1, 2]) }, { clean: true });
    await close(journal, lease);
    const path = `${journal.path}/${name}`;
    const spoilt = how(await state.disk.readFile(path));
    if (spoilt === null) await state.disk.remove(path);
    else state.disk.put(path, spoilt);
    const opened = await state.open();
    assert(opened.kind === "corrupt", name);
    assertEquals(opened.aside, `${journal.path}.corrupt-20240131T235958Z`);
    assertEquals(state.logger.lines[0]?.fields["aside"], opened.aside);
    await close(opened.lease);
    assertEquals((await state.open()).kind, "none");
    assertEquals((await state.store.list()).map(({ state }) => state), ["aside"]);
  }
});

Deno.test("setAside() never replaces what was put aside before", async () => {
  const state = new JournalState();
  const names: string[] = [];
  for (let i = 0; i < 3; i++) {
    const { journal, lease } = await state.begin(NOTEBOOK, null, i);
    await close(journal);
    names.push(await state.store.setAside(lease, "refused"));
    await close(lease);
  }
  assertEquals(new Set(names).size, 3);
  const [first] = await state.store.list();
  assertEquals((await state.store.list()).length, 3);
  assertEquals(await state.store.dropAside(first?.name ?? ""), true);
  assertEquals(await state.store.dropAside(first?.name ?? ""), false);
  assertEquals((await state.store.list()).length, 2);
  for (const name of ["../leases", "..", "x", NOTEBOOK]) {
    await refusal(() => state.store.dropAside(name), "invalid_argument");
  }
});

Deno.test("list() tells clean journals from those with unsaved changes", async () => {
  const state = new JournalState();
  const stateOf = async (id: string) =>
    (await state.store.list()).find((entry) => entry.id === id)?.state;
  const { journal } = await state.begin(NOTEBOOK, "file", 1);
  const untitled = await state.begin("6fa459ea-ee8a-4ca3-894e-db77e160355e", null, 1);
  assertEquals(await stateOf(NOTEBOOK), "clean");
  assertEquals(await stateOf(untitled.lease.id), "unsaved");
  await journal.append(numbersChunk(2));
  assertEquals(await stateOf(NOTEBOOK), "unsaved");
  const hash = await journal.prepareBaseline({ bytes: bytesOf("two"), heads: headsOf([1, 2]) });
  await journal.commitBaseline(hash, { clean: true });
  assertEquals(await stateOf(NOTEBOOK), "clean");
  await journal.compact(numbersChunk(1, 2));
  assertEquals(await stateOf(NOTEBOOK), "clean");
  await journal.append(numbersChunk(3));
  await journal.compact(numbersChunk(1, 2, 3));
  assertEquals(await stateOf(NOTEBOOK), "unsaved");
  await journal.setBaseline({ bytes: bytesOf("3"), heads: headsOf([1, 2, 3]) }, { clean: false });
  assertEquals(await stateOf(NOTEBOOK), "unsaved");
  const [entry] = await state.store.list();
  assertEquals(entry?.created, state.clock.now());
  await refusal(() => journal.commitBaseline("0".repeat(64), { clean: true }), "invalid_argument");
});

Deno.test("prune() removes the longest unchanged clean journals that nobody uses", async () => {
  const state = new JournalState();
  const ids = ["/a.ipynb", "/b.ipynb", "/c.ipynb", "/d.ipynb", "/e.ipynb"];
  for (const id of ids) {
    const { journal, lease } = await state.begin(id, "file", 1);
    if (id === "/b.ipynb") await journal.append(numbersChunk(2));
    if (id === "/c.ipynb") continue;
    await close(journal, lease);
  }
  state.disk.put(`/state/journals/${"0".repeat(64)}/snapshot-1`, "half made");
  const total = await state.store.totalBytes();
  assertEquals(await state.store.prune(total), []);
  const [one] = await state.store.prune(total - 1);
  assertEquals(one?.id, "/a.ipynb");
  assertEquals(await state.numbers("/a.ipynb"), null);
  const removed = await state.store.prune(0);
  assertEquals(removed.map(({ id, state }) => id ?? state), ["/d.ipynb", "/e.ipynb", "unfinished"]);
  assertEquals((await state.store.list()).map(({ id }) => id), ["/b.ipynb", "/c.ipynb"]);
});

Deno.test("export() gives one file, also of a journal in use", async () => {
  const state = new JournalState();
  await refusal(() => state.store.export(NOTEBOOK), "not_found");
  const { journal } = await state.begin(NOTEBOOK, null, 1);
  await journal.append(numbersChunk(2));
  assertEquals(
    await state.store.export(NOTEBOOK),
    new Uint8Array([...numbersChunk(1), ...numbersChunk(2)]),
  );
  let compacting: Promise<void> | undefined;
  state.disk.fail = ({ op, path }) => {
    if (op === "readFile" && path.endsWith("snapshot-1")) {
      compacting ??= journal.compact(numbersChunk(1, 2));
    }
    return undefined;
  };
  assertEquals(numbersIn(await state.store.export(NOTEBOOK)), [1, 2]);
  await compacting;
});

Deno.test("drop() removes a journal, but not one in use", async () => {
  const state = new JournalState();
  const { journal, lease } = await state.begin(NOTEBOOK, "file", 1);
  await refusal(() => state.store.drop(NOTEBOOK), "path_in_use");
  await journal.append(numbersChunk(2));
  await close(journal, lease);
  assertEquals(await state.store.drop(NOTEBOOK), true);
  assertEquals(await state.store.drop(NOTEBOOK), false);
  assertEquals(state.disk.paths(), []);
});

Deno.test("move() makes a journal that of another notebook while chunks come in", async () => {
  const state = new JournalState();
  const old = await state.begin("/work/b.ipynb", "b", 8, 9);
  await close(old.journal, old.lease);
  const { journal, lease } = await state.begin(NOTEBOOK, null, 1);
  const appended = [journal.append(numbersChunk(2))];
  const target = await state.leases.take("/work/b.ipynb");
  const moving = state.store.move(journal, target);
  appended.push(journal.append(numbersChunk(3)));
  await Promise.all([...appended, moving]);
  await journal.append(numbersChunk(4));
  assertEquals([journal.id, journal.path.endsWith(target.name)], ["/work/b.ipynb", true]);
  await journal.compact(numbersChunk(1, 2, 3, 4));
  await close(journal);
  await close(lease, target);
  assertEquals(await state.numbers(NOTEBOOK), null);
  assertEquals(await state.numbers("/work/b.ipynb"), [1, 2, 3, 4]);
  assertEquals((await state.store.list()).map(({ state }) => state).sort(), ["aside", "unsaved"]);
});

Deno.test("open() and create() say what failed, and work once the disk does", async () => {
  const cases: [name: string, code: ErrorCode, text: string][] = [
    ["ENOSPC", "storage_failed", "disk is full"],
    ["EROFS", "permission_denied", "read-only"],
    ["EACCES", "permission_denied", "refuses access"],
  ];
  for (const [name, code, text] of cases) {
    const state = new JournalState();
    const lease = await state.leases.take(NOTEBOOK);
    const first = { snapshot: numbersChunk(1), baseline: null };
    state.disk.fail = ({ op }) => op === "write" ? name : undefined;
    const error = await refusal(() => state.store.create(lease, first), code);
    assertStringIncludes(error.message, text);
    state.disk.fail = () => undefined;
    assertEquals((await state.store.open(lease)).kind, "none");
    const journal = await state.store.create(lease, first);
    await close(journal);
    state.disk.fail = ({ op }) => op === "readFile" ? name : undefined;
    await refusal(() => state.store.open(lease), code);
    state.disk.fail = () => undefined;
    const opened = await state.store.open(lease);
    assert(opened.kind === "found");
    await close(opened.journal);
  }
});

Deno.test("JournalStore works on the machine's disk", async () => {
  await using folder = await TempFolder.make();
  const leases = new Leases(folder.join("leases"), { pid: Deno.pid });
  const store = new JournalStore(folder.join("journals"), {
    leases,
    clock: systemClock,
    logger: silentLogger,
  });
  await using lease = await leases.take(NOTEBOOK);
  const first = { snapshot: fakeChunk("<1>"), baseline: { bytes: bytesOf("f"), heads: ["h"] } };
  const journal = await store.create(lease, first);
  await journal.append(numbersChunk(2));
  await journal.compact(numbersChunk(1, 2));
  await journal.append(numbersChunk(3));
  const hash = await journal.prepareBaseline({ bytes: bytesOf("g"), heads: ["i"] });
  await journal.commitBaseline(hash, { clean: true });
  await close(journal);
  const names = await Array.fromAsync(Deno.readDir(journal.path), ({ name }) => name);
  assertEquals(names.sort(), [`baseline-${hash}`, "log-2", "meta.json", "snapshot-2"]);
  for (const name of names) {
    assertEquals(((await Deno.lstat(`${journal.path}/${name}`)).mode ?? 0) & 0o777, 0o600);
  }
  const opened = await store.open(lease);
  assert(opened.kind === "found");
  await using _journal = opened.journal;
  assertEquals(numbersIn(opened.content.snapshot, opened.content.log), [1, 2, 3]);
  assertEquals((await store.list())[0]?.state, "clean");
});
