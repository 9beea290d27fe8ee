import { assert, assertEquals, assertNotEquals, assertRejects } from "@std/assert";
import { FaultyDisk } from "../../tests/helpers/faulty_disk.ts";
import { TempFolder } from "../../tests/helpers/temp_folder.ts";
import { denoFileSystem, type FileSystem, writeAll } from "./file_system.ts";
import { osErrorName } from "./os_error.ts";

interface Place extends AsyncDisposable {
  fs: FileSystem;
  at: (name: string) => string;
}

async function realPlace(): Promise<Place> {
  const folder = await TempFolder.make();
  return {
    fs: denoFileSystem,
    at: (name) => folder.join(name),
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
}

function fakePlace(): Promise<Place> {
  const disk = new FaultyDisk();
  disk.put("/place");
  return Promise.resolve({
    fs: disk,
    at: (name) => `/place/${name}`,
    [Symbol.asyncDispose]: () => Promise.resolve(),
  });
}

const bytesOf = (text: string) => new TextEncoder().encode(text);

async function write(fs: FileSystem, path: string, text: string): Promise<void> {
  using file = await fs.open(path, "new");
  await writeAll(file, bytesOf(text));
}

async function read(fs: FileSystem, path: string): Promise<string> {
  return new TextDecoder().decode(await fs.readFile(path));
}

async function assertFails(run: () => Promise<unknown>, code: string): Promise<void> {
  const error = await assertRejects(run, Error);
  assertEquals(osErrorName(error), code);
}

// The real file system and the one that tests break must agree, or those tests prove nothing.
for (const [name, place] of [["denoFileSystem", realPlace], ["FaultyDisk", fakePlace]] as const) {
  Deno.test(`${name} open() makes, appends to and updates files`, async () => {
    await using where = await place();
    const { fs, at } = where;
    await write(fs, at("a"), "one");
    await assertFails(() => fs.open(at("a"), "new"), "EEXIST");
    for (const text of ["+", "-"]) {
      using file = await fs.open(at("a"), "append");
      await writeAll(file, bytesOf(text));
    }
    assertEquals(await read(fs, at("a")), "one+-");
    using update = await fs.open(at("a"), "update");
    await writeAll(update, bytesOf("ON"));
    assertEquals(await read(fs, at("a")), "ONe+-");
    using made = await fs.open(at("b"), "append", 0o640);
    assertEquals((await made.status()).mode, 0o640);
    await assertFails(() => fs.open(at("c"), "existing"), "ENOENT");
    await assertFails(() => fs.open(at("c"), "read"), "ENOENT");
    await assertFails(() => fs.open(at("no/c"), "new"), "ENOENT");
  });

  Deno.test(`${name} truncate() cuts off, and what is appended follows the cut`, async () => {
    await using where = await place();
    const { fs, at } = where;
    using file = await fs.open(at("a"), "append");
    await writeAll(file, bytesOf("whole and torn"));
    await file.truncate(5);
    await writeAll(file, bytesOf("!"));
    await file.sync();
    assertEquals(await read(fs, at("a")), "whole!");
    assertEquals((await file.status()).size, 6);
  });

  Deno.test(`${name} rename() replaces a file, link() doesn't`, async () => {
    await using where = await place();
    const { fs, at } = where;
    await write(fs, at("a"), "a");
    await write(fs, at("b"), "b");
    await assertFails(() => fs.link(at("a"), at("b")), "EEXIST");
    await fs.rename(at("a"), at("b"));
    assertEquals(await read(fs, at("b")), "a");
    assertEquals(await fs.names(at("")), ["b"]);
    await fs.link(at("b"), at("c"));
    assertEquals((await fs.status(at("c"))).ino, (await fs.status(at("b"))).ino);
    await assertFails(() => fs.rename(at("gone"), at("b")), "ENOENT");
  });

  Deno.test(`${name} makes, renames and removes folders`, async () => {
    await using where = await place();
    const { fs, at } = where;
    await fs.makeFolder(at("f"));
    await assertFails(() => fs.makeFolder(at("f")), "EEXIST");
    assertEquals((await fs.status(at("f"))).kind, "folder");
    await write(fs, at("f/x"), "x");
    await assertFails(() => fs.remove(at("f")), "ENOTEMPTY");
    await fs.makeFolder(at("g"));
    await write(fs, at("g/y"), "y");
    await assertFails(() => fs.rename(at("f"), at("g")), "ENOTEMPTY");
    await fs.rename(at("f"), at("h"));
    assertEquals(await read(fs, at("h/x")), "x");
    await fs.remove(at("h/x"));
    await fs.remove(at("h"));
    await assertFails(() => fs.status(at("h")), "ENOENT");
    using folder = await fs.open(at(""), "read");
    await folder.sync();
  });

  Deno.test(`${name} tryLock() gives the lock to one handle until it is closed`, async () => {
    await using where = await place();
    const { fs, at } = where;
    const first = await fs.open(at("a"), "update");
    using second = await fs.open(at("a"), "existing");
    assert(await first.tryLock());
    assertEquals(await second.tryLock(), false);
    first[Symbol.dispose]();
    assert(await second.tryLock());
  });

  Deno.test(`${name} status() tells files apart and chmod() sets the mode`, async () => {
    await using where = await place();
    const { fs, at } = where;
    await write(fs, at("a"), "12345");
    await fs.chmod(at("a"), 0o604);
    const status = await fs.status(at("a"));
    assertEquals([status.kind, status.size, status.mode], ["file", 5, 0o604]);
    await fs.chown(at("a"), status.uid, status.gid);
    await write(fs, at("b"), "12345");
    assertNotEquals((await fs.status(at("b"))).ino, status.ino);
    assertEquals(await fs.realPath(at("a")), at("a"));
    await assertFails(() => fs.realPath(at("c")), "ENOENT");
  });
}
