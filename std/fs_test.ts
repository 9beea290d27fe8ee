import { assert, assertFalse, assertRejects } from "./assert.ts";
import { ensureDir, exists } from "./fs.ts";

async function withFolder(test: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("ensureDir() makes a folder and its parents when they are missing", async () => {
  await withFolder(async (folder) => {
    await ensureDir(`${folder}/a/b`);
    await ensureDir(`${folder}/a/b`);
    assert((await Deno.stat(`${folder}/a/b`)).isDirectory);
    await Deno.symlink(`${folder}/a`, `${folder}/link`);
    await ensureDir(`${folder}/link`);
  });
});

Deno.test("ensureDir() rejects when something else is in the way", async () => {
  await withFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/file`, "");
    await assertRejects(() => ensureDir(`${folder}/file`), Deno.errors.AlreadyExists);
  });
});

Deno.test("exists() tells what is there when asked for a kind", async () => {
  await withFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/file`, "");
    assert(await exists(folder));
    assert(await exists(folder, { isDirectory: true }));
    assertFalse(await exists(folder, { isFile: true }));
    assert(await exists(`${folder}/file`, { isFile: true }));
    assertFalse(await exists(`${folder}/none`));
    await assertRejects(() => exists(folder, { isFile: true, isDirectory: true }), TypeError);
  });
});
