import { assert, assertEquals } from "@std/assert";
import { initAutomerge } from "../doc/automerge.ts";
import { CrdtDocument, ROOT } from "../doc/crdt_document.ts";
import { SyncPeer } from "../doc/sync.ts";
import type { JsonObject } from "../json.ts";
import { silentLogger } from "../log.ts";
import { HEADER_BYTES } from "../wire/frame.ts";
import { SettingsRoom } from "./settings_room.ts";

await initAutomerge();

const values: JsonObject = {
  theme: "dark",
  default_runtime: "python",
  default_python_env: "uv",
  keep_alive_secs: 0.5,
  onboarding_completed: false,
  uv: { default_packages: ["numpy"] },
  conda: { default_packages: [] },
};

function openRoom(saved?: Uint8Array) {
  const kept: { values: JsonObject; saved: Uint8Array }[] = [];
  const room = new SettingsRoom({
    seed: saved === undefined ? { kind: "settings", values } : {
      kind: "settings",
      values,
      saved,
    },
    listener: { changed: (values, saved) => kept.push({ values, saved }) },
    unsentBytes: 1000,
    logger: silentLogger,
  });
  return { room, kept };
}

/** Joins a client and lets it and the room talk until both are silent. */
async function join(room: SettingsRoom, document: CrdtDocument) {
  const sync = new SyncPeer(document);
  const inbox: Uint8Array[] = [];
  await room.attach("p", { codec: "json", features: true }, {
    frame: (_kind, frame) => inbox.push(frame.subarray(HEADER_BYTES)),
    drop() {},
  });
  room.start("p");
  const talk = async () => {
    for (let silent = false; !silent;) {
      const message = inbox.shift();
      if (message !== undefined) {
        sync.receive(message);
        room.written("p");
      }
      const answer = sync.generate();
      if (answer !== null) await room.receive("p", answer);
      silent = message === undefined && answer === null;
    }
  };
  await talk();
  return talk;
}

Deno.test("SettingsRoom shows the values of the file in the types of the protocol", async () => {
  const { room } = openRoom();
  using client = CrdtDocument.create();
  await join(room, client);
  assertEquals(client.get(ROOT, "theme"), ["str", "dark"]);
  assertEquals(client.get(ROOT, "onboarding_completed"), ["boolean", false]);
  assertEquals(client.get(ROOT, "keep_alive_secs")?.[0], "int");
  const uv = client.get(ROOT, "uv");
  assert(uv?.[0] === "map");
  const packages = client.get(uv[1], "default_packages");
  assert(packages?.[0] === "list");
  assertEquals(client.get(packages[1], 0), ["str", "numpy"]);
  await room.close();
});

Deno.test("SettingsRoom tells only what a client changed", async () => {
  const { room, kept } = openRoom();
  using client = CrdtDocument.create();
  const talk = await join(room, client);
  client.put(ROOT, "theme", ["str", "light"]);
  client.commit();
  await talk();
  assertEquals(kept.at(-1)?.values, { theme: "light" });
  await room.close();
});

Deno.test("SettingsRoom sends on what changed in the file", async () => {
  const { room } = openRoom();
  using client = CrdtDocument.create();
  const talk = await join(room, client);
  room.applySettings({ ...values, theme: "light", uv: { default_packages: ["a", "b"] } });
  await talk();
  assertEquals(client.get(ROOT, "theme"), ["str", "light"]);
  await room.close();
});

Deno.test("SettingsRoom shares its history with clients of an earlier run", async () => {
  const first = openRoom();
  using client = CrdtDocument.create();
  await join(first.room, client);
  const { saved } = first.kept.at(-1)!;
  await first.room.close();
  const second = openRoom(saved);
  assertEquals(second.kept, []);
  await join(second.room, client);
  client.put(ROOT, "theme", ["str", "sepia"]);
  client.commit();
  assertEquals(client.get(ROOT, "theme"), ["str", "sepia"]);
  await second.room.close();
});

Deno.test("SettingsRoom begins anew when the saved document is damaged", async () => {
  const { room, kept } = openRoom(new Uint8Array([1, 2, 3]));
  assertEquals(kept.length, 1);
  await room.close();
});
