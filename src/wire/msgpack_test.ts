import { assertEquals, assertThrows } from "@std/assert";
import { NotebookdError } from "../errors.ts";
import { decodeMsgpack, encodeMsgpack } from "./msgpack.ts";
import type { JsonLike } from "./payload.ts";
import { randomBytes, randomPayload, seededRandom } from "./testing_random.ts";

/** Bytes from hex digits, spaces for reading. */
function hex(text: string): Uint8Array {
  return Uint8Array.fromHex(text.replaceAll(" ", ""));
}

/** What both providers of `@std/msgpack` must write and read alike. */
const BOTH_WAYS: readonly (readonly [JsonLike, string])[] = [
  [null, "c0"],
  [false, "c2"],
  [true, "c3"],
  [0, "00"],
  [127, "7f"],
  [128, "cc80"],
  [65_535, "cdffff"],
  [65_536, "ce00010000"],
  [4_294_967_295, "ceffffffff"],
  [-1, "ff"],
  [-32, "e0"],
  [-33, "d0df"],
  [-129, "d1ff7f"],
  [-32_769, "d2ffff7fff"],
  [1.5, "cb3ff8000000000000"],
  ["", "a0"],
  ["é", "a2c3a9"],
  ["a".repeat(31), `bf${"61".repeat(31)}`],
  ["a".repeat(32), `d920${"61".repeat(32)}`],
  ["a".repeat(256), `da0100${"61".repeat(256)}`],
  [new Uint8Array(0), "c400"],
  [Uint8Array.of(1, 2), "c4020102"],
  [new Uint8Array(256), `c50100${"00".repeat(256)}`],
  [[], "90"],
  [[1, [2]], "92019102"],
  [Array.from({ length: 16 }, () => 0), `dc0010${"00".repeat(16)}`],
  [{}, "80"],
  [{ channel: "pool" }, "81 a7 6368616e6e656c a4 706f6f6c"],
];

/** What is only read: other encoders write it. */
const READ_ONLY: readonly (readonly [string, unknown])[] = [
  ["cf0000000000000005", 5],
  ["cf001fffffffffffff", Number.MAX_SAFE_INTEGER],
  ["d3ffffffffffffffff", -1],
  ["d3ffe0000000000001", Number.MIN_SAFE_INTEGER],
  ["ca3fc00000", 1.5],
  ["db0000000161", "a"],
  ["c60000000107", Uint8Array.of(7)],
  ["dd00000001cf0000000000000001", [1]],
  ["de0001a161cf0000000000000002", { a: 2 }],
  ["df00000001d9016103", { a: 3 }],
];

const REFUSED: readonly (readonly [string, string])[] = [
  ["", "ends early"],
  ["d4ff00", "extension"],
  ["d6ff00000000", "extension"],
  ["d7ff0000000000000000", "extension"],
  ["c70cff000000000000000000000000", "extension"],
  ["81a161d50000", "extension"],
  ["cf0020000000000000", "beyond"],
  ["cfffffffffffffffff", "beyond"],
  ["d38000000000000000", "beyond"],
  ["8101a161", "isn't text"],
  ["81c0a161", "isn't text"],
  ["8190a161", "isn't text"],
  ["81a95f5f70726f746f5f5f80", "__proto__"],
  ["c1", "0xc1"],
  ["0000", "bytes follow"],
  ["92c0", "ends early"],
  ["81a161", "ends early"],
  ["a261", "ends early"],
  ["c40201", "ends early"],
  ["cb0000", "ends early"],
  ["ddffffffff", "ends early"],
  ["dd02000000c0", "ends early"],
  ["dfffffffffa161", "ends early"],
  ["dbffffffff", "ends early"],
];

Deno.test("encodeMsgpack() writes the bytes of the table when given its values", () => {
  for (const [value, bytes] of BOTH_WAYS) {
    assertEquals(encodeMsgpack(value).toHex(), bytes.replaceAll(" ", ""));
  }
});

Deno.test("decodeMsgpack() gives the values of the table when given its bytes", () => {
  for (const [value, bytes] of BOTH_WAYS) assertEquals<unknown>(decodeMsgpack(hex(bytes)), value);
  for (const [bytes, value] of READ_ONLY) assertEquals(decodeMsgpack(hex(bytes)), value, bytes);
});

Deno.test("decodeMsgpack() refuses with bad_frame when bytes are read differently by others", () => {
  for (const [bytes, part] of REFUSED) {
    const error = assertThrows(() => decodeMsgpack(hex(bytes)), NotebookdError, part, bytes);
    assertEquals(error.code, "bad_frame");
  }
});

Deno.test("encodeMsgpack() keeps integers when they have more than 32 bits", () => {
  for (const value of [2 ** 32, Number.MAX_SAFE_INTEGER, -(2 ** 33), Number.MIN_SAFE_INTEGER]) {
    assertEquals(decodeMsgpack(encodeMsgpack(value)), value);
  }
});

Deno.test("decodeMsgpack() gives a value or bad_frame when bytes are mutated", () => {
  const seed = crypto.getRandomValues(new Uint32Array(1))[0] ?? 0;
  const random = seededRandom(seed);
  for (let round = 0; round < 2000; round++) {
    const bytes = round % 4 === 0
      ? randomBytes(random, random(64))
      : encodeMsgpack(randomPayload(random, { depth: 3, bytes: true }));
    if (bytes.length > 0) bytes[random(bytes.length)] = random(256);
    try {
      decodeMsgpack(bytes);
    } catch (error) {
      const code = error instanceof NotebookdError ? error.code : String(error);
      assertEquals(code, "bad_frame", `seed ${seed}, bytes ${bytes.toHex()}`);
    }
  }
});
