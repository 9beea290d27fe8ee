import { assertEquals, assertRejects } from "@std/assert";
import { NotebookdError } from "../errors.ts";
import { TempFolder } from "../../tests/helpers/temp_folder.ts";
import { NotebookFolder, readNotebookFile } from "./notebook_file.ts";
import { PathPolicy } from "./paths.ts";
import { readRegularFile } from "./regular_file.ts";

async function codeOf(work: Promise<unknown>): Promise<string> {
  return (await assertRejects(() => work, NotebookdError)).code;
}

Deno.test("readNotebookFile() gives the bytes and which file they are of", async () => {
  await using folder = await TempFolder.make();
  const path = folder.join("a.ipynb");
  const bytes = crypto.getRandomValues(new Uint8Array(50_000));
  await Deno.writeFile(path, bytes, { mode: 0o640 });
  const info = await Deno.stat(path);
  const { dev, ino, uid, gid } = info;
  assertEquals(await readNotebookFile(path), {
    bytes,
    mode: 0o640,
    dev,
    ino: ino ?? -1,
    uid: uid ?? -1,
    gid: gid ?? -1,
  });
});

Deno.test("readNotebookFile() reads an empty file", async () => {
  await using folder = await TempFolder.make();
  await Deno.writeFile(folder.join("a.ipynb"), new Uint8Array());
  assertEquals((await readNotebookFile(folder.join("a.ipynb"))).bytes, new Uint8Array());
});

Deno.test("readNotebookFile() takes a file of the bound and refuses one byte more", async () => {
  await using folder = await TempFolder.make();
  const path = folder.join("a.ipynb");
  await Deno.writeFile(path, new Uint8Array(1000));
  assertEquals((await readNotebookFile(path, { maxBytes: 1000 })).bytes.length, 1000);
  assertEquals(await codeOf(readNotebookFile(path, { maxBytes: 999 })), "too_large");
});

Deno.test("readNotebookFile() refuses a named pipe without waiting for a writer", async () => {
  await using folder = await TempFolder.make();
  const path = folder.join("a.ipynb");
  await new Deno.Command("mkfifo", { args: [path] }).output();
  assertEquals(await codeOf(readNotebookFile(path)), "not_a_file");
});

Deno.test("readNotebookFile() refuses a folder, a socket and what is missing", async () => {
  await using folder = await TempFolder.make();
  await Deno.mkdir(folder.join("folder.ipynb"));
  const path = folder.join("socket.ipynb");
  using _listener = Deno.listen({ transport: "unix", path });
  assertEquals(await codeOf(readNotebookFile(folder.join("folder.ipynb"))), "not_a_file");
  assertEquals(await codeOf(readNotebookFile(path)), "not_a_file");
  assertEquals(await codeOf(readNotebookFile(folder.join("missing.ipynb"))), "not_found");
});

Deno.test("readNotebookFile() refuses a path that became a link since it was checked", async () => {
  await using folder = await TempFolder.make();
  await Deno.mkdir(folder.join("root"));
  await Deno.mkdir(folder.join("outside"));
  await Deno.writeTextFile(folder.join("outside/a.ipynb"), "{}");
  await Deno.symlink(folder.join("outside/a.ipynb"), folder.join("root/a.ipynb"));
  await Deno.symlink(folder.join("outside"), folder.join("root/sub"));
  assertEquals(await codeOf(readNotebookFile(folder.join("root/a.ipynb"))), "outside_roots");
  assertEquals(await codeOf(readNotebookFile(folder.join("root/sub/a.ipynb"))), "outside_roots");
});

Deno.test("readNotebookFile() refuses a file that was replaced since it was opened", async () => {
  await using folder = await TempFolder.make();
  const path = folder.join("a.ipynb");
  await Deno.writeTextFile(path, "{}");
  const info = await Deno.stat(path);
  await Deno.writeTextFile(folder.join("b.ipynb"), "[]");
  const error = await assertRejects(
    () =>
      readRegularFile(path, "Cannot read", {
        maxBytes: 100,
        check: async ({ ino }) => {
          assertEquals(ino, info.ino);
          await Deno.rename(folder.join("b.ipynb"), path);
          await readNotebookFile(path).then(({ ino: other }) => {
            if (other !== ino) throw new NotebookdError("outside_roots", "Replaced");
          });
        },
      }),
    NotebookdError,
  );
  assertEquals(error.code, "outside_roots");
});

Deno.test("readRegularFile() refuses a file that grows past the bound while it is read", async () => {
  await using folder = await TempFolder.make();
  const path = folder.join("a.ipynb");
  await Deno.writeFile(path, new Uint8Array(10));
  const grow = (bytes: number) => () => Deno.writeFile(path, new Uint8Array(bytes));
  assertEquals(
    await codeOf(readRegularFile(path, "Cannot read", { maxBytes: 100, check: grow(101) })),
    "too_large",
  );
  await Deno.writeFile(path, new Uint8Array(10));
  const file = await readRegularFile(path, "Cannot read", { maxBytes: 100, check: grow(100) });
  assertEquals(file.bytes.length, 100);
});

Deno.test("readRegularFile() closes the file when it refuses it", async () => {
  await using folder = await TempFolder.make();
  const path = folder.join("a.ipynb");
  await Deno.writeFile(path, new Uint8Array(10));
  for (let i = 0; i < 2000; i++) {
    await assertRejects(() => readRegularFile(path, "Cannot read", { maxBytes: 1 }));
  }
});

Deno.test("NotebookFolder reads what its policy resolved, and no more than its bound", async () => {
  await using folder = await TempFolder.make();
  await Deno.writeTextFile(folder.join("a.ipynb"), "{}");
  await Deno.symlink("a.ipynb", folder.join("b.ipynb"));
  const policy = new PathPolicy([folder.path]);
  const notebooks = new NotebookFolder(policy);
  const path = await notebooks.resolveNotebook(folder.join("b.ipynb"));
  assertEquals(new TextDecoder().decode(await notebooks.read(path)), "{}");
  assertEquals(await notebooks.resolveFolder(folder.path), folder.path);
  assertEquals(await notebooks.resolveForCreation(folder.join("c.ipynb")), folder.join("c.ipynb"));
  assertEquals(await codeOf(new NotebookFolder(policy, { maxBytes: 1 }).read(path)), "too_large");
});
