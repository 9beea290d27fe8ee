import { assert, assertEquals } from "@std/assert";
import { TestDaemon } from "./helpers/daemon.ts";
import { TestHome } from "./helpers/home.ts";
import { notebookText } from "./helpers/notebook_file.ts";
import { PoolClient } from "./helpers/pool_client.ts";
import { V2Client } from "./helpers/v2_client.ts";
import type { LogLine } from "./helpers/log_lines.ts";

const roomClosed = (line: LogLine) => line.message === "Room closed";

Deno.test("a room goes after the keep-alive time when its last peer has left", async () => {
  await using daemon = await TestDaemon.start({ keepAlive: 0.2 });
  const path = await daemon.home.write("a.ipynb", notebookText({ cells: 1 }));
  await using pool = await PoolClient.connect(daemon.socket);
  const first = await V2Client.open(daemon.socket, path);
  const second = await V2Client.open(daemon.socket, path);
  await first.leave();
  await pool.until(async () => (await pool.rooms())[0]?.active_peers === 1, "one peer is left");
  await second.leave();
  const line = await daemon.log.waitFor(roomClosed, "the room closed");
  assertEquals(line.fields["notebook"], path);
  assertEquals(await pool.rooms(), []);
});

Deno.test("a room stays when a peer comes back within the keep-alive time", async () => {
  await using daemon = await TestDaemon.start({ keepAlive: 3600 });
  await using pool = await PoolClient.connect(daemon.socket);
  const first = await V2Client.create(daemon.socket, { runtime: "python" });
  const id = first.answer.notebook_id ?? "";
  await first.edit((doc) => {
    doc.cells[0]?.outputs.splice(0, 0, doc.cells[0].id);
  });
  const heads = first.heads;
  await first.leave();
  await pool.until(async () => (await pool.rooms())[0]?.active_peers === 0, "nobody is left");
  await using again = await V2Client.join(daemon.socket, id);
  assertEquals(again.heads, heads, "It is another room");
  assertEquals(daemon.log.matching(roomClosed), []);
});

Deno.test("a room goes at once when the keep-alive time is zero", async () => {
  await using daemon = await TestDaemon.start({ keepAlive: 0 });
  const path = await daemon.home.write("a.ipynb", notebookText({ cells: 1 }));
  const client = await V2Client.open(daemon.socket, path);
  await client.leave();
  await daemon.log.waitFor(roomClosed, "the room closed");
});

Deno.test("a room's keep-alive time is the settings' when no option overrides it", async () => {
  await using home = await TestHome.make();
  await Deno.mkdir(home.config, { mode: 0o700 });
  await Deno.writeTextFile(`${home.config}/settings.json`, JSON.stringify({ keep_alive_secs: 0 }));
  await using daemon = await TestDaemon.start({ home });
  const path = await home.write("a.ipynb", notebookText({ cells: 1 }));
  await (await V2Client.open(daemon.socket, path)).leave();
  await daemon.log.waitFor(roomClosed, "the room closed");
});

Deno.test("a reopened notebook has its old heads when its room went and the file stayed", async () => {
  await using daemon = await TestDaemon.start({ keepAlive: 0 });
  const path = await daemon.home.write("a.ipynb", notebookText({ cells: 4 }));
  const first = await V2Client.open(daemon.socket, path);
  const heads = first.heads;
  const base = await first.leave();
  await daemon.log.waitFor(roomClosed, "the room closed");
  await using again = await V2Client.open(daemon.socket, path, base);
  assertEquals(again.heads, heads);
  assertEquals(again.cells.length, 4, "Cells doubled");
  assert(daemon.log.matching((line) => line.message === "Room opened").length === 2);
});
