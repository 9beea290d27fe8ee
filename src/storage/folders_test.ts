import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { NotebookdError } from "../errors.ts";
import { TempFolder } from "../../tests/helpers/temp_folder.ts";
import { ensurePrivateFolder } from "./folders.ts";

async function refusal(path: string, uid?: number): Promise<NotebookdError> {
  return await assertRejects(
    () => ensurePrivateFolder(path, uid === undefined ? {} : { uid }),
    NotebookdError,
  );
}

async function modeOf(path: string): Promise<string> {
  return ((await Deno.lstat(path)).mode ?? 0).toString(8).slice(-4);
}

Deno.test("ensurePrivateFolder() makes the folder and its parents private", async () => {
  await using folder = await TempFolder.make();
  await ensurePrivateFolder(folder.join("a/b/c"));
  for (const made of ["a", "a/b", "a/b/c"]) assertEquals(await modeOf(folder.join(made)), "0700");
  await ensurePrivateFolder(folder.join("a/b/c"));
});

Deno.test("ensurePrivateFolder() makes a private folder under any umask", async () => {
  await using folder = await TempFolder.make();
  for (const umask of [0, 0o022, 0o077, 0o277, 0o777]) {
    const before = Deno.umask(umask);
    try {
      await ensurePrivateFolder(folder.join(`umask-${umask}`));
    } finally {
      Deno.umask(before);
    }
    assertEquals(await modeOf(folder.join(`umask-${umask}`)), "0700");
  }
});

Deno.test("ensurePrivateFolder() refuses a folder that others may enter, and leaves it so", async () => {
  await using folder = await TempFolder.make();
  for (const mode of [0o755, 0o710, 0o701, 0o770, 0o500]) {
    const path = folder.join(`mode-${mode}`);
    await Deno.mkdir(path);
    await Deno.chmod(path, mode);
    const error = await refusal(path);
    assertEquals(error.code, "permission_denied");
    assertStringIncludes(error.message, `chmod 700 "${path}"`);
    assertEquals(await modeOf(path), mode.toString(8).padStart(4, "0"));
  }
});

Deno.test("ensurePrivateFolder() refuses a link to a private folder, and a file", async () => {
  await using folder = await TempFolder.make();
  await ensurePrivateFolder(folder.join("real"));
  await Deno.symlink("real", folder.join("link"));
  await Deno.symlink("missing", folder.join("dangling"));
  await Deno.writeTextFile(folder.join("file"), "");
  for (const name of ["link", "dangling", "file"]) {
    assertEquals((await refusal(folder.join(name))).code, "not_a_file", name);
  }
});

Deno.test("ensurePrivateFolder() refuses a folder of another user", async () => {
  await using folder = await TempFolder.make();
  await ensurePrivateFolder(folder.join("ours"));
  const other = (Deno.uid() ?? 0) + 1;
  const asked = await refusal(folder.join("ours"), other);
  assertEquals(asked.code, "permission_denied");
  assertStringIncludes(asked.message, `runs as user ${other}`);
  if (Deno.uid() !== 0) return;
  await Deno.chown(folder.join("ours"), 12345, 12345);
  assertStringIncludes((await refusal(folder.join("ours"))).message, "belongs to user 12345");
});

Deno.test("ensurePrivateFolder() lets several make it at the same moment", async () => {
  await using folder = await TempFolder.make();
  await Promise.all(Array.from({ length: 20 }, () => ensurePrivateFolder(folder.join("x/y"))));
  assertEquals(await modeOf(folder.join("x/y")), "0700");
});
