import { assertEquals, assertStringIncludes } from "@std/assert";
import { fromJson, json, utf8 } from "./helpers/bytes.ts";
import { TestDaemon } from "./helpers/daemon.ts";
import { connectMsgpack, nextMsgpack } from "./helpers/msgpack_client.ts";
import { notebookText } from "./helpers/notebook_file.ts";
import { openChannel, PoolClient } from "./helpers/pool_client.ts";
import { CORPUS } from "./helpers/repository.ts";
import { V2Client } from "./helpers/v2_client.ts";
import { encode } from "@std/msgpack";

Deno.test("the pool channel answers every request that needs no room", async () => {
  await using daemon = await TestDaemon.start();
  await using pool = await PoolClient.connect(daemon.socket);
  const env = { env_type: "uv", venv_path: "/venv", python_path: "/venv/bin/python" };
  const cases: [request: unknown, answer: unknown][] = [
    [{ type: "ping" }, { type: "pong" }],
    [{ type: "status" }, {
      type: "stats",
      stats: { uv_available: 0, uv_warming: 0, conda_available: 0, conda_warming: 0 },
    }],
    [{ type: "list_rooms" }, { type: "rooms_list", rooms: [] }],
    [{ type: "take", env_type: "uv" }, { type: "empty" }],
    [{ type: "take", env_type: "conda" }, { type: "empty" }],
    [{ type: "return", env }, { type: "returned" }],
    [{ type: "flush_pool" }, { type: "flushed" }],
    [{ type: "shutdown_notebook", notebook_id: "none" }, {
      type: "notebook_shutdown",
      found: false,
    }],
  ];
  for (const [request, answer] of cases) {
    assertEquals<unknown>(await pool.ask(request), answer, JSON.stringify(request));
  }
});

Deno.test("the pool channel answers an error and goes on when a request can't be done", async () => {
  await using daemon = await TestDaemon.start();
  await using socket = await openChannel(daemon.socket, "pool");
  const bad: Uint8Array[] = [
    utf8("{"),
    utf8(""),
    json([]),
    json({ type: "dance" }),
    json({}),
    json({ type: "inspect_notebook" }),
    json({ type: "inspect_notebook", notebook_id: "no-such-room" }),
    json({ type: "inspect_notebook", notebook_id: "/etc/passwd" }),
    json({ type: "take", env_type: "npm" }),
  ];
  for (const payload of bad) {
    await socket.send(payload);
    const answer = fromJson(await socket.nextFrame("an error")) as Record<string, unknown>;
    assertEquals(answer["type"], "error");
    assertEquals(Object.keys(answer), ["type", "message"]);
  }
  await socket.send(json({ type: "ping" }));
  assertEquals(fromJson(await socket.nextFrame("the pong")), { type: "pong" });
});

Deno.test("list_rooms names each open notebook with its peers", async () => {
  await using daemon = await TestDaemon.start();
  const path = await daemon.home.write("a.ipynb", notebookText({ cells: 1 }));
  await using _first = await V2Client.open(daemon.socket, path);
  await using _second = await V2Client.open(daemon.socket, path);
  await using created = await V2Client.create(daemon.socket, { runtime: "deno" });
  await using pool = await PoolClient.connect(daemon.socket);
  const rooms = await pool.rooms();
  assertEquals(rooms.toSorted((a, b) => b.active_peers - a.active_peers), [
    { notebook_id: path, active_peers: 2, has_kernel: false },
    { notebook_id: created.answer.notebook_id ?? "", active_peers: 1, has_kernel: false },
  ]);
});

Deno.test("inspect_notebook shows a room's cells, and a file's where no room is", async () => {
  await using daemon = await TestDaemon.start();
  const name = "jupyter__nbclient__tests-files-update-display-id.ipynb";
  const path = daemon.home.path("real.ipynb");
  await Deno.copyFile(CORPUS + name, path);
  await Deno.symlink("real.ipynb", daemon.home.path("link.ipynb"));
  await using pool = await PoolClient.connect(daemon.socket);
  const request = { type: "inspect_notebook", notebook_id: path };
  const persisted = await pool.expect("notebook_state", request);
  assertEquals([persisted.source, persisted.kernel_info], ["persisted_file", null]);
  assertEquals(await pool.rooms(), [], "Inspecting made a room");
  await using client = await V2Client.open(daemon.socket, path);
  assertEquals(persisted.cells, client.cells);
  await client.edit((doc) => doc.cells.splice(0, 1));
  const live = await pool.expect("notebook_state", request);
  assertEquals(live.source, "live_room");
  assertEquals(live.cells, client.cells);
  const linked = await pool.expect("notebook_state", {
    type: "inspect_notebook",
    notebook_id: daemon.home.path("link.ipynb"),
  });
  assertEquals(linked.cells, client.cells);
  assertEquals(linked.notebook_id, path);
});

Deno.test("shutdown_notebook ends a room and its connections", async () => {
  await using daemon = await TestDaemon.start();
  const path = await daemon.home.write("a.ipynb", notebookText({ cells: 1 }));
  await using client = await V2Client.open(daemon.socket, path);
  await using pool = await PoolClient.connect(daemon.socket);
  const request = { type: "shutdown_notebook", notebook_id: path };
  assertEquals((await pool.expect("notebook_shutdown", request)).found, true);
  await client.socket.untilEnd("the end of the room's client");
  assertEquals(await pool.rooms(), []);
  assertEquals((await pool.expect("notebook_shutdown", request)).found, false);
  await using again = await V2Client.open(daemon.socket, path);
  assertEquals(again.cells.length, 1);
});

Deno.test("shutdown ends the daemon in order", async () => {
  await using daemon = await TestDaemon.start();
  const path = await daemon.home.write("a.ipynb", notebookText({ cells: 1 }));
  await using client = await V2Client.open(daemon.socket, path);
  await using pool = await PoolClient.connect(daemon.socket);
  await pool.expect("shutting_down", { type: "shutdown" });
  await client.socket.untilEnd("the end of a client");
  assertEquals(await daemon.ended(), { code: 0, signal: null });
});

Deno.test("the pool channel speaks MessagePack when its handshake does", async () => {
  await using daemon = await TestDaemon.start();
  await using socket = await connectMsgpack(daemon.socket, { channel: "pool" });
  await socket.send(encode({ type: "list_rooms" }));
  assertEquals(await nextMsgpack(socket), { type: "rooms_list", rooms: [] });
  await socket.send(Uint8Array.of(0xc1));
  const error = await nextMsgpack(socket) as { type: string; message: string };
  assertEquals(error.type, "error");
  await socket.send(encode({ type: "dance" }));
  assertStringIncludes((await nextMsgpack(socket) as { message: string }).message, "dance");
  await socket.send(encode({ type: "ping" }));
  assertEquals(await nextMsgpack(socket), { type: "pong" });
});

Deno.test("pool_state_subscribe pushes the state at once", async () => {
  await using daemon = await TestDaemon.start();
  await using socket = await openChannel(daemon.socket, "pool_state_subscribe");
  const state = new TextDecoder().decode(await socket.nextFrame("the pool state"));
  assertEquals(state, '{"event":"pool_state","uv_error":null,"conda_error":null}');
});
