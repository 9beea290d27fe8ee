import { assertEquals, assertRejects } from "@std/assert";
import { ManualClock } from "../../tests/helpers/manual_clock.ts";
import { RecordingLogger } from "../../tests/helpers/recording_logger.ts";
import { NotebookdError } from "../errors.ts";
import type { RoomHandle, RoomHost, RoomSeed } from "./ports.ts";
import type { RoomHold } from "./hold.ts";
import { RoomRegistry } from "./registry.ts";

/** A room that does nothing but remember how it ended. */
class FakeRoom implements RoomHandle {
  readonly #lost = Promise.withResolvers<NotebookdError>();
  readonly lost = this.#lost.promise;
  closed = false;
  readonly closing = Promise.withResolvers<void>();
  flushes = 0;
  flush = (): Promise<boolean> => {
    this.flushes++;
    return Promise.resolve(true);
  };
  attach = () => Promise.resolve({ cellCount: 0, trust: "no_dependencies" as const });
  start() {}
  receive = () => Promise.resolve();
  request = () => Promise.resolve();
  written() {}
  detach() {}
  inspect = () => Promise.resolve(new Uint8Array());
  applySettings() {}
  fileChanged() {}
  close(): Promise<void> {
    this.closed = true;
    this.closing.resolve();
    return Promise.resolve();
  }
  lose(reason: NotebookdError): void {
    this.#lost.resolve(reason);
  }
}

/** A host whose rooms open when the test says so. */
class FakeHost implements RoomHost {
  readonly opened: FakeRoom[] = [];
  gate: Promise<void> = Promise.resolve();

  /** Settles when the last opening has. */
  openings: Promise<unknown> = Promise.resolve();

  open(_seed: RoomSeed): Promise<RoomHandle> {
    const opening = this.#open();
    this.openings = opening.then((room) => room.closing.promise);
    return opening;
  }

  async #open(): Promise<FakeRoom> {
    await this.gate;
    const room = new FakeRoom();
    this.opened.push(room);
    return room;
  }
}

function setUp(limits = { rooms: 4, peersPerRoom: 100 }) {
  const host = new FakeHost();
  const clock = new ManualClock();
  const logger = new RecordingLogger();
  const registry = new RoomRegistry({
    host,
    clock,
    logger,
    limits,
    keepAliveSeconds: () => 30,
  });
  return { host, clock, registry, logger };
}

function endOf(hold: RoomHold): Promise<NotebookdError> {
  return new Promise((resolve) => hold.onEnded(resolve));
}

const source = () => ({ seed: { kind: "empty" as const, notebookId: "a" } });

Deno.test("acquire() gives one room and calls one source when 50 openers come at once", async () => {
  const { host, registry } = setUp();
  let sources = 0;
  const counted = () => {
    sources++;
    return source();
  };
  const holds = await Promise.all(
    Array.from({ length: 50 }, () => registry.acquire("a", { source: counted })),
  );
  assertEquals(sources, 1);
  assertEquals(host.opened.length, 1);
  assertEquals(new Set(holds.map(({ room }) => room)).size, 1);
  assertEquals(registry.list(), [{ notebookId: "a", holders: 50 }]);
});

Deno.test("acquire() fails for every waiter and tries again next time when a load fails", async () => {
  const { registry } = setUp();
  const failing = () => {
    throw new NotebookdError("invalid_json", "Broken");
  };
  const attempts = Array.from({ length: 5 }, () => registry.acquire("a", { source: failing }));
  for (const attempt of attempts) {
    const error = await assertRejects(() => attempt, NotebookdError);
    assertEquals(error.code, "invalid_json");
  }
  assertEquals(registry.list(), []);
  using hold = await registry.acquire("a", { source });
  assertEquals(hold.notebookId, "a");
});

Deno.test("a room goes after the keep-alive time when nobody holds it", async () => {
  const { host, clock, registry } = setUp();
  const hold = await registry.acquire("a", { source });
  hold[Symbol.dispose]();
  hold[Symbol.dispose]();
  clock.advance(29_999);
  assertEquals(registry.list().length, 1);
  clock.advance(1);
  await host.opened[0]?.closing.promise;
  assertEquals(registry.list(), []);
  assertEquals(host.opened[0]?.flushes, 1);
});

Deno.test("a room stays when someone comes back in time", async () => {
  const { host, clock, registry } = setUp();
  (await registry.acquire("a", { source }))[Symbol.dispose]();
  clock.advance(20_000);
  using _hold = await registry.acquire("a", { source });
  clock.advance(60_000);
  assertEquals(registry.list(), [{ notebookId: "a", holders: 1 }]);
  assertEquals(host.opened.length, 1);
});

