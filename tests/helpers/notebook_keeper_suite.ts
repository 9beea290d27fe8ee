/**
 * What every {@linkcode NotebookKeeper} must do, wherever it keeps things.
 *
 * @module
 */

import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { type ErrorCode, NotebookdError } from "../../src/errors.ts";
import type { JournaledNotebook, NotebookKeeper, OpenedStorage } from "../../src/rooms/ports.ts";
import { numbersChunk, numbersIn } from "./fake_chunks.ts";
import { headsOf } from "./journal_state.ts";
import { contentOf, rebaseOf } from "./store_on_disk.ts";

/** A keeper, and the folder with its notebooks as another program sees it. */
export interface KeeperEnvironment extends AsyncDisposable {
  readonly keeper: NotebookKeeper;
  /** The canonical path of the folder. */
  readonly folder: string;
  /** Gives the text of a file, or null where there is none. */
  read(path: string): Promise<string | null>;
  /** Writes a file. */
  write(path: string, text: string): Promise<void>;
  /** Removes a file. */
  remove(path: string): Promise<void>;
}

/** What one test gets: the environment, and the path of a notebook in it that isn't there yet. */
type Check = (environment: KeeperEnvironment, path: string) => Promise<void>;

const UUID = "0f8d3a5e-6d5a-4d35-9df8-3a1d6a0d6f11";
const SAVE = { recreate: false, clean: true };

/** Opens a notebook and begins its journal with the number 1 where it has none. */
async function edit({ keeper }: KeeperEnvironment, id: string): Promise<OpenedStorage> {
  const storage = await keeper.open(id, { mustExist: false });
  if (storage.journal === null) {
    await storage.begin({ snapshot: numbersChunk(1), heads: headsOf([1]) });
  }
  return storage;
}

/** What the next process finds in the journal. */
async function journalOf({ keeper }: KeeperEnvironment, id: string) {
  await using storage = await keeper.open(id, { mustExist: false });
  return storage.journal === null ? null : told(storage.journal);
}

function told({ snapshot, log, baseline, pending }: JournaledNotebook) {
  return {
    numbers: numbersIn(snapshot, log),
    baseline: baseline === null ? null : [textOf(baseline.bytes), ...baseline.heads],
    pending: pending.map(({ bytes }) => textOf(bytes)),
  };
}

function textOf(bytes: Uint8Array | undefined): string | null {
  return bytes === undefined ? null : new TextDecoder().decode(bytes);
}

async function refusal(work: Promise<unknown>, code: ErrorCode): Promise<string> {
  const error = await assertRejects(() => work, NotebookdError);
  assertEquals(error.code, code, error.message);
  return error.message;
}

