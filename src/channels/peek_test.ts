import { assertEquals, assertRejects } from "@std/assert";
import { NotebookdError } from "../errors.ts";
import type { RoomHandle } from "../rooms/ports.ts";
import { jsonCodec } from "../wire/codec.ts";
import { peek, peekWindow } from "./peek.ts";
import type { Services } from "./services.ts";

/** Rooms that open when the test says so. */
function setUp() {
  const openings: PromiseWithResolvers<RoomHandle>[] = [];
  const closed = Promise.withResolvers<void>();
  const room: RoomHandle = {
    lost: new Promise(() => {}),
    inspect: () => Promise.resolve(Uint8Array.of(42)),
    close: () => Promise.resolve(closed.resolve()),
    attach: () => Promise.reject(new TypeError("Nobody joins")),
    receive: () => Promise.resolve(),
    request: () => Promise.resolve(),
    flush: () => Promise.resolve(false),
    start() {},
    written() {},
    detach() {},
    applySettings() {},
    fileChanged() {},
  };
  const begun: (() => void)[] = [];
  const parts = {
    host: {
      open: () => {
        const opening = Promise.withResolvers<RoomHandle>();
        openings.push(opening);
        begun.splice(0).forEach((tell) => tell());
        return opening.promise;
      },
    },
    files: { read: () => Promise.resolve(new Uint8Array()) },
    peeks: peekWindow(),
  };
  const opened = async (count: number) => {
    while (openings.length < count) await new Promise<void>((tell) => begun.push(tell));
  };
  return { services: parts as unknown as Services, openings, opened, room, closed: closed.promise };
}

Deno.test("peek() looks into two files at once and lets the next wait", async () => {
  const { services, openings, opened, room } = setUp();
  const { signal } = new AbortController();
  const looks = Array.from({ length: 3 }, () => peek("/a.ipynb", jsonCodec, services, signal));
  await opened(2);
  // A third one that didn't wait would have begun in the same turn as the second.
  assertEquals(openings.length, 2);
  const [first, second] = openings;
  first?.resolve(room);
  assertEquals(await looks[0], Uint8Array.of(42));
  await opened(3);
  second?.resolve(room);
  openings[2]?.resolve(room);
  await Promise.all(looks);
  assertEquals(openings.length, 3);
});

Deno.test("peek() fails at once when its client is gone, and closes the room that comes late", async () => {
  const { services, openings, opened, room, closed } = setUp();
  const gone = new AbortController();
  const look = peek("/a.ipynb", jsonCodec, services, gone.signal);
  await opened(1);
  gone.abort(new NotebookdError("closed", "Gone"));
  assertEquals((await assertRejects(() => look, NotebookdError)).code, "closed");
  openings[0]?.resolve(room);
  await closed;
});
