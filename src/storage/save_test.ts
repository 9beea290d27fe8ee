import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import type { ErrorCode } from "../errors.ts";
import { NotebookdError } from "../errors.ts";
import { crashEverywhere } from "../../tests/helpers/crash_everywhere.ts";
import { FaultyDisk, osError } from "../../tests/helpers/faulty_disk.ts";
import { diskReader } from "../../tests/helpers/disk_files.ts";
import { TempFolder } from "../../tests/helpers/temp_folder.ts";
import { contentHash } from "./content_hash.ts";
import { readNotebookFile as read } from "./notebook_file.ts";
import { saveNotebookFile, type SaveOptions, type SaveRequest } from "./save.ts";

const PATH = "/work/a.ipynb";
const bytesOf = (text: string) => new TextEncoder().encode(text);
const hashOf = (text: string) => contentHash(bytesOf(text));

function diskWith(content?: string, status?: { mode?: number; uid?: number; gid?: number }) {
  const disk = new FaultyDisk();
  disk.put("/work");
  if (content !== undefined) disk.put(PATH, content, status);
  return disk;
}

function save(
  disk: FaultyDisk,
  text: string,
  replaces: SaveRequest["replaces"],
  options: Partial<SaveOptions> & { mode?: number } = {},
) {
  const { mode, ...rest } = options;
  const request = {
    path: PATH,
    bytes: bytesOf(text),
    replaces,
    ...(mode === undefined ? {} : { mode }),
  };
  return saveNotebookFile(request, { fileSystem: disk, read: diskReader(disk), ...rest });
}

async function refusal(run: () => Promise<unknown>, code: ErrorCode): Promise<NotebookdError> {
  const error = await assertRejects(run, NotebookdError);
  assertEquals(error.code, code, error.message);
  return error;
}

Deno.test("saveNotebookFile() replaces what it knows and nothing else", async () => {
  const disk = diskWith("old");
  const saved = await save(disk, "new", [await hashOf("old")]);
  assertEquals(saved, { hash: await hashOf("new"), written: true, ownerKept: true });
  assertEquals(disk.text(PATH), "new");
  const error = await refusal(() => save(disk, "mine", [saved.hash + "0", null]), "conflict");
  assertStringIncludes(error.message, "another program changed it");
  await refusal(() => save(disk, "mine", [null]), "conflict");
  assertEquals(disk.text(PATH), "new");
  assertEquals(disk.paths(), [PATH]);
});

Deno.test("saveNotebookFile() makes a new file, with the mode it is told or the usual one", async () => {
  for (const [mode, expected] of [[undefined, 0o666], [0o640, 0o640]] as const) {
    const disk = diskWith();
    await save(disk, "new", [null], mode === undefined ? {} : { mode });
    assertEquals(disk.text(PATH), "new");
    assertEquals((await disk.status(PATH)).mode, expected);
    assertEquals(disk.paths(), [PATH]);
  }
});

Deno.test("saveNotebookFile() makes a new file where there are no hard links", async () => {
  for (const code of ["EPERM", "ENOTSUP"]) {
    const disk = diskWith();
    disk.fail = ({ op }) => op === "link" ? code : undefined;
    await save(disk, "new", [null]);
    assertEquals(disk.paths(), [PATH]);
    assertEquals(disk.text(PATH), "new");
  }
});

Deno.test("saveNotebookFile() doesn't replace what comes in at the last moment", async () => {
  for (const before of [undefined, "old"]) {
    const disk = diskWith(before);
    const announce = () => Promise.resolve(disk.put(PATH, "theirs"));
    const replaces = [before === undefined ? null : await hashOf(before)];
    await refusal(() => save(disk, "mine", replaces, { announce }), "conflict");
    assertEquals(disk.text(PATH), "theirs");
    assertEquals(disk.paths(), [PATH]);
  }
  const disk = diskWith();
  disk.fail = ({ op }) => {
    if (op === "link") disk.put(PATH, "theirs");
    return undefined;
  };
  await refusal(() => save(disk, "mine", [null]), "conflict");
  assertEquals(disk.text(PATH), "theirs");
});

Deno.test("saveNotebookFile() tells a deleted notebook from a folder that is gone", async () => {
  const disk = diskWith();
  const old = await hashOf("old");
  await refusal(() => save(disk, "new", [old]), "not_found");
  await save(disk, "new", [await hashOf("old"), null]);
  assertEquals(disk.text(PATH), "new");
  const empty = new FaultyDisk();
  for (const replaces of [[null], [await hashOf("old")]]) {
    const error = await refusal(() => save(empty, "new", replaces), "storage_failed");
    assertStringIncludes(error.message, "its folder is gone");
  }
});

Deno.test("saveNotebookFile() writes nothing when the file has the content", async () => {
  const disk = diskWith("same");
  disk.put("/work/other");
  const before = await disk.status(PATH);
  const announced: string[] = [];
  const announce = (hash: string) => Promise.resolve(void announced.push(hash));
  const saved = await save(disk, "same", [await hashOf("same")], { announce });
  assertEquals(saved, { hash: await hashOf("same"), written: false, ownerKept: true });
  assertEquals(await disk.status(PATH), before);
  assertEquals(announced, [saved.hash]);
});

Deno.test("saveNotebookFile() keeps mode and owner", async () => {
  const disk = diskWith("old", { mode: 0o2664, uid: 5, gid: 6 });
  const saved = await save(disk, "new", [await hashOf("old")]);
  const { mode, uid, gid } = await disk.status(PATH);
  assertEquals([mode, uid, gid, saved.ownerKept], [0o2664, 5, 6, true]);
});