const OPENING: Readonly<Record<string, Check>> = {
  "open() reads the file, and finds no journal": async ({ keeper, write }, path) => {
    await write(path, "one");
    await using storage = await keeper.open(path, { mustExist: true });
    assertEquals([textOf(storage.file?.bytes), storage.journal], ["one", null]);
  },
  "open() refuses what isn't there, and leaves nothing": async ({ keeper }, path) => {
    for (const id of [path, UUID]) {
      await refusal(keeper.open(id, { mustExist: true }), "not_found");
      await using storage = await keeper.open(id, { mustExist: false });
      assertEquals([storage.file, storage.journal], [null, null]);
    }
  },
  "open() refuses a notebook that is served, until it isn't": async ({ keeper }, path) => {
    const first = await keeper.open(path, { mustExist: false });
    await refusal(keeper.open(path, { mustExist: false }), "path_in_use");
    await first[Symbol.asyncDispose]();
    await first[Symbol.asyncDispose]();
    await using _second = await keeper.open(path, { mustExist: false });
    await refusal(first.read(), "closed");
    await refusal(first.append(numbersChunk(9)), "closed");
  },
  "append() is found by the next open()": async (environment, path) => {
    await environment.write(path, "one");
    {
      await using storage = await edit(environment, path);
      await storage.append(numbersChunk(2));
      await storage.synced();
    }
    const expected = { numbers: [1, 2], baseline: ["one", "1"], pending: [] };
    assertEquals(await journalOf(environment, path), expected);
    await environment.remove(path);
    await using again = await environment.keeper.open(path, { mustExist: true });
    assertEquals(again.file, null);
  },
  "begin() and what is asked after it are done in this order": async (environment, path) => {
    {
      await using storage = await environment.keeper.open(path, { mustExist: false });
      const work = [storage.begin({ snapshot: numbersChunk(1), heads: headsOf([1]) })];
      for (const number of [2, 3]) {
        work.push(storage.append(numbersChunk(number)).then((grown) => assertEquals(grown, false)));
      }
      work.push(storage.compact(numbersChunk(1, 2, 3)), storage.synced());
      await Promise.all(work);
      await refusal(
        storage.begin({ snapshot: numbersChunk(1), heads: headsOf([1]) }),
        "internal",
      );
    }
    assertEquals((await journalOf(environment, path))?.numbers, [1, 2, 3]);
  },
  "refuse() lets a new journal begin": async (environment, path) => {
    await environment.write(path, "one");
    await (await edit(environment, path))[Symbol.asyncDispose]();
    {
      await using storage = await environment.keeper.open(path, { mustExist: true });
      const refused = storage.refuse("the library refuses it");
      const begun = storage.begin({ snapshot: numbersChunk(7), heads: headsOf([7]) });
      await Promise.all([refused, begun, storage.append(numbersChunk(8))]);
    }
    const expected = { numbers: [7, 8], baseline: ["one", "7"], pending: [] };
    assertEquals(await journalOf(environment, path), expected);
  },
  "keep() decides whether the journal stays": async (environment, path) => {
    for (const worth of [false, true]) {
      const storage = await edit(environment, path);
      storage.keep(!worth);
      storage.keep(worth);
      await storage[Symbol.asyncDispose]();
      assertEquals(await journalOf(environment, path) !== null, worth);
    }
  },
};

const SAVING: Readonly<Record<string, Check>> = {
  "save() writes the file and records it": async (environment, path) => {
    await environment.write(path, "one");
    {
      await using storage = await edit(environment, path);
      await storage.append(numbersChunk(2));
      const { hash, written } = await storage.save(contentOf("two", 1, 2), SAVE);
      assertEquals([await environment.read(path), written], ["two", true]);
      const again = await storage.save(contentOf("two", 1, 2), SAVE);
      assertEquals(again, { hash, written: false });
    }
    const expected = { numbers: [1, 2], baseline: ["two", "1,2"], pending: [] };
    assertEquals(await journalOf(environment, path), expected);
  },
  "save() makes the file of a notebook that has none": async (environment, path) => {
    await using storage = await edit(environment, path);
    await storage.save(contentOf("one", 1), SAVE);
    assertEquals(await environment.read(path), "one");
  },
  "save() replaces nothing that wasn't taken in": async (environment, path) => {
    await environment.write(path, "one");
    await using storage = await edit(environment, path);
    await environment.write(path, "theirs");
    await refusal(storage.save(contentOf("two", 1), SAVE), "conflict");
    assertEquals(textOf((await storage.read())?.bytes), "theirs");
    await refusal(storage.save(contentOf("two", 1), { ...SAVE, recreate: true }), "conflict");
    await storage.rebase(await rebaseOf("theirs", 1, 5));
    await storage.save(contentOf("merged", 1, 5), SAVE);
    assertEquals(await environment.read(path), "merged");
  },
  "save() takes the same content for its own": async (environment, path) => {
    await environment.write(path, "one");
    await using storage = await edit(environment, path);
    await environment.write(path, "two");
    assertEquals((await storage.save(contentOf("two", 1), SAVE)).written, false);
    await storage.save(contentOf("three", 1), SAVE);
  },
  "save() makes a deleted file again only if it may": async (environment, path) => {
    await environment.write(path, "one");
    await using storage = await edit(environment, path);
    await environment.remove(path);
    await refusal(storage.save(contentOf("two", 1), SAVE), "not_found");
    assertEquals(await storage.read(), null);
    await storage.save(contentOf("two", 1), { ...SAVE, recreate: true });
    assertEquals(await environment.read(path), "two");
  },
  "save() needs a path": async (environment) => {
    await using storage = await edit(environment, UUID);
    await refusal(storage.save(contentOf("one", 1), SAVE), "invalid_argument");
    assertEquals(await storage.read(), null);
  },
  "rebase() takes over only what was seen last": async (environment, path) => {
    await environment.write(path, "one");
    {
      await using storage = await edit(environment, path);
      await environment.write(path, "theirs");
      await refusal(storage.rebase(await rebaseOf("theirs", 1, 5)), "conflict");
      await storage.read();
      await environment.write(path, "newer");
      await Promise.all([
        storage.rebase(await rebaseOf("theirs", 1, 5)),
        storage.append(numbersChunk(6)),
      ]);
      await refusal(storage.save(contentOf("merged", 1, 5, 6), SAVE), "conflict");
    }
    const expected = { numbers: [1, 5, 6], baseline: ["theirs", "1,5"], pending: [] };
    assertEquals(await journalOf(environment, path), expected);
  },
  "rebase() takes over what open() read": async (environment, path) => {
    await environment.write(path, "one");
    await (await edit(environment, path))[Symbol.asyncDispose]();
    await environment.write(path, "theirs");
    await using storage = await edit(environment, path);
    await refusal(storage.save(contentOf("mine", 1), SAVE), "conflict");
    await storage.rebase(await rebaseOf("theirs", 1, 5));
    await storage.rebase({ ...await rebaseOf("theirs", 1, 5), heads: headsOf([1, 5, 5]) });
    await storage.save(contentOf("merged", 1, 5), SAVE);
  },
};

