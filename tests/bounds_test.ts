import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { fromJson, json, TYPE, utf8 } from "./helpers/bytes.ts";
import { TestDaemon } from "./helpers/daemon.ts";
import { together } from "./helpers/dispose.ts";
import { notebookText } from "./helpers/notebook_file.ts";
import { PoolClient } from "./helpers/pool_client.ts";
import { RawSocket } from "./helpers/raw_socket.ts";
import { refused, V2Client } from "./helpers/v2_client.ts";

async function notebooks(daemon: TestDaemon, count: number): Promise<string[]> {
  const text = notebookText({ cells: 1 });
  return await Promise.all(
    Array.from({ length: count }, (_, index) => daemon.home.write(`${index}.ipynb`, text)),
  );
}

Deno.test("a handshake of 64 KiB is read and a longer one isn't", async () => {
  await using daemon = await TestDaemon.start();
  const pad = (length: number) => {
    const start = '{"channel":"pool","padding":"';
    return utf8(`${start}${"x".repeat(length - start.length - 2)}"}`);
  };
  await using longest = await RawSocket.connect(daemon.socket);
  await longest.send(pad(65_536));
  await longest.send(json({ type: "ping" }));
  assertEquals(fromJson(await longest.nextFrame("the pong")), { type: "pong" });
  await using tooLong = await RawSocket.connect(daemon.socket);
  await tooLong.send(pad(65_537)).catch(() => {});
  const { frames } = await tooLong.untilEnd();
  assert(frames.length <= 1);
});

Deno.test("opening is refused when all rooms are in use, and works when one is free again", async () => {
  await using daemon = await TestDaemon.start({ limits: { rooms: 2 }, keepAlive: 0 });
  const [a = "", b = "", c = ""] = await notebooks(daemon, 3);
  const first = await V2Client.open(daemon.socket, a);
  await using _second = await V2Client.open(daemon.socket, b);
  const answer = await refused(daemon.socket, { channel: "open_notebook", path: c });
  assertEquals(answer.error_code, "limit_reached");
  await using _again = await V2Client.open(daemon.socket, b);
  await first.leave();
  await daemon.log.waitFor((line) => line.message === "Room closed", "the first room closed");
  await using third = await V2Client.open(daemon.socket, c);
  assertEquals(third.cells.length, 1);
});

Deno.test("joining is refused when a room has all the peers it may have", async () => {
  await using daemon = await TestDaemon.start({ limits: { peersPerRoom: 3 } });
  const [path = "", other = ""] = await notebooks(daemon, 2);
  const clients = await Promise.all([1, 2, 3].map(() => V2Client.open(daemon.socket, path)));
  await using _clients = together(clients);
  const answer = await refused(daemon.socket, { channel: "notebook_sync", notebook_id: path });
  assertEquals(answer.error_code, "limit_reached");
  await using _elsewhere = await V2Client.open(daemon.socket, other);
  await clients[0]?.leave();
  await using pool = await PoolClient.connect(daemon.socket);
  await pool.until(
    async () => (await pool.rooms()).some((room) => room.active_peers === 2),
    "one peer has left",
  );
  await using again = await V2Client.open(daemon.socket, path);
  assertEquals(again.cells.length, 1);
});

Deno.test("a further connection is closed when all are in use", async () => {
  await using daemon = await TestDaemon.start({ limits: { connections: 4 } });
  const pools = await Promise.all([1, 2, 3, 4].map(() => PoolClient.connect(daemon.socket)));
  await using _pools = together(pools);
  for (const pool of pools) await pool.expect("pong", { type: "ping" });
  const mark = daemon.log.mark;
  await using socket = await RawSocket.connect(daemon.socket);
  await socket.send(json({ channel: "pool" })).catch(() => {});
  await socket.untilEnd("the end of a connection too many");
  await daemon.log.waitFor(
    (line) => line.level === "warn" && line.fields["code"] === "limit_reached",
    "the reason",
    mark,
  );
  await pools[0]?.expect("pong", { type: "ping" });
});

Deno.test("a client isn't read on when too many of its requests are in flight, and gets every answer", async () => {
  await using daemon = await TestDaemon.start({ limits: { inFlight: 2 } });
  const [path = ""] = await notebooks(daemon, 1);
  await using client = await V2Client.open(daemon.socket, path);
  for (let count = 0; count < 200; count++) {
    await client.socket.sendTyped(TYPE.request, json({ action: "get_trust", id: count }));
  }
  const ids = new Set<unknown>();
  while (ids.size < 200) {
    const frame = await client.step("200 responses");
    if (frame.type === "response") ids.add(frame.response.id);
  }
});

Deno.test("a notebook with too many cells is refused and nothing is left of it", async () => {
  await using daemon = await TestDaemon.start();
  const cells = '{"cell_type":"raw","metadata":{},"source":""},'.repeat(100_001).slice(0, -1);
  const text = `{"cells":[${cells}],"metadata":{},"nbformat":4,"nbformat_minor":4}`;
  const path = await daemon.home.write("many.ipynb", text);
  const answer = await refused(daemon.socket, { channel: "open_notebook", path });
  assertEquals(answer.error_code, "limit_reached");
  assertStringIncludes(answer.error, "cells");
  await using pool = await PoolClient.connect(daemon.socket);
  assertEquals(await pool.rooms(), []);
});

Deno.test("a notebook nested 900 levels deep opens when 1,000 are allowed", async () => {
  await using daemon = await TestDaemon.start();
  const nested = `${"[".repeat(900)}${"]".repeat(900)}`;
  const text = `{"cells":[],"metadata":{"deep":${nested}},"nbformat":4,"nbformat_minor":5}`;
  const path = await daemon.home.write("deep.ipynb", text);
  await using client = await V2Client.open(daemon.socket, path);
  assertEquals(client.answer.error, undefined);
});
