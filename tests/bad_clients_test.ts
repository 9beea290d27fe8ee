import { assert, assertEquals } from "@std/assert";
import { concat, frame, fromJson, json, lengthPrefix, TYPE, utf8 } from "./helpers/bytes.ts";
import { TestDaemon } from "./helpers/daemon.ts";
import type { LogLine } from "./helpers/log_lines.ts";
import { notebookText } from "./helpers/notebook_file.ts";
import { RawSocket } from "./helpers/raw_socket.ts";
import { V2Client } from "./helpers/v2_client.ts";
import { codeCell } from "./helpers/v2_document.ts";

/** A daemon, a notebook, and a client in its room that must notice nothing. */
async function withBystander(
  test: (daemon: TestDaemon, path: string) => Promise<void>,
): Promise<void> {
  await using daemon = await TestDaemon.start({ limits: { handshakeMs: 300 } });
  const path = await daemon.home.write("a.ipynb", notebookText({ cells: 2 }));
  await using bystander = await V2Client.open(daemon.socket, path);
  await bystander.edit((doc) => doc.cells.push(codeCell("before", "1")));
  await test(daemon, path);
  await bystander.edit((doc) => doc.cells.push(codeCell("after", "2")));
  await using late = await V2Client.open(daemon.socket, path);
  await bystander.untilCovers(late.heads);
  assertEquals(late.cells, bystander.cells);
}

/** The line that says why a connection was ended. */
function endedWith(code: string): (line: LogLine) => boolean {
  return (line) => line.level === "warn" && line.fields["code"] === code;
}

const HANDSHAKE = utf8('{"channel":"pool"}');

/** What a bad client writes before it says nothing more, and the code that must be logged. */
const SILENT: [what: string, bytes: Uint8Array, code: string][] = [
  ["nothing at all", new Uint8Array(), "timeout"],
  ["half a length", Uint8Array.of(0, 0), "timeout"],
  ["a length without its payload", lengthPrefix(20), "timeout"],
  ["half a handshake", frame(HANDSHAKE).subarray(0, 12), "timeout"],
  ["64 KiB announced, one byte sent", concat(lengthPrefix(65_536), utf8("{")), "timeout"],
];

Deno.test("a client that never finishes its handshake is sent away in time", async (t) => {
  await withBystander(async (daemon) => {
    for (const [what, bytes, code] of SILENT) {
      await t.step(what, async () => {
        const mark = daemon.log.mark;
        await using socket = await RawSocket.connect(daemon.socket);
        await socket.write(bytes);
        await socket.untilEnd("the end of a client that says nothing");
        await daemon.log.waitFor(endedWith(code), code, mark);
      });
    }
  });
});

/** What a bad client writes before it closes, and the code that must be logged. */
const TORN: [what: string, bytes: Uint8Array, code: string][] = [
  ["half a length", Uint8Array.of(0, 0, 0), "bad_frame"],
  ["half a payload", frame(HANDSHAKE).subarray(0, 10), "bad_frame"],
  ["half a frame after a handshake", concat(frame(HANDSHAKE), lengthPrefix(9)), "bad_frame"],
  ["65,537 bytes of handshake announced", lengthPrefix(65_537), "bad_frame"],
  ["4 GiB of handshake announced", lengthPrefix(0xffff_ffff), "bad_frame"],
  [
    "4 GiB of pool request announced",
    concat(frame(HANDSHAKE), lengthPrefix(0xffff_ffff)),
    "bad_frame",
  ],
  ["an HTTP request", utf8("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"), "bad_frame"],
];

Deno.test("a client that breaks off inside a frame ends with a logged reason", async (t) => {
  await withBystander(async (daemon) => {
    for (const [what, bytes, code] of TORN) {
      await t.step(what, async () => {
        const mark = daemon.log.mark;
        await using socket = await RawSocket.connect(daemon.socket);
        await socket.write(bytes);
        await socket.closeWrite();
        await socket.untilEnd("the end of a torn connection");
        await daemon.log.waitFor(endedWith(code), code, mark);
      });
    }
  });
});

