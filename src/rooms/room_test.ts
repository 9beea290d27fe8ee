import { assertEquals, assertRejects } from "@std/assert";
import { ManualClock } from "../../tests/helpers/manual_clock.ts";
import { initAutomerge } from "../doc/automerge.ts";
import { NotebookdError } from "../errors.ts";
import { silentLogger } from "../log.ts";
import { FrameType } from "../wire/caps.ts";
import { jsonCodec } from "../wire/codec.ts";
import { HEADER_BYTES } from "../wire/frame.ts";
import { buildNotebook } from "./build.ts";
import type { NotebookSeed, PeerSink } from "./ports.ts";
import { Room } from "./room.ts";

await initAutomerge();

const UUID = "2f6f3d0e-8f43-4a6e-9a51-0d8a8a1f5b11";
const PEER = { codec: "json", features: false } as const;

async function openRoom(notebookId: string, kind: "new" | "empty" = "empty"): Promise<Room> {
  const seed: NotebookSeed = kind === "empty" ? { kind, notebookId } : {
    kind,
    notebookId,
    runtime: "python",
    packageManager: "uv",
    dependencies: [],
  };
  const parts = {
    trustKey: new Uint8Array(32),
    unsentBytes: 1000,
    autosave: true,
    clock: new ManualClock(),
    logger: silentLogger,
    pause: () => Promise.resolve(),
  };
  const built = await buildNotebook(seed, parts);
  return new Room({
    ...parts,
    notebookId,
    built,
    fatal: (error) => {
      throw error;
    },
  });
}

/** A sink that remembers the types of the frames it got. */
function collector(): { types: FrameType[]; sink: PeerSink } {
  const types: FrameType[] = [];
  const frame = (_kind: string, bytes: Uint8Array) => {
    types.push(bytes[HEADER_BYTES] as FrameType);
  };
  return { types, sink: { frame, drop() {} } };
}

Deno.test("flush() lets a room go that isn't kept anywhere", async () => {
  const room = await openRoom("scratch");
  room.change(() => room.editor.insertCell(0));
  assertEquals(await room.flush(), false);
  await room.close();
});

Deno.test("attach() says that the room has ended when it is closed meanwhile", async () => {
  const room = await openRoom(UUID);
  const attaching = room.attach("p", PEER, collector().sink);
  await room.close();
  const error = await assertRejects(() => attaching, NotebookdError);
  assertEquals(error.code, "closed");
});

Deno.test("a peer that joins gets its first sync message before a broadcast", async () => {
  const room = await openRoom(UUID, "new");
  const [there, joining] = [collector(), collector()];
  await room.attach("there", PEER, there.sink);
  room.start("there");
  await room.attach("joining", PEER, joining.sink);
  const cell = room.editor.insertCell(0);
  await room.request("there", jsonCodec.encode({ action: "clear_outputs", cell_id: cell }));
  assertEquals(joining.types, []);
  room.start("joining");
  assertEquals(joining.types, [FrameType.sync, FrameType.broadcast]);
  await room.close();
});