const PLACING: Readonly<Record<string, Check>> = {
  "move() takes journal and lease along": async (environment, path) => {
    const { keeper, folder, read } = environment;
    await environment.write(path, "one");
    const target = `${folder}/moved`;
    {
      await using storage = await edit(environment, path);
      const content = contentOf("two", 1);
      const moved = storage.move(target, content, { clean: true });
      await Promise.all([moved, storage.append(numbersChunk(2))]);
      assertEquals((await moved).path, `${target}.ipynb`);
      await refusal(keeper.open(`${target}.ipynb`, { mustExist: true }), "path_in_use");
      await (await keeper.open(path, { mustExist: true }))[Symbol.asyncDispose]();
      await storage.save(contentOf("three", 1, 2), SAVE);
    }
    assertEquals([await read(path), await read(`${target}.ipynb`)], ["one", "three"]);
    assertEquals(await journalOf(environment, path), null);
    const expected = { numbers: [1, 2], baseline: ["three", "1,2"], pending: [] };
    assertEquals(await journalOf(environment, `${target}.ipynb`), expected);
  },
  "move() of an untitled notebook leaves a note": async (environment, path) => {
    assertEquals(await environment.keeper.resolveAlias(UUID), null);
    {
      await using storage = await edit(environment, UUID);
      await storage.move(path, contentOf("one", 1), { clean: true });
    }
    assertEquals(await environment.keeper.resolveAlias(UUID), path);
    await (await edit(environment, UUID))[Symbol.asyncDispose]();
    // It is another notebook by now, with a journal of its own.
    assertEquals(await environment.keeper.resolveAlias(UUID), null);
  },
  "move() on from where an untitled notebook went takes the note along": async (
    environment,
    path,
  ) => {
    const further = `${environment.folder}/further.ipynb`;
    {
      await using storage = await edit(environment, UUID);
      await storage.move(path, contentOf("one", 1), { clean: true });
      await storage.move(further, contentOf("one", 1), { clean: true });
    }
    assertEquals(await environment.keeper.resolveAlias(UUID), further);
  },
  "move() to its own place is a save": async (environment, path) => {
    await environment.write(path, "one");
    await using storage = await edit(environment, path);
    await environment.remove(path);
    const moved = await storage.move(path, contentOf("two", 1), { clean: true });
    assertEquals([moved.path, await environment.read(path)], [path, "two"]);
    await environment.write(path, "theirs");
    await refusal(storage.move(path, contentOf("three", 1), { clean: true }), "conflict");
  },
  "move() and copy() refuse a place that is taken or no place": async (environment, path) => {
    const { folder, keeper, write } = environment;
    const [file, served] = [`${folder}/file.ipynb`, `${folder}/served.ipynb`];
    await write(path, "one");
    await write(file, "somebody's");
    await using storage = await edit(environment, path);
    await using _other = await keeper.open(served, { mustExist: false });
    const places: [string, ErrorCode][] = [
      [file, "conflict"],
      [served, "path_in_use"],
      ["relative", "invalid_argument"],
      ["", "invalid_argument"],
      [`${folder}/missing/a.ipynb`, "not_found"],
      ["/elsewhere/a.ipynb", "outside_roots"],
    ];
    for (const [target, code] of places) {
      await refusal(storage.move(target, contentOf("two", 1), { clean: true }), code);
      await refusal(storage.copy(target, contentOf("two", 1).bytes), code);
    }
    await refusal(storage.copy(path, contentOf("two", 1).bytes), "path_in_use");
    assertEquals([await environment.read(file), await environment.read(served)], [
      "somebody's",
      null,
    ]);
    // The old place is in force, and nothing holds the other ones.
    await storage.append(numbersChunk(2));
    await storage.save(contentOf("two", 1, 2), SAVE);
    assertEquals(await environment.read(path), "two");
    await (await keeper.open(file, { mustExist: true }))[Symbol.asyncDispose]();
  },
  "move() takes a file with the same content": async (environment, path) => {
    const target = `${environment.folder}/same.ipynb`;
    await environment.write(target, "one");
    await using storage = await edit(environment, path);
    const moved = await storage.move(target, contentOf("one", 1), { clean: true });
    assertEquals([moved.path, moved.written], [target, false]);
  },
  "copy() leaves the notebook where it is": async (environment, path) => {
    const { folder, keeper, read } = environment;
    await using storage = await edit(environment, path);
    assertEquals(await storage.copy(`${folder}/copy`, contentOf("copy", 1).bytes), {
      path: `${folder}/copy.ipynb`,
    });
    await storage.save(contentOf("one", 1), SAVE);
    assertEquals([await read(path), await read(`${folder}/copy.ipynb`)], ["one", "copy"]);
    await (await keeper.open(`${folder}/copy.ipynb`, { mustExist: true }))[Symbol.asyncDispose]();
  },
  "copy() doesn't bring an old journal of its place back": async (environment, path) => {
    const target = `${environment.folder}/copy.ipynb`;
    await (await edit(environment, target))[Symbol.asyncDispose]();
    await using storage = await edit(environment, path);
    await storage.copy(target, contentOf("copy", 1).bytes);
    assertEquals(await journalOf(environment, target), null);
  },
  "errors name the owner's process and quote no content": async (environment, path) => {
    await environment.write(path, "one");
    await using storage = await edit(environment, path);
    const inUse = await refusal(
      environment.keeper.open(path, { mustExist: true }),
      "path_in_use",
    );
    assertStringIncludes(inUse, "process ");
    await environment.write(path, "theirs");
    const conflict = await refusal(storage.save(contentOf("mine", 1), SAVE), "conflict");
    assert(!/theirs|mine/.test(conflict.replace(path, "")), conflict);
  },
};

/**
 * Makes the tests of a keeper.
 *
 * @param name Which keeper it is.
 * @param make Makes one that is empty.
 */
export function testNotebookKeeper(name: string, make: () => Promise<KeeperEnvironment>): void {
  for (const [what, check] of Object.entries({ ...OPENING, ...SAVING, ...PLACING })) {
    Deno.test(`${name}: ${what}`, async () => {
      await using environment = await make();
      await check(environment, `${environment.folder}/a.ipynb`);
    });
  }
}
