import { assert, assertEquals, assertThrows } from "@std/assert";
import { NotebookdError } from "../errors.ts";
import { jsonCodec, msgpackCodec } from "../wire/codec.ts";
import { randomBytes, seededRandom } from "../wire/testing_random.ts";
import { FEATURE } from "./features.ts";
import { decodeHandshake, detectCodec, encodeHandshake, type Handshake } from "./handshake.ts";

const ID = "5f0c3c1e-8a52-4d0b-9a39-0a4d7c9f1e22";

/** The examples of protocol v2, then one of each addition. */
const HANDSHAKES: readonly (readonly [string, Handshake])[] = [
  [
    '{"channel":"open_notebook","path":"/home/user/notebook.ipynb"}',
    { channel: "open_notebook", path: "/home/user/notebook.ipynb" },
  ],
  [
    '{"channel":"create_notebook","runtime":"python"}',
    { channel: "create_notebook", runtime: "python" },
  ],
  [
    '{"channel":"create_notebook","runtime":"deno","working_dir":"/home/user/project"}',
    { channel: "create_notebook", runtime: "deno", workingDir: "/home/user/project" },
  ],
  [
    '{"channel":"notebook_sync","notebook_id":"abc"}',
    { channel: "notebook_sync", notebookId: "abc" },
  ],
  [
    '{"channel":"notebook_sync","notebook_id":"abc","protocol":"v2"}',
    { channel: "notebook_sync", notebookId: "abc", protocol: "v2" },
  ],
  ['{"channel":"pool"}', { channel: "pool" }],
  ['{"channel":"settings_sync"}', { channel: "settings_sync" }],
  ['{"channel":"blob"}', { channel: "blob" }],
  ['{"channel":"pool_state_subscribe"}', { channel: "pool_state_subscribe" }],
  [
    '{"channel":"notebook_sync","notebook_id":"abc","protocol":"v2","working_dir":"/w",' +
    '"initial_metadata":"{}","features":["notebookd/1"]}',
    {
      channel: "notebook_sync",
      notebookId: "abc",
      protocol: "v2",
      workingDir: "/w",
      initialMetadata: "{}",
      features: [FEATURE],
    },
  ],
  [
    '{"channel":"create_notebook","runtime":"python","working_dir":"/w","package_manager":"pixi",' +
    `"dependencies":["numpy"],"notebook_id":"${ID}","features":["notebookd/1"]}`,
    {
      channel: "create_notebook",
      runtime: "python",
      workingDir: "/w",
      packageManager: "pixi",
      dependencies: ["numpy"],
      notebookId: ID,
      features: [FEATURE],
    },
  ],
];

/** What comes, and what the refusal says of it. */
const REFUSED: readonly (readonly [string, string])[] = [
  ["", "expected a JSON object or a MessagePack map"],
  ["[]", "expected a JSON object or a MessagePack map"],
  ['"pool"', "expected a JSON object or a MessagePack map"],
  [" []", "expected an object, got a list"],
  ["{", "it isn't one JSON value"],
  [
    "{}",
    'field "channel": expected one of "open_notebook", "create_notebook", "notebook_sync", ' +
    '"pool", "blob", "settings_sync", "pool_state_subscribe", got nothing',
  ],
  ['{"channel":"telnet"}', '"pool_state_subscribe", got "telnet"'],
  ['{"channel":7}', 'field "channel": expected one of'],
  ['{"channel":"open_notebook"}', 'field "path": expected a string, got nothing'],
  ['{"channel":"open_notebook","path":null}', 'field "path": expected a string, got nothing'],
  ['{"channel":"open_notebook","path":""}', 'field "path": expected a string that isn\'t empty'],
  ['{"channel":"open_notebook","path":["/a"]}', 'field "path": expected a string, got a list'],
  ['{"channel":"create_notebook"}', 'field "runtime": expected a string, got nothing'],
  [
    '{"channel":"create_notebook","runtime":"python","dependencies":"numpy"}',
    'field "dependencies": expected a list, got a string',
  ],
  [
    '{"channel":"create_notebook","runtime":"python","notebook_id":"abc"}',
    'field "notebook_id": expected a UUID of version 4, got a string',
  ],
  ['{"channel":"notebook_sync"}', 'field "notebook_id": expected a string, got nothing'],
  [
    '{"channel":"notebook_sync","notebook_id":"abc","protocol":"v3"}',
    'field "protocol": expected "v2", got a string',
  ],
  ['{"channel":"pool","features":[1]}', 'field "features.0": expected a string, got an integer'],
];

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

