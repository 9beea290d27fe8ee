import * as A from "@automerge/automerge";
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { json, TYPE } from "./helpers/bytes.ts";
import { TestDaemon } from "./helpers/daemon.ts";
import { notebookText } from "./helpers/notebook_file.ts";
import { RawSocket } from "./helpers/raw_socket.ts";
import { V2Client } from "./helpers/v2_client.ts";
import { codeCell, type NotebookDocument, scalar } from "./helpers/v2_document.ts";
import { checkFrame } from "./helpers/v2_schema.ts";

async function smallNotebook(daemon: TestDaemon): Promise<string> {
  return await daemon.home.write("small.ipynb", notebookText({ cells: 3 }));
}

Deno.test("the daemon sends the first sync message before anything else", async () => {
  await using daemon = await TestDaemon.start();
  const path = await smallNotebook(daemon);
  await using socket = await RawSocket.connect(daemon.socket);
  await socket.send(json({ channel: "open_notebook", path }));
  const info = new TextDecoder().decode(await socket.nextFrame("the info"));
  const start = `{"protocol":"v2","notebook_id":${JSON.stringify(path)},"cell_count":3,` +
    `"needs_trust_approval":false`;
  assertEquals(info.slice(0, start.length), start);
  await socket.sendTyped(TYPE.request, json({ action: "get_trust" }));
  const first = await socket.nextFrame("the first sync message");
  assertEquals(first[0], TYPE.sync);
  const { heads } = A.decodeSyncMessage(first.subarray(1));
  assertEquals(heads.length, 1);
});

Deno.test("every sync message of a client is answered by one when it brings nothing new, too", async () => {
  await using daemon = await TestDaemon.start();
  await using client = await V2Client.open(daemon.socket, await smallNotebook(daemon));
  for (let round = 0; round < 5; round++) {
    const state = A.initSyncState();
    const [, message] = A.generateSyncMessage(client.doc, state);
    assert(message !== null);
    await client.socket.sendTyped(TYPE.sync, message);
    const frame = checkFrame(await client.socket.nextFrame("the answer"));
    assertEquals(frame.type, "sync");
  }
});

Deno.test("each edit of a client gets its answer when many follow one another", async () => {
  await using daemon = await TestDaemon.start();
  const path = await smallNotebook(daemon);
  await using typing = await V2Client.open(daemon.socket, path);
  await using watching = await V2Client.open(daemon.socket, path);
  for (let index = 0; index < 50; index++) {
    await typing.edit((doc) => A.splice(doc, ["cells", 0, "source"], 0, 0, "x"));
  }
  await watching.untilCovers(typing.heads);
  assertEquals(watching.cells, typing.cells);
  assert(typing.cells[0]?.source.startsWith("x".repeat(50)));
});

Deno.test("sync messages sent in one go are all answered when the daemon gets them together", async () => {
  await using daemon = await TestDaemon.start();
  await using client = await V2Client.open(daemon.socket, await smallNotebook(daemon));
  const [, message] = A.generateSyncMessage(client.doc, A.initSyncState());
  assert(message !== null);
  await Promise.all(
    Array.from({ length: 10 }, () => client.socket.sendTyped(TYPE.sync, message)),
  );
  for (let index = 0; index < 10; index++) {
    assertEquals(checkFrame(await client.socket.nextFrame(`answer ${index}`)).type, "sync");
  }
});

Deno.test("responses keep the order of their requests when none carries an id", async () => {
  await using daemon = await TestDaemon.start();
  await using client = await V2Client.open(daemon.socket, await smallNotebook(daemon));
  const actions = [
    "get_trust",
    "no_such_action",
    "get_trust",
    "get_kernel_info",
    "get_queue_state",
  ];
  for (const action of actions) await client.socket.sendTyped(TYPE.request, json({ action }));
  const results: string[] = [];
  while (results.length < actions.length) {
    const frame = await client.step("the responses");
    if (frame.type === "response") results.push(frame.response.result);
  }
  assertEquals(results, ["trust", "error", "trust", "kernel_info", "queue_state"]);
});

Deno.test("a response echoes the request's id when there is one", async () => {
  await using daemon = await TestDaemon.start();
  await using client = await V2Client.open(daemon.socket, await smallNotebook(daemon));
  for (const id of ["seven", 7]) {
    assertEquals((await client.request({ action: "get_trust", id })).id, id);
    assertEquals((await client.request({ action: "no_such_action", id })).id, id);
  }
  assertEquals((await client.request({ action: "get_trust" })).id, undefined);
});