Deno.test("a room stays when its last flush fails, and goes once a later one works", async () => {
  const { host, clock, registry } = setUp();
  (await registry.acquire("a", { source }))[Symbol.dispose]();
  const [room] = host.opened;
  const flushed = Promise.withResolvers<void>();
  room!.flush = () => {
    flushed.resolve();
    return Promise.reject(new NotebookdError("storage_failed", "Disk full"));
  };
  clock.advance(30_000);
  await flushed.promise;
  await clock.untilTimers(1);
  assertEquals(registry.list().length, 1);
  assertEquals(room!.closed, false);
  room!.flush = () => Promise.resolve(true);
  clock.advance(30_000);
  await room!.closing.promise;
});

Deno.test("a room stays when someone used it while its last flush was under way", async () => {
  const { host, clock, registry } = setUp();
  (await registry.acquire("a", { source }))[Symbol.dispose]();
  const [room] = host.opened;
  const flush = Promise.withResolvers<boolean>();
  room!.flush = () => flush.promise;
  clock.advance(30_000);
  (await registry.acquire("a", { source }))[Symbol.dispose]();
  flush.resolve(true);
  await flush.promise;
  assertEquals(registry.list(), [{ notebookId: "a", holders: 0 }]);
  assertEquals(clock.timers, 1);
});

Deno.test("acquire() refuses when there are too many rooms or peers", async () => {
  const { registry } = setUp({ rooms: 1, peersPerRoom: 1 });
  using _first = await registry.acquire("a", { source });
  for (const id of ["a", "b"]) {
    const error = await assertRejects(() => registry.acquire(id, { source }), NotebookdError);
    assertEquals(error.code, "limit_reached");
  }
});

Deno.test("a lost room is forgotten and its holders learn why", async () => {
  const { host, registry } = setUp();
  using hold = await registry.acquire("a", { source });
  const ended = endOf(hold);
  host.opened[0]?.lose(new NotebookdError("internal", "Worker died"));
  assertEquals((await ended).code, "internal");
  assertEquals(registry.list(), []);
});

Deno.test("onEnded() calls at once when the room ended while its holder was joining", async () => {
  const { registry } = setUp();
  using hold = await registry.acquire("a", { source });
  assertEquals(await registry.end("a", new NotebookdError("closed", "Shut down")), true);
  assertEquals((await endOf(hold)).code, "closed");
});

Deno.test("end() flushes again when someone came while the flush was under way", async () => {
  const { host, registry } = setUp();
  (await registry.acquire("a", { source }))[Symbol.dispose]();
  const [room] = host.opened;
  const [reached, flush] = [Promise.withResolvers<void>(), Promise.withResolvers<boolean>()];
  let flushes = 0;
  room!.flush = () => {
    flushes++;
    reached.resolve();
    return flush.promise;
  };
  const ending = registry.end("a", new NotebookdError("closed", "Shut down"));
  await reached.promise;
  using late = await registry.acquire("a", { source });
  const dismissed = endOf(late);
  flush.resolve(true);
  assertEquals(await ending, true);
  assertEquals((await dismissed).code, "closed");
  assertEquals(flushes, 2);
});

Deno.test("a room that can't be closed is told in the log and nowhere else", async () => {
  const { host, clock, registry, logger } = setUp();
  (await registry.acquire("a", { source }))[Symbol.dispose]();
  const closed = Promise.withResolvers<void>();
  host.opened[0]!.close = () => {
    closed.resolve();
    return Promise.reject(new NotebookdError("closed", "The worker has ended"));
  };
  clock.advance(30_000);
  await closed.promise;
  // Disposing takes turns enough for a rejection that nobody handles to end the process.
  await registry[Symbol.asyncDispose]();
  assertEquals(registry.list(), []);
  assertEquals(logger.messages("warn"), ["Room not closed in order"]);
});

Deno.test("refuse() sends those away that wait for a load, and closes the room that comes late", async () => {
  const { host, registry } = setUp();
  const gate = Promise.withResolvers<void>();
  host.gate = gate.promise;
  const waiting = registry.acquire("a", { source });
  registry.refuse();
  assertEquals((await assertRejects(() => waiting, NotebookdError)).code, "closed");
  gate.resolve();
  await host.openings;
  assertEquals(host.opened.map(({ closed }) => closed), [true]);
});

Deno.test("dispose flushes and closes every room, and refuses later openers", async () => {
  const { host, registry } = setUp();
  using hold = await registry.acquire("a", { source });
  const ended = endOf(hold);
  await registry[Symbol.asyncDispose]();
  assertEquals((await ended).code, "closed");
  assertEquals(host.opened.map(({ closed, flushes }) => ({ closed, flushes })), [
    { closed: true, flushes: 1 },
  ]);
  await assertRejects(() => registry.acquire("b", { source }), NotebookdError);
});
