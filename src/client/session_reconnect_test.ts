import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { FakeDaemon, NOTEBOOK_ID } from "../../tests/helpers/fake_daemon.ts";
import { ManualClock } from "../../tests/helpers/manual_clock.ts";
import { readCells } from "../doc/snapshot.ts";
import { NotebookdError } from "../errors.ts";
import { silentLogger } from "../log.ts";
import { jsonCodec } from "../wire/codec.ts";
import { rejoining } from "./greeting.ts";
import { NotebookSession } from "./session.ts";
import type { SessionParts, SessionState } from "./session_parts.ts";

const ASKED = "/work/link.ipynb";
const LONGEST_MS = 30_000;

interface Setup extends AsyncDisposable {
  fake: FakeDaemon;
  clock: ManualClock;
  session: NotebookSession;
  states: AsyncIterableIterator<SessionState>;
}

async function setUp(changed: Partial<SessionParts> = {}): Promise<Setup> {
  const fake = await FakeDaemon.create();
  const clock = new ManualClock(1_000_000);
  const session = await NotebookSession.open({
    handshake: { channel: "open_notebook", path: ASKED },
    socket: "/run/notebookd.sock",
    codec: jsonCodec,
    dial: fake.dial,
    clock,
    random: () => 0.5,
    reconnect: true,
    logger: silentLogger,
    ...changed,
  });
  const states = session.states();
  return {
    fake,
    clock,
    session,
    states,
    async [Symbol.asyncDispose]() {
      fake.deaf = false;
      await session.close();
      fake[Symbol.dispose]();
    },
  };
}

async function reach(states: AsyncIterableIterator<SessionState>, wanted: SessionState) {
  for (;;) {
    const { done, value } = await states.next();
    assert(!done, `the session ended before it was "${wanted}"`);
    if (value === wanted) return;
  }
}

/** Loses the connection and lets the client come back. */
async function bounce({ fake, clock, states }: Setup): Promise<void> {
  fake.drop();
  await reach(states, "offline");
  await clock.untilTimers(1);
  clock.advance(LONGEST_MS);
  await reach(states, "synced");
}

Deno.test("NotebookSession keeps edits made while it was offline when it comes back", async () => {
  await using setup = await setUp();
  const { fake, clock, session, states } = setup;
  fake.drop();
  await reach(states, "offline");
  session.splice("a", 0, 1, "here");
  fake.editor.insertCell(2, { id: "c", source: "there" });
  await clock.untilTimers(1);
  clock.advance(LONGEST_MS);
  await reach(states, "connecting");
  await reach(states, "synced");
  await session.synced();
  const expected = ["here + 1", "# b", "there"];
  assertEquals(readCells(fake.document).map(({ source }) => source), expected);
  assertEquals(session.cells.map(({ source }) => source), expected);
  assertEquals(session.heads, fake.document.heads());
});

Deno.test("NotebookSession sends again what was on its way when the connection was lost", async () => {
  await using setup = await setUp();
  const { fake, session } = setup;
  await session.synced();
  fake.deaf = true;
  session.setSource("a", "2");
  const confirmed = session.synced();
  await fake.nextReceived();
  assertEquals(readCells(fake.document)[0]?.source, "1 + 1");
  fake.deaf = false;
  await bounce(setup);
  await confirmed;
  assertEquals(readCells(fake.document)[0]?.source, "2");
});

Deno.test("NotebookSession names the canonical notebook when it connects again", async () => {
  await using setup = await setUp();
  await bounce(setup);
  assertEquals(setup.fake.handshakes, [
    { channel: "open_notebook", path: ASKED },
    { channel: "open_notebook", path: NOTEBOOK_ID },
  ]);
  assertEquals(setup.fake.windows, 1);
});

Deno.test("rejoining() asks for the same new notebook, and doesn't sign its dependencies again", () => {
  const id = "6f9619ff-8b86-4d01-b42d-00cf4fc964ff";
  const handshake = { channel: "create_notebook", runtime: "python", dependencies: ["x"] } as const;
  assertEquals(rejoining(handshake, id), {
    channel: "create_notebook",
    runtime: "python",
    notebookId: id,
  });
});

Deno.test("NotebookSession waits longer each time when the daemon stays away", async () => {
  await using setup = await setUp();
  const { fake, clock, states } = setup;
  fake.dialError = new NotebookdError("daemon_not_running", "Nobody there");
  fake.drop();
  const delays: number[] = [];
  for (let attempt = 0; attempt < 12; attempt++) {
    await reach(states, "offline");
    await clock.untilTimers(1);
    const start = clock.now();
    const dials = fake.dials;
    while (fake.dials === dials) {
      const dialled = fake.nextDial();
      clock.advance(75);
      if (clock.timers === 0) await dialled;
    }
    delays.push(clock.now() - start);
  }
  assertEquals(delays.slice(0, 4), [75, 150, 300, 600]);
  assertEquals(delays.at(-1), 22_500);
  assertEquals(fake.dials, 13);
  fake.dialError = undefined;
  await clock.untilTimers(1);
  clock.advance(LONGEST_MS);
  await reach(states, "synced");
});

