import * as A from "@automerge/automerge";
import { encode } from "@std/msgpack";
import { assert, assertEquals, assertMatch } from "@std/assert";
import { TYPE } from "./helpers/bytes.ts";
import { TestDaemon } from "./helpers/daemon.ts";
import { connectMsgpack, nextMsgpack, requestMsgpack } from "./helpers/msgpack_client.ts";
import { notebookText } from "./helpers/notebook_file.ts";
import { RawSocket } from "./helpers/raw_socket.ts";
import { V2Client } from "./helpers/v2_client.ts";

Deno.test("open_notebook answers in MessagePack when the handshake is", async () => {
  await using daemon = await TestDaemon.start();
  const path = await daemon.home.write("a.ipynb", notebookText({ cells: 2 }));
  await using socket = await connectMsgpack(daemon.socket, { channel: "open_notebook", path });
  const info = await nextMsgpack(socket, "the info") as Record<string, unknown>;
  assertEquals(Object.keys(info).slice(0, 4), [
    "protocol",
    "notebook_id",
    "cell_count",
    "needs_trust_approval",
  ]);
  assertEquals([info["protocol"], info["notebook_id"], info["cell_count"]], ["v2", path, 2]);
  const first = await socket.nextFrame("the first sync message");
  assertEquals(first[0], TYPE.sync);
  assertEquals(A.decodeSyncMessage(first.subarray(1)).heads.length, 1);
  assertEquals(await requestMsgpack(socket, { action: "get_trust", id: 5 }), {
    result: "trust",
    status: "no_dependencies",
    uv_dependencies: [],
    conda_dependencies: [],
    conda_channels: [],
    id: 5,
  });
});

Deno.test("create_notebook and notebook_sync share a room with a JSON client", async () => {
  await using daemon = await TestDaemon.start();
  await using creating = await connectMsgpack(daemon.socket, {
    channel: "create_notebook",
    runtime: "deno",
  });
  const info = await nextMsgpack(creating, "the info") as { notebook_id: string };
  await using client = await V2Client.join(daemon.socket, info.notebook_id);
  assertEquals(client.cells.length, 1);
  await using joining = await connectMsgpack(daemon.socket, {
    channel: "notebook_sync",
    notebook_id: info.notebook_id,
  });
  assertEquals(await nextMsgpack(joining, "the capabilities"), { protocol: "v2" });
});

Deno.test("a handshake in MessagePack is refused in MessagePack", async () => {
  await using daemon = await TestDaemon.start();
  const handshakes: [handshake: Record<string, unknown>, code: string][] = [
    [{ channel: "teleport" }, "bad_handshake"],
    [{ channel: "open_notebook" }, "bad_handshake"],
    [{ channel: "open_notebook", path: daemon.home.path("gone.ipynb") }, "not_found"],
    [{ channel: "create_notebook", runtime: "ruby" }, "unsupported_runtime"],
  ];
  for (const [handshake, code] of handshakes) {
    await using socket = await connectMsgpack(daemon.socket, handshake);
    const answer = await nextMsgpack(socket) as Record<string, unknown>;
    assertEquals(answer["error_code"], code);
    assertEquals((await socket.untilEnd()).end, "clean");
  }
});

Deno.test("an unreadable MessagePack request gets an error response and the connection goes on", async () => {
  await using daemon = await TestDaemon.start();
  const path = await daemon.home.write("a.ipynb", notebookText({ cells: 1 }));
  await using socket = await connectMsgpack(daemon.socket, { channel: "open_notebook", path });
  await nextMsgpack(socket, "the info");
  for (const bad of [{ action: "fly" }, { action: 3 }, { action: "execute_cell" }]) {
    const response = await requestMsgpack(socket, bad) as Record<string, unknown>;
    assertEquals(response["result"], "error");
    assertMatch(String(response["error"]), /./);
  }
  const trust = await requestMsgpack(socket, { action: "get_trust" }) as { result: string };
  assertEquals(trust.result, "trust");
});

Deno.test("a handshake may have any form of map when it is MessagePack", async () => {
  await using daemon = await TestDaemon.start();
  const fixmap = encode({ channel: "pool" });
  assertEquals(fixmap[0], 0x81);
  const map16 = Uint8Array.of(0xde, 0, 1, ...fixmap.subarray(1));
  const map32 = Uint8Array.of(0xdf, 0, 0, 0, 1, ...fixmap.subarray(1));
  for (const bytes of [fixmap, map16, map32]) {
    await using socket = await RawSocket.connect(daemon.socket);
    await socket.send(bytes);
    await socket.send(encode({ type: "ping" }));
    assert((await nextMsgpack(socket) as { type: string }).type === "pong");
  }
});
