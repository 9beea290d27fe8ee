import { assertEquals, assertRejects } from "@std/assert";
import { NotebookdError } from "../errors.ts";
import { TempFolder } from "../../tests/helpers/temp_folder.ts";
import { createFileAtomic, removeFile, writeFileAtomic } from "./atomic_file.ts";

const bytesOf = (text: string) => new TextEncoder().encode(text);

async function namesIn(path: string): Promise<string[]> {
  const names: string[] = [];
  for await (const { name } of Deno.readDir(path)) names.push(name);
  return names.sort();
}

async function modeOf(path: string): Promise<number> {
  return ((await Deno.lstat(path)).mode ?? 0) & 0o7777;
}

Deno.test("writeFileAtomic() makes and replaces a file and leaves nothing beside it", async () => {
  await using folder = await TempFolder.make();
  const path = folder.join("file");
  await writeFileAtomic(path, bytesOf("one"));
  assertEquals(await modeOf(path), 0o600);
  await writeFileAtomic(path, bytesOf("two"), { mode: 0o644 });
  assertEquals(await Deno.readTextFile(path), "two");
  assertEquals(await modeOf(path), 0o644);
  assertEquals(await namesIn(folder.path), ["file"]);
});

Deno.test("writeFileAtomic() gives the mode under any umask", async () => {
  await using folder = await TempFolder.make();
  for (const umask of [0, 0o077, 0o277]) {
    const before = Deno.umask(umask);
    try {
      await writeFileAtomic(folder.join("private"), bytesOf("x"));
      await writeFileAtomic(folder.join("shared"), bytesOf("x"), { mode: 0o664 });
    } finally {
      Deno.umask(before);
    }
    assertEquals(await modeOf(folder.join("private")), 0o600);
    assertEquals(await modeOf(folder.join("shared")), 0o664);
  }
});

Deno.test("writeFileAtomic() takes the longest name that a file can have", async () => {
  await using folder = await TempFolder.make();
  const path = folder.join("n".repeat(255));
  await writeFileAtomic(path, bytesOf("x"));
  assertEquals(await Deno.readTextFile(path), "x");
});

Deno.test("writeFileAtomic() leaves the old file and nothing else when it fails", async () => {
  await using folder = await TempFolder.make();
  await Deno.mkdir(folder.join("taken/inside"), { recursive: true });
  const error = await assertRejects(
    () => writeFileAtomic(folder.join("taken"), bytesOf("x")),
    NotebookdError,
  );
  assertEquals(error.code, "not_a_file");
  assertEquals(await namesIn(folder.path), ["taken"]);
  const missing = await assertRejects(
    () => writeFileAtomic(folder.join("no/file"), bytesOf("x")),
    NotebookdError,
  );
  assertEquals(missing.code, "not_found");
});

Deno.test("writeFileAtomic() shows readers the old content or the new, never a part", async () => {
  await using folder = await TempFolder.make();
  const path = folder.join("file");
  const sizes = [100_000, 200_000];
  await writeFileAtomic(path, new Uint8Array(100_000));
  const writing = (async () => {
    for (let i = 0; i < 20; i++) {
      await writeFileAtomic(path, new Uint8Array(sizes[i % 2] ?? 0));
    }
  })();
  for (let i = 0; i < 40; i++) {
    assertEquals(sizes.includes((await Deno.readFile(path)).length), true);
  }
  await writing;
});

Deno.test("createFileAtomic() lets exactly one of many make the file", async () => {
  await using folder = await TempFolder.make();
  const path = folder.join("file");
  const made = await Promise.all(
    Array.from({ length: 20 }, (_, i) => createFileAtomic(path, bytesOf(`${i}`))),
  );
  assertEquals(made.filter((won) => won).length, 1);
  assertEquals(await Deno.readTextFile(path), `${made.indexOf(true)}`);
  assertEquals(await namesIn(folder.path), ["file"]);
});

Deno.test("removeFile() takes a missing file for removed", async () => {
  await using folder = await TempFolder.make();
  await writeFileAtomic(folder.join("file"), bytesOf("x"));
  await removeFile(folder.join("file"));
  await removeFile(folder.join("file"));
  assertEquals(await namesIn(folder.path), []);
});