Deno.test("NotebookSession starts the delays anew only when a connection was good for a while", async () => {
  await using setup = await setUp();
  const { fake, clock, states } = setup;
  const delays: number[] = [];
  for (const goodForMs of [0, 0, 6_000, 0]) {
    clock.advance(goodForMs);
    fake.drop();
    await reach(states, "offline");
    await clock.untilTimers(1);
    const start = clock.now();
    while (clock.timers > 0) clock.advance(75);
    delays.push(clock.now() - start);
    await reach(states, "synced");
  }
  assertEquals(delays, [75, 150, 75, 150]);
});

for (const code of ["not_found", "outside_roots", "invalid_notebook", "bad_handshake"] as const) {
  Deno.test(`NotebookSession ends for good when the daemon refuses with ${code}`, async () => {
    const { fake, clock, session, states } = await setUp();
    using _fake = fake;
    const changes = session.changes();
    fake.info = { error: "No", error_code: code };
    fake.drop();
    await reach(states, "offline");
    const confirmed = session.synced();
    await clock.untilTimers(1);
    clock.advance(LONGEST_MS);
    assertEquals((await assertRejects(() => confirmed, NotebookdError)).code, code);
    assertEquals(session.state, "closed");
    assertEquals(session.signal.reason.code, code);
    assertEquals((await assertRejects(() => changes.next(), NotebookdError)).code, code);
    assertEquals(assertThrows(() => session.insertCell(), NotebookdError).code, "closed");
    assertEquals(session.cells.length, 2);
    assertEquals(clock.timers, 0);
    await session.close();
  });
}

Deno.test("NotebookSession ends when another notebook is in its place", async () => {
  const { fake, clock, session, states } = await setUp();
  using _fake = fake;
  fake.info = { notebook_id: "/work/other.ipynb" };
  fake.drop();
  await reach(states, "offline");
  await clock.untilTimers(1);
  clock.advance(LONGEST_MS);
  await reach(states, "closed");
  assertEquals(session.signal.reason.code, "not_found");
  await session.close();
});

Deno.test("NotebookSession ends at the first loss when it shall not reconnect", async () => {
  const { fake, session, states } = await setUp({ reconnect: false });
  using _fake = fake;
  fake.drop();
  await reach(states, "closed");
  assertEquals(session.signal.reason.code, "connection_lost");
  assertEquals(fake.dials, 1);
  await session.close();
});

Deno.test("NotebookSession connects again when the daemon sends nonsense", async () => {
  await using setup = await setUp();
  const { fake, clock, states } = setup;
  fake.sendBytes(Uint8Array.of(0, 0, 0, 3, 0x00, 1, 2));
  await reach(states, "offline");
  await clock.untilTimers(1);
  clock.advance(LONGEST_MS);
  await reach(states, "synced");
  assertEquals(setup.session.cells.length, 2);
});

Deno.test("NotebookSession.request() fails when its connection is lost, and the next one waits", async () => {
  await using setup = await setUp();
  const { fake, session } = setup;
  const sent = session.request({ action: "get_queue_state" });
  const failed = assertRejects(() => sent, NotebookdError);
  while (fake.received.at(-1) === "sync") await fake.nextReceived();
  fake.drop();
  assertEquals((await failed).code, "connection_lost");
  const waiting = session.request({ action: "interrupt_execution" });
  fake.respond = ({ id }) => ({ result: "interrupt_sent", id: id as number });
  await setup.clock.untilTimers(1);
  setup.clock.advance(LONGEST_MS);
  assertEquals((await waiting).result, "interrupt_sent");
});

Deno.test("NotebookSession.close() waits for the last edits to be confirmed", async () => {
  const { fake, session } = await setUp();
  using _fake = fake;
  session.setSource("a", "last");
  await session.close();
  assertEquals(readCells(fake.document)[0]?.source, "last");
  assertEquals(session.state, "closed");
  assertEquals(session.signal.reason.code, "closed");
  assertThrows(() => session.cells, NotebookdError);
  await session.close();
});

Deno.test("NotebookSession.close() says so when the last edits were not confirmed in time", async () => {
  const { fake, clock, session } = await setUp();
  using _fake = fake;
  await session.synced();
  fake.deaf = true;
  session.setSource("a", "lost");
  const closing = session.close();
  const lost = assertRejects(() => closing, NotebookdError);
  await clock.untilTimers(1);
  clock.advance(5_000);
  assertEquals((await lost).code, "connection_lost");
  assertEquals(clock.timers, 0);
});

Deno.test("NotebookSession.close() returns at once when it is offline without edits", async () => {
  const { fake, clock, session, states } = await setUp();
  using _fake = fake;
  await session.synced();
  const changes = session.changes();
  fake.drop();
  await reach(states, "offline");
  await clock.untilTimers(1);
  session.setSource("a", "1 + 1");
  await session.close();
  assertEquals(await changes.next(), { done: true, value: undefined });
  assertEquals(clock.timers, 0);
  assertEquals(fake.dials, 1);
});

Deno.test("NotebookSession ends at once when its signal aborts", async () => {
  const abort = new AbortController();
  const { fake, session, states } = await setUp({ signal: abort.signal });
  using _fake = fake;
  fake.deaf = true;
  session.setSource("a", "unsent");
  const reason = new Error("the window is gone");
  abort.abort(reason);
  await reach(states, "closed");
  assertEquals(session.signal.reason, reason);
  await session.close();
});
