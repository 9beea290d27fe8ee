import { assert, assertEquals } from "@std/assert";
import { join } from "@std/path";
import { TestDaemon } from "./helpers/daemon.ts";
import { TestHome } from "./helpers/home.ts";
import { notebookText } from "./helpers/notebook_file.ts";
import { codeCell } from "./helpers/v2_document.ts";
import { V2Client } from "./helpers/v2_client.ts";

const UUID = "0b2c9f0e-7d1c-4c86-9a6b-3f4e7ad0c101";

/** Every file in the state folder with its mode, that of its folder too. */
async function modes(folder: string): Promise<Record<string, number>> {
  const found: Record<string, number> = {};
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const path = join(folder, name);
    found[path] = ((await Deno.lstat(path)).mode ?? 0) & 0o777;
    if (isDirectory) Object.assign(found, await modes(path));
  }
  return found;
}

for (const signal of ["SIGTERM", "SIGKILL"] as const) {
  Deno.test(`a client goes on where it was after ${signal}`, async () => {
    await using home = await TestHome.make();
    const path = await home.write("a.ipynb", notebookText({ cells: 3 }));
    const daemon = await TestDaemon.start({ home });
    const client = await V2Client.open(daemon.socket, path);
    await client.edit((doc) => doc.cells.push(codeCell("typed", "before\n")));
    const heads = client.heads;
    const document = await client.leave();
    await daemon.end(signal);
    await using again = await TestDaemon.start({ home });
    await using back = await V2Client.open(again.socket, path, document);
    await using fresh = await V2Client.open(again.socket, path);
    assertEquals(back.heads, heads);
    assertEquals(fresh.cells, back.cells);
    assertEquals(fresh.cells.map(({ id }) => id), ["cell-0", "cell-1", "cell-2", "typed"]);
    await back.edit((doc) => doc.cells.push(codeCell("later", "after\n")));
    await fresh.until((doc) => doc.cells.length === 5, "the edit after the restart");
  });
}

Deno.test("create_notebook brings an untitled notebook back by its id", async () => {
  await using home = await TestHome.make();
  const wish = { runtime: "python", notebook_id: UUID };
  const daemon = await TestDaemon.start({ home });
  const client = await V2Client.create(daemon.socket, wish);
  await client.edit((doc) => doc.cells.push(codeCell("typed", "kept\n")));
  await client.leave();
  await daemon.end("SIGKILL");
  await using again = await TestDaemon.start({ home });
  await using back = await V2Client.create(again.socket, wish);
  assertEquals(back.answer.cell_count, 2);
  assertEquals(back.cells.map(({ source }) => source), ["", "kept\n"]);
});

Deno.test("an untitled notebook that was saved is found by its old id after a restart", async () => {
  await using home = await TestHome.make();
  const daemon = await TestDaemon.start({ home });
  const client = await V2Client.create(daemon.socket, { runtime: "python", notebook_id: UUID });
  await client.edit((doc) => doc.cells.push(codeCell("typed", "kept\n")));
  const path = home.path("named.ipynb");
  assertEquals(
    await client.request({ action: "save_notebook", format_cells: false, path }),
    { result: "notebook_saved", path },
  );
  const document = await client.leave();
  await daemon.end("SIGKILL");
  await using again = await TestDaemon.start({ home });
  await using back = await V2Client.join(again.socket, UUID, {}, document);
  await back.edit((doc) => doc.cells.push(codeCell("later", "after\n")));
  await using opened = await V2Client.open(again.socket, path);
  assertEquals(opened.cells, back.cells);
  assertEquals(opened.cells.length, 3);
});

Deno.test("a journal that can't be used is put aside, named in the log, and the file is loaded", async () => {
  await using home = await TestHome.make();
  const path = await home.write("a.ipynb", notebookText({ cells: 2 }));
  {
    await using daemon = await TestDaemon.start({ home });
    await using _client = await V2Client.open(daemon.socket, path);
  }
  const journals = join(home.state, "journals");
  for await (const { name } of Deno.readDir(journals)) {
    await Deno.writeTextFile(join(journals, name, "meta.json"), "{ damaged");
  }
  await using daemon = await TestDaemon.start({ home });
  await using client = await V2Client.open(daemon.socket, path);
  assertEquals(client.cells.length, 2);
  const aside = daemon.log.matching(({ message }) => message === "Journal was put aside");
  assertEquals(aside.length, 1);
  const names = [...Deno.readDirSync(journals)].map(({ name }) => name);
  assert(names.some((name) => name.includes(".corrupt-")));
});

Deno.test("opening a notebook writes nothing beside it, and only what is private to the state", async () => {
  await using home = await TestHome.make();
  const path = await home.write("a.ipynb", notebookText({ cells: 2 }));
  const before = await home.listing();
  await using daemon = await TestDaemon.start({ home });
  await using _opened = await V2Client.open(daemon.socket, path);
  await using _created = await V2Client.create(daemon.socket, { runtime: "deno" });
  assertEquals(await home.listing(), before);
  for (const [file, mode] of Object.entries(await modes(home.state))) {
    assertEquals(mode & 0o077, 0, file);
  }
});