Deno.test("an unreadable request gets an error response and the connection goes on", async (t) => {
  await using daemon = await TestDaemon.start();
  await using client = await V2Client.open(daemon.socket, await smallNotebook(daemon));
  const bodies: [body: Uint8Array, names: string][] = [
    [new TextEncoder().encode("{"), ""],
    [new Uint8Array(), ""],
    [Uint8Array.of(0xff, 0xfe, 0x00), ""],
    [json([]), ""],
    [json(null), ""],
    [json({}), "action"],
    [json({ action: 7 }), "action"],
    [json({ action: "fly" }), "fly"],
    [json({ action: "execute_cell" }), "cell_id"],
    [json({ action: "complete", code: "x", cursor_pos: "here" }), "cursor_pos"],
  ];
  for (const [body, names] of bodies) {
    await t.step(new TextDecoder().decode(body) || "nothing", async () => {
      await client.socket.sendTyped(TYPE.request, body);
      const frame = await client.step("the error response");
      assert(frame.type === "response" && frame.response.result === "error");
      assertStringIncludes(frame.response.error, names);
    });
  }
  assertEquals((await client.request({ action: "get_trust" })).result, "trust");
});

Deno.test("a response or a broadcast of a client is ignored with a warning", async () => {
  await using daemon = await TestDaemon.start();
  await using client = await V2Client.open(daemon.socket, await smallNotebook(daemon));
  const mark = daemon.log.mark;
  await client.socket.sendTyped(TYPE.response, json({ result: "ok" }));
  await client.socket.sendTyped(TYPE.broadcast, json({ event: "kernel_error", error: "boo" }));
  assertEquals((await client.request({ action: "get_trust" })).result, "trust");
  const isWarning = (line: { level: string; message: string }) =>
    line.level === "warn" && /ignored/i.test(line.message);
  await daemon.log.waitFor(isWarning, "a warning about the ignored frame", mark);
});

Deno.test("a frame of an unknown type ends that one connection with a logged reason", async () => {
  await using daemon = await TestDaemon.start();
  const path = await smallNotebook(daemon);
  await using other = await V2Client.open(daemon.socket, path);
  for (const type of [0x04, 0x7f, 0xff]) {
    await using client = await V2Client.open(daemon.socket, path);
    const mark = daemon.log.mark;
    await client.socket.sendTyped(type, json({}));
    await client.socket.untilEnd("the end after an unknown type");
    const line = await daemon.log.waitFor(
      (line) => line.fields["code"] === "bad_frame",
      "the reason",
      mark,
    );
    assertEquals(line.level, "warn");
  }
  await other.edit((doc) => doc.cells.push(codeCell("still", "here")));
});

Deno.test("edits of every kind reach the other clients when one makes them", async () => {
  await using daemon = await TestDaemon.start();
  const path = await smallNotebook(daemon);
  await using typing = await V2Client.open(daemon.socket, path);
  await using watching = await V2Client.open(daemon.socket, path);
  const edits: ((doc: NotebookDocument) => void)[] = [
    (doc) => doc.cells.splice(0, 0, codeCell("new", "print('hi') # \u{1f600}")),
    (doc) => A.splice(doc, ["cells", 1, "source"], 2, 3, "\u{1f468}\u200d\u{1f469}"),
    (doc) => doc.cells.splice(2, 1),
    (doc) => {
      const [cell] = doc.cells;
      if (cell !== undefined) cell.cell_type = scalar("markdown");
    },
    (doc) => {
      doc.metadata.notebook_metadata = scalar('{"runt":{"schema_version":"1","env_id":"e"}}');
    },
    (doc) => doc.cells.splice(0, doc.cells.length),
  ];
  for (const edit of edits) {
    await typing.edit(edit);
    await watching.untilCovers(typing.heads);
    assertEquals(watching.doc, typing.doc);
  }
  await using late = await V2Client.open(daemon.socket, path);
  assertEquals(late.cells, [], "Someone who deleted every cell got them back");
});

Deno.test("a v2 client has the whole notebook before its first silence when it has 1,000 cells", async () => {
  await using daemon = await TestDaemon.start();
  const path = await daemon.home.write(
    "big.ipynb",
    notebookText({ cells: 1000, sourceLength: 360 }),
  );
  const fooled: boolean[] = [];
  for (let attempt = 0; attempt < 5 && (fooled.at(-1) ?? true); attempt++) {
    await using client = await V2Client.open(daemon.socket, path);
    assertEquals(client.cells.length, 1000);
    fooled.push(client.fooledBySilence);
  }
  assertEquals(fooled.at(-1), false, "100 ms of silence came before the content, five times");
});
