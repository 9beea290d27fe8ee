import { assert, assertEquals } from "@std/assert";
import * as A from "@automerge/automerge";
import { json, TYPE } from "./helpers/bytes.ts";
import { TestDaemon } from "./helpers/daemon.ts";
import { notebookText } from "./helpers/notebook_file.ts";
import { V2Client } from "./helpers/v2_client.ts";
import { codeCell } from "./helpers/v2_document.ts";

/** Over all edits together more than what sockets buffer. */
const PASTE = "0123456789abcdef".repeat(512);

Deno.test("a peer that doesn't read costs no other peer anything, and catches up when it reads", async () => {
  await using daemon = await TestDaemon.start();
  const path = await daemon.home.write("a.ipynb", notebookText({ cells: 1 }));
  await using typing = await V2Client.open(daemon.socket, path);
  await using watching = await V2Client.open(daemon.socket, path);
  await using slow = await V2Client.open(daemon.socket, path);
  slow.socket.pause();
  const edits = 60;
  for (let index = 0; index < edits; index++) {
    await typing.edit((doc) => doc.cells.push(codeCell(`${index}`, PASTE)));
    await watching.untilCovers(typing.heads);
  }
  slow.socket.resume();
  let messages = 0;
  while (!A.hasHeads(slow.doc, typing.heads)) {
    if ((await slow.step("what the slow peer missed")).type === "sync") messages++;
  }
  assertEquals(slow.cells, typing.cells);
  assert(messages < edits / 2, `${messages} sync messages for ${edits} edits: they don't coalesce`);
});

Deno.test("a peer that never reads its responses is disconnected with a reason", async () => {
  await using daemon = await TestDaemon.start({ limits: { unsentBytes: 64 * 1024 } });
  const path = await daemon.home.write("a.ipynb", notebookText({ cells: 1 }));
  await using other = await V2Client.open(daemon.socket, path);
  await using greedy = await V2Client.open(daemon.socket, path);
  greedy.socket.pause();
  const mark = daemon.log.mark;
  const request = json({ action: "no_such_action".padEnd(2000, "x") });
  const asking = (async () => {
    for (let count = 0; count < 20_000; count++) {
      await greedy.socket.sendTyped(TYPE.request, request);
    }
  })().catch(() => "disconnected");
  const line = await daemon.log.waitFor(
    (line) => line.fields["code"] === "peer_too_slow",
    "the reason",
    mark,
  );
  assertEquals(line.level, "warn");
  assertEquals(await asking, "disconnected");
  assertEquals((await other.request({ action: "get_trust" })).result, "trust");
});

Deno.test("a peer that reads nothing from the start keeps nobody from joining", async () => {
  await using daemon = await TestDaemon.start();
  const text = notebookText({ cells: 200, sourceLength: 5000 });
  const path = await daemon.home.write("big.ipynb", text);
  const silent: Deno.UnixConn[] = [];
  try {
    for (let count = 0; count < 10; count++) {
      const conn = await Deno.connect({ transport: "unix", path: daemon.socket });
      silent.push(conn);
      const body = json({ channel: "open_notebook", path });
      const bytes = new Uint8Array(4 + body.length);
      new DataView(bytes.buffer).setUint32(0, body.length);
      bytes.set(body, 4);
      await conn.write(bytes);
    }
    await using client = await V2Client.open(daemon.socket, path);
    assertEquals(client.cells.length, 200);
  } finally {
    for (const conn of silent) conn.close();
  }
});
