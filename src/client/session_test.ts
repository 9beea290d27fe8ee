import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { FakeDaemon, NOTEBOOK_ID } from "../../tests/helpers/fake_daemon.ts";
import { ManualClock } from "../../tests/helpers/manual_clock.ts";
import { readCells } from "../doc/snapshot.ts";
import { NotebookdError } from "../errors.ts";
import { FEATURE } from "../handshake/features.ts";
import { silentLogger } from "../log.ts";
import { FrameType } from "../wire/caps.ts";
import { jsonCodec, msgpackCodec } from "../wire/codec.ts";
import type { NotebookHandshake } from "./greeting.ts";
import { NotebookSession } from "./session.ts";
import type { SessionParts } from "./session_parts.ts";

const OPEN: NotebookHandshake = {
  channel: "open_notebook",
  path: NOTEBOOK_ID,
  features: [FEATURE],
};

function parts(fake: FakeDaemon, changed: Partial<SessionParts> = {}) {
  return {
    handshake: OPEN,
    socket: "/run/notebookd.sock",
    codec: jsonCodec,
    dial: fake.dial,
    clock: new ManualClock(1_000_000),
    random: () => 0.5,
    reconnect: true,
    logger: silentLogger,
    ...changed,
  };
}

async function rejection(promise: Promise<unknown>): Promise<NotebookdError> {
  return await assertRejects(() => promise, NotebookdError);
}

function sources(fake: FakeDaemon): string[] {
  return readCells(fake.document).map((cell) => cell.source);
}

Deno.test("NotebookSession.open() resolves with the whole notebook when the daemon announced it", async () => {
  using fake = await FakeDaemon.create();
  await using session = await NotebookSession.open(parts(fake));
  assertEquals(session.state, "synced");
  assertEquals(session.heads, fake.document.heads());
  assertEquals(session.cells.map(({ id, cellType, source }) => [id, cellType, source]), [
    ["a", "code", "1 + 1"],
    ["b", "markdown", "# b"],
  ]);
  assertEquals(session.info, {
    notebookId: NOTEBOOK_ID,
    cellCount: 2,
    needsTrustApproval: false,
    daemonVersion: "0.0.1",
    protocol: "v2",
  });
  assertEquals(fake.handshakes, [OPEN]);
});

Deno.test("NotebookSession.open() speaks MessagePack when it is told to", async () => {
  using fake = await FakeDaemon.create();
  await using session = await NotebookSession.open(parts(fake, { codec: msgpackCodec }));
  fake.respond = ({ id }) => ({ result: "interrupt_sent", id: id as number });
  assertEquals(await session.request({ action: "interrupt_execution" }), {
    result: "interrupt_sent",
  });
});

for (
  const [what, info, code] of [
    ["the daemon refuses", { error: "No such file", error_code: "not_found" }, "not_found"],
    ["the daemon speaks another protocol", { protocol: "v3" }, "unsupported_protocol"],
    ["a refusal has no code", { error: "Something" }, "internal"],
  ] as const
) {
  Deno.test(`NotebookSession.open() rejects with ${code} when ${what}`, async () => {
    using fake = await FakeDaemon.create();
    fake.info = info;
    assertEquals((await rejection(NotebookSession.open(parts(fake)))).code, code);
    assertEquals(fake.dials, 1);
  });
}

Deno.test("NotebookSession.open() rejects when no daemon runs, and doesn't try again", async () => {
  using fake = await FakeDaemon.create();
  fake.dialError = new NotebookdError("daemon_not_running", "Nobody there");
  assertEquals((await rejection(NotebookSession.open(parts(fake)))).code, "daemon_not_running");
  assertEquals(fake.dials, 1);
});

Deno.test("NotebookSession.open() rejects with the signal's reason when it aborts", async () => {
  using fake = await FakeDaemon.create();
  const reason = new Error("the window is gone");
  const opening = NotebookSession.open(parts(fake, { signal: AbortSignal.abort(reason) }));
  assertEquals(await opening.catch((error) => error), reason);
  assertEquals(fake.dials, 0);
  const abort = new AbortController();
  const second = NotebookSession.open(parts(fake, { signal: abort.signal }));
  abort.abort(reason);
  assertEquals(await second.catch((error) => error), reason);
});

Deno.test("NotebookSession edits reach the daemon when synced() resolves", async () => {
  using fake = await FakeDaemon.create();
  await using session = await NotebookSession.open(parts(fake));
  session.splice("a", 0, 1, "2");
  const id = session.insertCell({ source: "new", after: "a" });
  session.moveCell("b", 0);
  session.setCellMetadata(id, "tags", ["x"]);
  assertEquals(session.cell(id)?.metadata, { tags: ["x"] });
  await session.synced();
  assertEquals(sources(fake), ["# b", "2 + 1", "new"]);
  assertEquals(session.heads, fake.document.heads());
});

Deno.test("NotebookSession sends one message when many edits are made at once", async () => {
  using fake = await FakeDaemon.create();
  await using session = await NotebookSession.open(parts(fake));
  await session.synced();
  fake.received.length = 0;
  for (let count = 0; count < 500; count++) session.splice("a", 0, 0, "x");
  await session.synced();
  assertEquals(session.cell("a")?.source, `${"x".repeat(500)}1 + 1`);
  assertEquals(fake.document.heads(), session.heads);
  assert(fake.received.length <= 2, `${fake.received.length} messages for 500 edits`);
});