Deno.test("saveNotebookFile() opens a file to nobody when its owner can't be kept", async () => {
  const cases = [[0o660, 0o600], [0o664, 0o644], [0o2666, 0o666], [0o606, 0o606], [0o640, 0o600]];
  for (const [before = 0, after = 0] of cases) {
    const disk = diskWith("old", { mode: before, uid: 5, gid: 6 });
    disk.fail = ({ op }) => op === "chown" ? "EPERM" : undefined;
    const saved = await save(disk, "new", [await hashOf("old")]);
    const { mode, uid, gid } = await disk.status(PATH);
    assertEquals([mode, uid, gid], [after, 1000, 1000], before.toString(8));
    assertEquals(saved.ownerKept, false);
  }
});

Deno.test("saveNotebookFile() removes what crashes left, and nothing that is in use", async () => {
  const disk = diskWith("old");
  disk.put("/work/.notebookd-1.tmp", "left");
  disk.put("/work/.notebookd-2.tmp", "being written");
  disk.put("/work/.notebookd-note.txt", "a person's");
  disk.put("/work/.notebookd-3.tmp/inside", "a folder");
  using writing = await disk.open("/work/.notebookd-2.tmp", "existing");
  await writing.tryLock();
  await save(disk, "new", [await hashOf("old")]);
  assertEquals(disk.paths(), [
    "/work/.notebookd-2.tmp",
    "/work/.notebookd-3.tmp/inside",
    "/work/.notebookd-note.txt",
    PATH,
  ]);
});

Deno.test("saveNotebookFile() says what failed and leaves the old file alone", async () => {
  const cases: [op: string, error: string, code: ErrorCode, text: string][] = [
    ["write", "ENOSPC", "storage_failed", "the disk is full"],
    ["write", "EDQUOT", "storage_failed", "quota"],
    ["sync", "EIO", "storage_failed", "input/output error"],
    ["open", "EACCES", "permission_denied", "may not be written to"],
    ["open", "EROFS", "permission_denied", "read-only"],
    ["rename", "EPERM", "permission_denied", "may not be written to"],
    ["rename", "ENOENT", "storage_failed", "its folder is gone"],
    ["readFile", "EACCES", "permission_denied", "check its mode"],
  ];
  for (const [failing, name, code, text] of cases) {
    const disk = diskWith("old");
    disk.maxWrite = 2;
    disk.fail = ({ op }) => op === failing ? name : undefined;
    const error = await refusal(async () => await save(disk, "new", [await hashOf("old")]), code);
    assertStringIncludes(error.message, text);
    disk.fail = () => undefined;
    assertEquals(disk.text(PATH), "old");
    assertEquals(disk.paths(), [PATH]);
    await save(disk, "new", [await hashOf("old")]);
    assertEquals(disk.text(PATH), "new");
  }
});

Deno.test("saveNotebookFile() stops when announcing fails", async () => {
  const disk = diskWith("old");
  const announce = () => Promise.reject(osError("ENOSPC"));
  const replaces = [await hashOf("old")];
  await refusal(() => save(disk, "new", replaces, { announce }), "storage_failed");
  assertEquals(disk.text(PATH), "old");
  assertEquals(disk.paths(), [PATH]);
});

Deno.test("saveNotebookFile() leaves the old file or the new after a crash at any step", async () => {
  for (const before of ["the old content", undefined]) {
    const replaces = [before === undefined ? null : await hashOf(before)];
    let done = false;
    const steps = await crashEverywhere({
      setup: (disk) => {
        done = false;
        disk.put("/work");
        if (before !== undefined) disk.put(PATH, before);
      },
      run: async (disk) => {
        disk.maxWrite = 5;
        await save(disk, "the new content", replaces);
        done = true;
      },
      check: async (disk) => {
        const text = disk.text(PATH);
        assert(text === "the new content" || text === (before ?? null), `${text}`);
        if (done) assertEquals(text, "the new content");
        const known = [...replaces, await hashOf("the new content")];
        await save(disk, "the next content", known);
        assertEquals(disk.text(PATH), "the next content");
        assertEquals(disk.paths(), [PATH]);
      },
    });
    assert(steps >= 8, `${steps} steps`);
  }
});

Deno.test("saveNotebookFile() saves on the machine's disk through the guarded reader", async () => {
  await using folder = await TempFolder.make();
  const path = folder.join("a.ipynb");
  const link = folder.join("link.ipynb");
  const first = await saveNotebookFile({ path, bytes: bytesOf("one"), replaces: [null] }, { read });
  await Deno.chmod(path, 0o640);
  await Deno.symlink(path, link);
  const canonical = await Deno.realPath(link);
  await saveNotebookFile({ path: canonical, bytes: bytesOf("two"), replaces: [first.hash] }, {
    read,
  });
  assertEquals((await Deno.lstat(link)).isSymlink, true);
  assertEquals(await Deno.readTextFile(link), "two");
  assertEquals(((await Deno.lstat(path)).mode ?? 0) & 0o7777, 0o640);
  const request = { path: link, bytes: bytesOf("three"), replaces: [await hashOf("two")] };
  await refusal(() => saveNotebookFile(request, { read }), "outside_roots");
  assertEquals(await Deno.readTextFile(path), "two");
});

Deno.test("saveNotebookFile() doesn't make a file through a folder that became a link", async () => {
  await using folder = await TempFolder.make();
  await Deno.mkdir(folder.join("elsewhere"));
  await Deno.symlink(folder.join("elsewhere"), folder.join("work"));
  const request = { path: folder.join("work/a.ipynb"), bytes: bytesOf("x"), replaces: [null] };
  await refusal(() => saveNotebookFile(request, { read }), "outside_roots");
  assertEquals(await Array.fromAsync(Deno.readDir(folder.join("elsewhere"))), []);
});
