/**
 * What a fuzz run feeds: valid payloads of the wire, and what becomes of them when bytes are
 * changed, dropped, doubled or made up.
 *
 * @module
 */

import { encode } from "@std/msgpack";
import { concat, frame, json, lengthPrefix, TYPE, typedFrame, utf8 } from "./bytes.ts";
import type { SeededRandom } from "@/testing_random.ts";

const HANDSHAKES: [unknown, ...unknown[]] = [
  { channel: "open_notebook", path: "/home/user/notebook.ipynb" },
  { channel: "create_notebook", runtime: "python" },
  { channel: "create_notebook", runtime: "deno", working_dir: "/home/user/project" },
  { channel: "create_notebook", runtime: "python", package_manager: "pixi", dependencies: ["a"] },
  { channel: "notebook_sync", notebook_id: "abc", protocol: "v2" },
  { channel: "notebook_sync", notebook_id: "abc", initial_metadata: "{}", features: ["x"] },
  { channel: "pool" },
  { channel: "settings_sync" },
  { channel: "blob" },
  { channel: "pool_state_subscribe" },
];

const CONTROL: [unknown, ...unknown[]] = [
  { action: "get_trust", id: 7 },
  { action: "execute_cell", cell_id: "a" },
  { action: "save_notebook", format_cells: false, path: null },
  { action: "send_comm", message: { header: {}, content: { data: {} }, buffers: [] } },
  { action: "get_history", pattern: null, n: 5, unique: true },
  { action: "complete", code: "impo", cursor_pos: 4 },
  { type: "ping" },
  { type: "list_rooms" },
  { type: "inspect_notebook", notebook_id: "abc" },
  { type: "return", env: { env_type: "uv", venv_path: "/v", python_path: "/p" } },
  { action: "store", media_type: "text/plain" },
  { action: "get_port" },
];

/** Values that parsers tend to trip over. */
const ODD: [unknown, ...unknown[]] = [
  null,
  true,
  -1,
  0.5,
  2 ** 53,
  "",
  "\0",
  "\ud800",
  "__proto__",
  "x".repeat(5000),
  [],
  {},
  [[[[[[]]]]]],
  { constructor: { prototype: 1 } },
];

/** A handshake: often valid, often not. */
export function fuzzHandshake(random: SeededRandom): Uint8Array<ArrayBuffer> {
  return payload(random, random.pick(HANDSHAKES));
}

/** A control payload of any channel: often valid, often not. */
export function fuzzControl(random: SeededRandom): Uint8Array<ArrayBuffer> {
  return payload(random, random.pick(CONTROL));
}

/** A stream of frames and of what looks like frames. */
export function fuzzStream(random: SeededRandom): Uint8Array<ArrayBuffer> {
  const parts = Array.from({ length: 1 + random.below(6) }, () => fuzzFrame(random));
  const stream = concat(...parts);
  return random.oneIn(3) ? stream.slice(0, random.below(stream.length + 1)) : stream;
}

/** One frame, typed or not, whole or with a length that lies. */
export function fuzzFrame(random: SeededRandom): Uint8Array<ArrayBuffer> {
  switch (random.below(7)) {
    case 0:
      return frame(random.bytes(random.below(200)));
    case 1:
      return typedFrame(random.below(8), random.bytes(random.below(200)));
    case 2:
      return concat(lengthPrefix(random.below(2 ** 32)), random.bytes(random.below(20)));
    case 3:
      return typedFrame(TYPE.sync, fuzzSync(random));
    case 4:
      return frame(fuzzControl(random));
    default:
      return typedFrame(TYPE.request, fuzzControl(random));
  }
}

/** What starts like a sync message: its first byte says so, the rest hardly ever does. */
export function fuzzSync(random: SeededRandom): Uint8Array<ArrayBuffer> {
  const counts = Uint8Array.from({ length: random.below(12) }, () => random.below(3));
  return concat(Uint8Array.of(random.pick([0x42, 0x43])), counts, random.bytes(random.below(80)));
}

function payload(random: SeededRandom, value: unknown): Uint8Array<ArrayBuffer> {
  const changed = random.oneIn(2) ? oddValue(random, value) : value;
  const bytes = random.oneIn(3) ? Uint8Array.from(encode(changed)) : json(changed);
  return random.oneIn(2) ? mutate(random, bytes) : bytes;
}

function oddValue(random: SeededRandom, value: unknown): unknown {
  if (random.oneIn(10) || typeof value !== "object" || value === null) return random.pick(ODD);
  const entries = Object.entries(value);
  const at = random.below(entries.length + 1);
  const key = entries[at]?.[0] ?? random.pick(["extra", "__proto__", "id", ""]);
  return Object.fromEntries([...entries, [key, random.pick(ODD)]]);
}

function mutate(random: SeededRandom, bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const at = random.below(bytes.length + 1);
  const [before, after] = [bytes.slice(0, at), bytes.slice(at)];
  switch (random.below(6)) {
    case 0:
      return concat(before, random.bytes(1), after.slice(1));
    case 1:
      return concat(before, after.slice(1 + random.below(8)));
    case 2:
      return concat(before, random.bytes(random.below(9)), after);
    case 3:
      return concat(before, bytes, after);
    case 4:
      return concat(before, utf8("[".repeat(random.below(3000))), after);
    default:
      return before;
  }
}
