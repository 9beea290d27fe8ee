import { assert, assertEquals } from "@std/assert";
import { join } from "@std/path";
import { TestDaemon } from "./helpers/daemon.ts";
import { untilFile } from "./helpers/file_events.ts";
import { TestHome } from "./helpers/home.ts";
import { notebookText } from "./helpers/notebook_file.ts";
import { refused, V2Client } from "./helpers/v2_client.ts";

const SAVE = { action: "save_notebook", format_cells: false };

/** A second daemon with a socket of its own in the same home. */
async function second(home: TestHome, args: readonly string[] = []) {
  const socket = join(home.base, "second", "n.sock");
  const daemon = await TestDaemon.start({ home, args: ["--socket", socket, ...args] });
  return { daemon, socket };
}

Deno.test("a second daemon is refused a notebook with the first one's pid, until that dies", async () => {
  await using home = await TestHome.make();
  const path = await home.write("a.ipynb", notebookText({ cells: 1 }));
  const other = await home.write("b.ipynb", notebookText({ cells: 1 }));
  const first = await TestDaemon.start({ home });
  const client = await V2Client.open(first.socket, path);
  const { daemon, socket } = await second(home);
  await using _daemon = daemon;
  const answer = await refused(socket, { channel: "open_notebook", path });
  assert(answer.error.includes(`process ${first.pid}`), answer.error);
  {
    await using _other = await V2Client.open(socket, other);
  }
  await client.leave();
  await first.end("SIGKILL");
  await using taken = await V2Client.open(socket, path);
  assertEquals(taken.cells.length, 1);
});

Deno.test("two daemons with states of their own merge what the other saves", async () => {
  await using home = await TestHome.make();
  const path = await home.write("a.ipynb", notebookText({ cells: 2 }));
  await using first = await TestDaemon.start({ home });
  const { daemon, socket } = await second(home, ["--state", join(home.base, "other-state")]);
  await using _daemon = daemon;
  await using here = await V2Client.open(first.socket, path);
  await using there = await V2Client.open(socket, path);
  await here.edit((doc) => {
    if (doc.cells[0] !== undefined) doc.cells[0].source = "here\n";
  });
  await there.edit((doc) => {
    if (doc.cells[1] !== undefined) doc.cells[1].source = "there\n";
  });
  await here.request(SAVE);
  await there.until((doc) => doc.cells[0]?.source === "here\n", "the first daemon's save");
  await there.request(SAVE);
  await here.until((doc) => doc.cells[1]?.source === "there\n", "the second daemon's save");
  const text = await untilFile(path, (now) => now?.includes("there") ?? false, "both in the file");
  assert(text?.includes("here"));
});