Deno.test("encodeHandshake() writes the protocol's bytes when the codec is JSON", () => {
  for (const [text, handshake] of HANDSHAKES) {
    assertEquals(new TextDecoder().decode(encodeHandshake(handshake, jsonCodec)), text);
  }
});

Deno.test("decodeHandshake() gives the typed handshake when it is one of the protocol's", () => {
  for (const [text, handshake] of HANDSHAKES) {
    assertEquals(decodeHandshake(bytesOf(text)), { handshake, codec: jsonCodec });
  }
});

Deno.test("decodeHandshake() gives back what was encoded when the codec is MessagePack", () => {
  for (const [, handshake] of HANDSHAKES) {
    const payload = encodeHandshake(handshake, msgpackCodec);
    assertEquals(decodeHandshake(payload), { handshake, codec: msgpackCodec });
  }
  assertEquals(
    encodeHandshake({ channel: "pool" }, msgpackCodec).toHex(),
    "81a76368616e6e656ca4706f6f6c",
  );
});

Deno.test("decodeHandshake() takes null as absent when a field is optional", () => {
  const text = '{"channel":"notebook_sync","notebook_id":"abc","protocol":null,' +
    '"working_dir":null,"initial_metadata":null,"features":null,"later":1}';
  assertEquals(decodeHandshake(bytesOf(text)).handshake, {
    channel: "notebook_sync",
    notebookId: "abc",
  });
});

Deno.test("decodeHandshake() leaves runtimes for later when the name is unknown", () => {
  const text = '{"channel":"create_notebook","runtime":"ruby","package_manager":"gem"}';
  assertEquals(decodeHandshake(bytesOf(text)).handshake, {
    channel: "create_notebook",
    runtime: "ruby",
    packageManager: "gem",
  });
});

Deno.test("decodeHandshake() refuses with bad_handshake naming the field when one doesn't fit", () => {
  for (const [text, part] of REFUSED) {
    const error = assertThrows(() => decodeHandshake(bytesOf(text)), NotebookdError, part);
    assertEquals(error.code, "bad_handshake", text);
  }
});

Deno.test("decodeHandshake() refuses with bad_handshake when MessagePack doesn't fit", () => {
  const cases = [
    [Uint8Array.of(0x80), 'field "channel": expected one of'],
    [Uint8Array.of(0x81, 0xa1), "it ends early"],
    [msgpackCodec.encode({ channel: "open_notebook", path: Uint8Array.of(1) }), "got bytes"],
  ] as const;
  for (const [payload, part] of cases) {
    const error = assertThrows(() => decodeHandshake(payload), NotebookdError, part);
    assertEquals(error.code, "bad_handshake");
  }
});

Deno.test("detectCodec() tells the codec by the first byte when given each of the 256", () => {
  const names = Array.from({ length: 256 }, (_, byte) => {
    try {
      return detectCodec(Uint8Array.of(byte)).name;
    } catch (error) {
      assert(error instanceof NotebookdError);
      return error.code;
    }
  });
  const json = [0x09, 0x0a, 0x0d, 0x20, 0x7b];
  const msgpack = [...Array.from({ length: 16 }, (_, low) => 0x80 + low), 0xde, 0xdf];
  const expected = names.map((_, byte) =>
    json.includes(byte) ? "json" : msgpack.includes(byte) ? "msgpack" : "bad_handshake"
  );
  assertEquals(names, expected);
});

Deno.test("decodeHandshake() gives a handshake or bad_handshake when bytes are mutated", () => {
  const seed = crypto.getRandomValues(new Uint32Array(1))[0] ?? 0;
  const random = seededRandom(seed);
  for (let round = 0; round < 2000; round++) {
    const handshake = HANDSHAKES[random(HANDSHAKES.length)]?.[1] ?? { channel: "pool" };
    const valid = encodeHandshake(handshake, random(2) === 0 ? jsonCodec : msgpackCodec);
    const bytes = round % 5 === 0 ? randomBytes(random, random(40)) : valid;
    for (let i = random(3); i >= 0; i--) bytes[random(bytes.length || 1)] = random(256);
    const payload = bytes.subarray(0, bytes.length - random(2) * random(bytes.length || 1));
    try {
      decodeHandshake(payload);
    } catch (error) {
      const code = error instanceof NotebookdError ? error.code : String(error);
      assertEquals(code, "bad_handshake", `seed ${seed}, bytes ${payload.toHex()}`);
    }
  }
});