Deno.test("a handshake is refused and the rest is read only up to a bound", async () => {
  await withBystander(async (daemon) => {
    await using socket = await RawSocket.connect(daemon.socket);
    await socket.send(utf8('{"channel":"teleport"}'));
    const flood = new Uint8Array(1024 * 1024);
    const flooding = (async () => {
      for (let round = 0; round < 64; round++) await socket.write(flood);
    })().catch(() => "The daemon stopped reading");
    const answer = fromJson(await socket.nextFrame("the refusal"));
    assertEquals((answer as Record<string, unknown>)["error_code"], "bad_handshake");
    assertEquals(await flooding, "The daemon stopped reading");
  });
});

/** Typed frames that end a notebook connection, and the code that must be logged. */
const BAD_FRAMES: [what: string, bytes: Uint8Array, code: string][] = [
  ["an empty frame", lengthPrefix(0), "bad_frame"],
  ["type 0x04", concat(lengthPrefix(1), Uint8Array.of(4)), "bad_frame"],
  [
    "type 0xff, 4 GiB announced",
    concat(lengthPrefix(0xffff_ffff), Uint8Array.of(0xff)),
    "bad_frame",
  ],
  ["a sync message of 101 MiB", concat(lengthPrefix(101 << 20), Uint8Array.of(0)), "bad_frame"],
  ["a request of 100 MiB", concat(lengthPrefix(100 << 20), Uint8Array.of(1)), "bad_frame"],
  ["an empty sync message", concat(lengthPrefix(1), Uint8Array.of(TYPE.sync)), "bad_sync_message"],
  ["a sync message of zeros", frame(new Uint8Array(64)), "bad_sync_message"],
  [
    "a sync message of ones",
    frame(concat(Uint8Array.of(0), new Uint8Array(999).fill(0xff))),
    "bad_sync_message",
  ],
  [
    "a sync message that starts well",
    frame(Uint8Array.of(0, 0x42, 0xff, 0xff, 0x7f)),
    "bad_sync_message",
  ],
];

Deno.test("a bad typed frame ends that one connection with a logged reason", async (t) => {
  await withBystander(async (daemon, path) => {
    for (const [what, bytes, code] of BAD_FRAMES) {
      await t.step(what, async () => {
        await using client = await V2Client.open(daemon.socket, path);
        const mark = daemon.log.mark;
        await client.socket.write(bytes);
        await client.socket.untilEnd("the end after a bad frame");
        await daemon.log.waitFor(endedWith(code), code, mark);
      });
    }
  });
});

Deno.test("a sync message with broken bits is survived wherever they are", async () => {
  await withBystander(async (daemon, path) => {
    const message = await oneEdit(daemon, path);
    for (let at = 0; at < message.length; at += 3) {
      const broken = message.slice();
      broken[at] = (broken[at] ?? 0) ^ 0x5a;
      await using socket = await RawSocket.connect(daemon.socket);
      await socket.send(json({ channel: "open_notebook", path }));
      await socket.nextFrame("the info");
      await socket.nextFrame("the first sync message");
      await socket.sendTyped(TYPE.sync, broken);
      const answer = await socket.next("an answer or an end");
      assert(answer === null || answer[0] === TYPE.sync);
    }
  });
});

/** The sync message that carries one edit, for breaking it. */
async function oneEdit(daemon: TestDaemon, path: string): Promise<Uint8Array> {
  await using client = await V2Client.open(daemon.socket, path);
  await client.edit((doc) => doc.cells.splice(0, 0, codeCell("broken", "x".repeat(50))));
  const message = client.lastSent;
  await client.edit((doc) => doc.cells.splice(0, 1));
  return message;
}

Deno.test("a client that vanishes at any moment is noticed by nobody", async () => {
  await withBystander(async (daemon, path) => {
    const hello = frame(json({ channel: "open_notebook", path }));
    for (let length = 0; length <= hello.length; length += 7) {
      const socket = await RawSocket.connect(daemon.socket);
      await socket.write(hello.subarray(0, length));
      await socket[Symbol.asyncDispose]();
    }
    await using client = await V2Client.open(daemon.socket, path);
    assert(client.cells.length >= 3);
  });
});
