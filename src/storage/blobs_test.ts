import { createHash } from "node:crypto";
import { assertEquals, assertExists, assertRejects } from "@std/assert";
import { NotebookdError } from "../errors.ts";
import { TempFolder } from "../../tests/helpers/temp_folder.ts";
import { BlobFolder } from "./blobs.ts";

const content = new TextEncoder().encode("content");
const contentHash = createHash("sha256").update(content).digest("hex");

async function codeOf(work: Promise<unknown>): Promise<string> {
  return (await assertRejects(() => work, NotebookdError)).code;
}

async function readAll(blobs: BlobFolder, hash: string): Promise<[Uint8Array, string, number]> {
  const blob = await blobs.open(hash);
  assertExists(blob);
  const bytes = new Uint8Array(await new Response(blob.file.readable).arrayBuffer());
  return [bytes, blob.mediaType, blob.size];
}

Deno.test("store() keeps bytes where clients of the protocol look for them", async () => {
  await using folder = await TempFolder.make();
  const blobs = new BlobFolder(folder.join("blobs"));
  assertEquals(await blobs.store(content, "text/plain"), contentHash);
  const path = folder.join("blobs", contentHash.slice(0, 2), contentHash.slice(2));
  assertEquals(await Deno.readFile(path), content);
  assertEquals(((await Deno.stat(path)).mode ?? 0) & 0o777, 0o600);
});

Deno.test("open() gives content and media type of what was stored, also of nothing", async () => {
  await using folder = await TempFolder.make();
  const blobs = new BlobFolder(folder.path);
  const empty = new Uint8Array();
  for (
    const [bytes, type] of [[content, "text/plain; charset=utf-8"], [empty, "image/png"]] as const
  ) {
    const hash = await blobs.store(bytes, type);
    assertEquals(await readAll(blobs, hash), [bytes, type, bytes.length]);
  }
});

Deno.test("store() keeps the first media type and writes the same bytes once", async () => {
  await using folder = await TempFolder.make();
  const blobs = new BlobFolder(folder.path);
  await blobs.store(content, "text/plain");
  const path = folder.join(contentHash.slice(0, 2), contentHash.slice(2));
  const { ino } = await Deno.stat(path);
  await blobs.store(content, "image/png");
  assertEquals((await Deno.stat(path)).ino, ino);
  assertEquals((await readAll(blobs, contentHash))[1], "text/plain");
});

Deno.test("store() replaces a blob that was cut off", async () => {
  await using folder = await TempFolder.make();
  const blobs = new BlobFolder(folder.path);
  await blobs.store(content, "text/plain");
  await Deno.truncate(folder.join(contentHash.slice(0, 2), contentHash.slice(2)), 3);
  await blobs.store(content, "text/plain");
  assertEquals((await readAll(blobs, contentHash))[0], content);
});

Deno.test("store() takes the same bytes many times at once", async () => {
  await using folder = await TempFolder.make();
  const blobs = new BlobFolder(folder.path);
  const hashes = await Promise.all(
    Array.from({ length: 10 }, () => blobs.store(content, "text/plain")),
  );
  assertEquals(new Set(hashes), new Set([contentHash]));
  assertEquals((await readAll(blobs, contentHash))[0], content);
});

Deno.test("store() refuses too many bytes and what isn't a media type", async () => {
  await using folder = await TempFolder.make();
  const blobs = new BlobFolder(folder.path, { maxBytes: 5 });
  assertEquals(await codeOf(blobs.store(new Uint8Array(6), "a/b")), "too_large");
  for (const type of ["", "text", "text/", "a/b\r\nx-evil: 1", "a/b;\n", `a/${"b".repeat(200)}`]) {
    assertEquals(await codeOf(blobs.store(new Uint8Array(5), type)), "invalid_argument");
  }
});

Deno.test("open() refuses what isn't a hash and gives null for what isn't there", async () => {
  await using folder = await TempFolder.make();
  const blobs = new BlobFolder(folder.path);
  assertEquals(await blobs.open("0".repeat(64)), null);
  for (const hash of ["", "../etc/passwd", "0".repeat(63), "A".repeat(64), `${"0".repeat(64)}\n`]) {
    assertEquals(await codeOf(blobs.open(hash)), "invalid_argument");
  }
});

Deno.test("open() gives a stream of bytes where the media type is lost", async () => {
  await using folder = await TempFolder.make();
  const blobs = new BlobFolder(folder.path);
  await blobs.store(content, "text/plain");
  const meta = folder.join(contentHash.slice(0, 2), `${contentHash.slice(2)}.meta`);
  for (const text of ["", "{", "[]", `{"media_type":7}`, `{"media_type":"x\\n/y"}`]) {
    await Deno.writeTextFile(meta, text);
    assertEquals((await readAll(blobs, contentHash))[1], "application/octet-stream");
  }
  await Deno.remove(meta);
  assertEquals((await readAll(blobs, contentHash))[1], "application/octet-stream");
});
