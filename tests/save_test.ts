import { assert, assertEquals } from "@std/assert";
import { TestDaemon } from "./helpers/daemon.ts";
import { untilFile } from "./helpers/file_events.ts";
import { notebookText } from "./helpers/notebook_file.ts";
import { PoolClient } from "./helpers/pool_client.ts";
import { codeCell } from "./helpers/v2_document.ts";
import { V2Client } from "./helpers/v2_client.ts";

const SAVE = { action: "save_notebook", format_cells: false };

async function codeOf(client: V2Client, request: Record<string, unknown>) {
  const response = await client.request(request);
  assert(response.result === "error", JSON.stringify(response));
  return response.error_code;
}

function setSource(client: V2Client, index: number, source: string): Promise<void> {
  return client.edit((doc) => {
    const cell = doc.cells[index];
    if (cell !== undefined) cell.source = source;
  });
}

Deno.test("a notebook saves itself after an edit", async () => {
  await using daemon = await TestDaemon.start();
  const path = await daemon.home.write("a.ipynb", notebookText({ cells: 2 }));
  await using client = await V2Client.open(daemon.socket, path);
  await setSource(client, 1, "typed\n");
  await untilFile(path, (text) => text?.includes("typed") ?? false, "the autosave");
});

Deno.test("--autosave off keeps the file as it is until somebody saves", async () => {
  await using daemon = await TestDaemon.start({ args: ["--autosave", "off"], keepAlive: 0 });
  const text = notebookText({ cells: 2 });
  const path = await daemon.home.write("a.ipynb", text);
  const client = await V2Client.open(daemon.socket, path);
  await setSource(client, 1, "typed\n");
  await client.leave();
  await daemon.log.waitFor(({ message }) => message === "Room closed", "the end of the room");
  assertEquals(await Deno.readTextFile(path), text);
  await using back = await V2Client.open(daemon.socket, path);
  assertEquals(back.cells[1]?.source, "typed\n");
  await back.request(SAVE);
  assert((await Deno.readTextFile(path)).includes("typed"));
});

Deno.test("save_notebook through a symbolic link keeps the link and the mode of the file", async () => {
  await using daemon = await TestDaemon.start();
  const path = await daemon.home.write("real.ipynb", notebookText({ cells: 1 }));
  const link = daemon.home.path("link.ipynb");
  await Deno.symlink(path, link);
  await Deno.chmod(path, 0o640);
  await using client = await V2Client.open(daemon.socket, link);
  await setSource(client, 0, "typed\n");
  assertEquals(await client.request(SAVE), { result: "notebook_saved", path });
  assert((await Deno.lstat(link)).isSymlink);
  assertEquals(((await Deno.lstat(path)).mode ?? 0) & 0o777, 0o640);
  assert((await Deno.readTextFile(path)).includes("typed"));
});

Deno.test("save_notebook with a path moves the room, its windows and later opens there", async () => {
  await using daemon = await TestDaemon.start();
  const path = await daemon.home.write("a.ipynb", notebookText({ cells: 2 }));
  const target = daemon.home.path("moved.ipynb");
  await using client = await V2Client.open(daemon.socket, path);
  await setSource(client, 0, "one\n");
  const saved = await client.request({ ...SAVE, path: daemon.home.path("moved") });
  assertEquals(saved, { result: "notebook_saved", path: target });
  await using later = await V2Client.open(daemon.socket, target);
  await using byOldId = await V2Client.join(daemon.socket, path);
  await setSource(client, 1, "two\n");
  for (const window of [later, byOldId]) {
    await window.until((doc) => doc.cells[1]?.source === "two\n", "the edit in the same room");
  }
  assertEquals(await later.request(SAVE), { result: "notebook_saved", path: target });
  assert((await Deno.readTextFile(target)).includes("two"));
  assert(!(await Deno.readTextFile(path)).includes("two"));
  await using pool = await PoolClient.connect(daemon.socket);
  assertEquals((await pool.rooms()).map((room) => room.notebook_id), [target]);
});

Deno.test("save_notebook refuses a place that is another room's or another file's, and a relative one", async () => {
  await using daemon = await TestDaemon.start();
  const path = await daemon.home.write("a.ipynb", notebookText({ cells: 1 }));
  const open = await daemon.home.write("open.ipynb", notebookText({ cells: 2 }));
  const closed = await daemon.home.write("closed.ipynb", notebookText({ cells: 3 }));
  await using client = await V2Client.open(daemon.socket, path);
  await using _other = await V2Client.open(daemon.socket, open);
  assertEquals(await codeOf(client, { ...SAVE, path: open }), "path_in_use");
  assertEquals(await codeOf(client, { ...SAVE, path: closed }), "conflict");
  assertEquals(await codeOf(client, { ...SAVE, path: "relative.ipynb" }), "invalid_argument");
  assertEquals(await codeOf(client, { ...SAVE, path: "/etc/x.ipynb" }), "outside_roots");
  assertEquals(await codeOf(client, { action: "clone_notebook", path: closed }), "conflict");
  assertEquals(await Deno.readTextFile(closed), notebookText({ cells: 3 }));
  await setSource(client, 0, "typed\n");
  assertEquals(await client.request(SAVE), { result: "notebook_saved", path });
});

Deno.test("the first save of an untitled notebook needs a path, and a clone is its own", async () => {
  await using daemon = await TestDaemon.start();
  await using client = await V2Client.create(daemon.socket, { runtime: "deno" });
  assertEquals(await codeOf(client, SAVE), "invalid_argument");
  const path = daemon.home.path("first.ipynb");
  await client.edit((doc) => doc.cells.push(codeCell("typed", "1 + 1\n")));
  assertEquals(await client.request({ ...SAVE, path }), { result: "notebook_saved", path });
  const copy = daemon.home.path("copy.ipynb");
  assertEquals(await client.request({ action: "clone_notebook", path: copy }), {
    result: "notebook_cloned",
    path: copy,
  });
  const [one, other] = await Promise.all([path, copy].map(async (file) => {
    return JSON.parse(await Deno.readTextFile(file));
  }));
  assertEquals(other.cells.length, one.cells.length);
  assert(other.metadata.runt.env_id !== one.metadata.runt.env_id);
});

Deno.test("a save that can't be written is told, keeps the edit, and comes about by itself", async () => {
  await using daemon = await TestDaemon.start();
  await Deno.mkdir(daemon.home.path("folder"));
  const path = await daemon.home.write("folder/a.ipynb", notebookText({ cells: 1 }));
  await using client = await V2Client.open(daemon.socket, path);
  await setSource(client, 0, "typed\n");
  await Deno.rename(daemon.home.path("folder"), daemon.home.path("away"));
  assertEquals(await codeOf(client, SAVE), "storage_failed");
  const state = await client.request({ action: "get_save_state" });
  assert(state.result === "save_state");
  assertEquals([state.state, state.path], ["failed", path]);
  await Deno.rename(daemon.home.path("away"), daemon.home.path("folder"));
  await untilFile(path, (text) => text?.includes("typed") ?? false, "the save that is tried again");
});
