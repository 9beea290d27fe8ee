import { assertEquals } from "@std/assert";
import { initAutomerge } from "../doc/automerge.ts";
import { CrdtDocument, ROOT } from "../doc/crdt_document.ts";
import { SyncPeer } from "../doc/sync.ts";
import { NotebookdError } from "../errors.ts";
import { type FrameSyncMessage, RoomPeer } from "./peer.ts";
import type { FrameKind } from "./ports.ts";

await initAutomerge();

/** A room's side of one peer, and the client on the other side. */
function setUp(
  options: { features?: boolean; unsentBytes?: number; frameSync?: FrameSyncMessage } = {},
) {
  const room = CrdtDocument.create();
  room.put(ROOT, "key", ["str", "first"]);
  room.commit();
  const client = CrdtDocument.create();
  const clientSync = new SyncPeer(client);
  const sent: { kind: FrameKind; frame: Uint8Array }[] = [];
  const drops: NotebookdError[] = [];
  const peer = new RoomPeer({
    sync: new SyncPeer(room),
    sink: {
      frame: (kind, frame) => sent.push({ kind, frame }),
      drop: (error) => drops.push(error),
    },
    options: { codec: "json", features: options.features ?? false },
    frameSync: options.frameSync ?? ((message) => message),
    unsentBytes: options.unsentBytes ?? 1000,
  });
  const kinds = () => sent.map(({ kind }) => kind);
  const take = () => {
    const next = sent.shift();
    if (next?.kind === "sync") clientSync.receive(next.frame);
    return next?.kind;
  };
  return {
    room,
    client,
    clientSync,
    peer,
    kinds,
    drops,
    take,
    slow: () => drops.filter(({ code }) => code === "peer_too_slow").length,
    [Symbol.dispose]() {
      room[Symbol.dispose]();
      client[Symbol.dispose]();
    },
  };
}

type Sides = ReturnType<typeof setUp>;

/** Lets both sides talk until neither has anything to say. */
function settle({ peer, take, clientSync }: Sides): void {
  peer.written();
  for (;;) {
    const kind = take();
    if (kind === undefined) return;
    const answer = clientSync.generate();
    if (answer !== null) peer.receive(answer);
    if (kind === "sync") peer.written();
  }
}

function edit(document: CrdtDocument, value: string): void {
  document.put(ROOT, "key", ["str", value]);
  document.commit();
}

Deno.test("RoomPeer sends nothing when its info frame hasn't gone", () => {
  using sides = setUp();
  sides.peer.markDirty();
  assertEquals(sides.kinds(), []);
  sides.peer.written();
  assertEquals(sides.kinds(), ["sync"]);
});

Deno.test("RoomPeer sends a broadcast behind the first sync message when it comes before it", () => {
  using sides = setUp();
  sides.peer.send("broadcast", new Uint8Array(1));
  assertEquals(sides.kinds(), []);
  sides.peer.written();
  assertEquals(sides.kinds(), ["sync", "broadcast"]);
});

Deno.test("RoomPeer drops its peer alone when no frame can hold a sync message", () => {
  using sides = setUp({
    frameSync: () => {
      throw new NotebookdError("limit_reached", "Too long");
    },
  });
  sides.peer.written();
  sides.peer.markDirty();
  assertEquals(sides.drops.map(({ code }) => code), ["limit_reached"]);
  assertEquals(sides.kinds(), []);
});

Deno.test("RoomPeer makes one message of many changes when the last one isn't written", () => {
  using sides = setUp({ features: true });
  settle(sides);
  for (const value of ["a", "b", "c"]) {
    edit(sides.room, value);
    sides.peer.markDirty();
  }
  assertEquals(sides.kinds(), ["sync"]);
  settle(sides);
  assertEquals(sides.client.get(ROOT, "key"), ["str", "c"]);
});

Deno.test("RoomPeer answers every message of a v2 peer with exactly one, before a broadcast", () => {
  using sides = setUp();
  settle(sides);
  for (const value of ["a", "b"]) {
    edit(sides.client, value);
    const message = sides.clientSync.generate();
    if (message !== null) sides.peer.receive(message);
    sides.peer.send("broadcast", new Uint8Array(1));
  }
  assertEquals(sides.kinds(), ["sync", "broadcast"]);
  sides.peer.written();
  assertEquals(sides.kinds(), ["sync", "broadcast", "sync", "broadcast"]);
  assertEquals(sides.room.get(ROOT, "key"), ["str", "b"]);
});

Deno.test("RoomPeer answers a v2 peer also when there is nothing new to say", () => {
  using sides = setUp();
  settle(sides);
  const before = sides.kinds().length;
  using idle = CrdtDocument.create();
  const greeting = new SyncPeer(idle).generateAlways();
  sides.peer.receive(greeting);
  assertEquals(sides.kinds().length, before + 1);
});

Deno.test("RoomPeer stays silent to a peer with features when there is nothing new to say", () => {
  using sides = setUp({ features: true });
  settle(sides);
  const echo = sides.clientSync.generateAlways();
  sides.peer.receive(echo);
  assertEquals(sides.kinds(), []);
});

Deno.test("RoomPeer tells when more is held back than the bound allows", () => {
  using sides = setUp({ unsentBytes: 10 });
  settle(sides);
  edit(sides.client, "a");
  sides.peer.receive(sides.clientSync.generateAlways());
  sides.peer.receive(sides.clientSync.generateAlways());
  sides.peer.send("broadcast", new Uint8Array(8));
  assertEquals(sides.slow(), 0);
  sides.peer.send("broadcast", new Uint8Array(8));
  assertEquals(sides.slow(), 1);
});