Deno.test("NotebookSession.synced() waits for the daemon's word when it is slow", async () => {
  using fake = await FakeDaemon.create();
  await using session = await NotebookSession.open(parts(fake));
  await session.synced();
  fake.deaf = true;
  session.setSource("a", "3");
  const abort = new AbortController();
  const waiting = session.synced({ signal: abort.signal });
  abort.abort(new Error("not yet"));
  await assertRejects(() => waiting, Error, "not yet");
  assertEquals(sources(fake)[0], "1 + 1");
  fake.deaf = false;
  session.setSource("b", "# c");
  await session.synced();
  assertEquals(sources(fake), ["3", "# c"]);
});

Deno.test("NotebookSession.request() goes out after the edits before it are confirmed", async () => {
  using fake = await FakeDaemon.create();
  await using session = await NotebookSession.open(parts(fake));
  await session.synced();
  const seen: string[] = [];
  fake.respond = ({ action, id, cell_id }) => {
    seen.push(`${action}: ${sources(fake)[0]}`);
    return { result: "cell_queued", cell_id: cell_id as string, id: id as number };
  };
  session.setSource("a", "print(1)");
  const response = await session.request({ action: "execute_cell", cell_id: "a" });
  assertEquals(response.cell_id, "a");
  assertEquals(seen, ["execute_cell: print(1)"]);
});

Deno.test("NotebookSession.request() rejects with the daemon's code when it refuses", async () => {
  using fake = await FakeDaemon.create();
  await using session = await NotebookSession.open(parts(fake));
  fake.respond = ({ id }) => ({
    result: "error",
    error: "No such cell",
    error_code: "bad_request",
    id: id as number,
  });
  const error = await rejection(session.request({ action: "execute_cell", cell_id: "z" }));
  assertEquals(error.code, "bad_request");
});

Deno.test("NotebookSession.broadcasts() gives what it knows when others come between", async () => {
  using fake = await FakeDaemon.create();
  await using session = await NotebookSession.open(parts(fake));
  const broadcasts = session.broadcasts();
  fake.send(FrameType.broadcast, { event: "of_a_later_version" });
  fake.send(FrameType.broadcast, { event: "kernel_status" });
  fake.send(FrameType.broadcast, { event: "execution_done", cell_id: "a" });
  assertEquals((await broadcasts.next()).value, { event: "execution_done", cell_id: "a" });
  assertEquals(session.state, "synced");
});

Deno.test("NotebookSession.changes() tells what changed and who did it", async () => {
  using fake = await FakeDaemon.create();
  await using session = await NotebookSession.open(parts(fake));
  const changes = session.changes();
  session.splice("a", 0, 1, "2");
  const here = (await changes.next()).value;
  assertEquals(here?.origin.local, true);
  assertEquals(here?.origin.actors.length, 1);
  assertEquals(here?.changes, [{
    type: "source_changed",
    cellId: "a",
    splices: [
      { index: 0, deleteCount: 0, insert: "2" },
      { index: 1, deleteCount: 1, insert: "" },
    ],
  }]);
  await session.synced();
  fake.editor.deleteCell("b");
  fake.spread();
  const there = (await changes.next()).value;
  assertEquals(there?.origin, { local: false, actors: [fake.document.actor] });
  assertEquals(there?.changes, [{ type: "cell_deleted", cellId: "b", index: 1 }]);
});

Deno.test("NotebookSession edits throw and leave nothing when they name no cell", async () => {
  using fake = await FakeDaemon.create();
  await using session = await NotebookSession.open(parts(fake));
  const before = session.heads;
  for (
    const edit of [
      () => session.splice("z", 0, 0, "x"),
      () => session.splice("a", 99, 0, "x"),
      () => session.insertCell({ after: "z" }),
      () => session.insertCell({ id: "a" }),
      () => session.moveCell("a", 7),
    ]
  ) {
    assertEquals(assertThrows(edit, NotebookdError).code, "invalid_argument");
  }
  assertEquals(session.heads, before);
  assertEquals(session.cell("z"), undefined);
});

Deno.test("NotebookSession.setMetadata() and setDependencies() put each key where it belongs", async () => {
  using fake = await FakeDaemon.create();
  await using session = await NotebookSession.open(parts(fake));
  session.setMetadata("title", "Notes");
  session.setMetadata("kernelspec", { name: "python3", display_name: "Python 3" });
  session.setDependencies("conda", ["numpy"], { channels: ["conda-forge"] });
  session.setDependencies("uv", ["pandas>=2"]);
  const expected = {
    title: "Notes",
    kernelspec: { name: "python3", display_name: "Python 3" },
    runt: {
      schema_version: "1",
      conda: { dependencies: ["numpy"], channels: ["conda-forge"] },
      uv: { dependencies: ["pandas>=2"] },
    },
  };
  assertEquals(session.metadata, expected);
  session.setMetadata("kernelspec", { name: "python3" });
  assertEquals(session.metadata, { ...expected, kernelspec: { name: "python3" } });
  session.setMetadata("kernelspec", undefined);
  assertEquals(Object.keys(session.metadata).sort(), ["runt", "title"]);
});

Deno.test("NotebookSession asks for the verdict on trust when it joined by id", async () => {
  using fake = await FakeDaemon.create();
  fake.respond = ({ id }) => ({
    result: "trust",
    status: "untrusted",
    uv_dependencies: [],
    conda_dependencies: [],
    conda_channels: [],
    id: id as number,
  });
  const handshake: NotebookHandshake = { channel: "notebook_sync", notebookId: "/work/l.ipynb" };
  await using session = await NotebookSession.open(parts(fake, { handshake }));
  assertEquals(session.info, {
    notebookId: NOTEBOOK_ID,
    cellCount: 2,
    needsTrustApproval: true,
    daemonVersion: null,
    protocol: "v2",
  });
});
