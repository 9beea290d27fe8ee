import { assert, assertEquals, assertThrows } from "@std/assert";
import { type ErrorCode, NotebookdError } from "../errors.ts";
import { codecNamed, jsonCodec, msgpackCodec } from "./codec.ts";
import { type JsonLike, MAX_PAYLOAD_DEPTH } from "./payload.ts";
import { randomPayload, seededRandom } from "./testing_random.ts";

const codecs = [jsonCodec, msgpackCodec];

function textOf(value: JsonLike): string {
  return new TextDecoder().decode(jsonCodec.encode(value));
}

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function codeOf(fn: () => unknown): ErrorCode {
  return assertThrows(fn, NotebookdError).code;
}

function nested(depth: number): JsonLike {
  return depth === 0 ? 1 : depth % 2 === 0 ? [nested(depth - 1)] : { a: nested(depth - 1) };
}

Deno.test("encode() writes compact JSON when the codec is JSON", () => {
  assertEquals(
    textOf({ b: 1, a: [null, true, "é"], c: { d: 1.5 } }),
    '{"b":1,"a":[null,true,"é"],"c":{"d":1.5}}',
  );
  assertEquals(
    textOf({ buffers: [Uint8Array.of(0, 255), new Uint8Array(0)] }),
    '{"buffers":[[0,255],[]]}',
  );
});

Deno.test("encode() writes the same value in both codecs when JSON can't hold it", () => {
  const value = {
    gone: undefined,
    list: [undefined, 1],
    nan: NaN,
    far: -Infinity,
    lone: "a\ud800",
  };
  const expected = { list: [null, 1], nan: null, far: null, lone: "a\ufffd" };
  for (const codec of codecs) assertEquals(codec.decode(codec.encode(value)), expected, codec.name);
});

Deno.test('encode() keeps the key "__proto__" as a key when an object has it', () => {
  const value: JsonLike = JSON.parse('{"__proto__":{"polluted":true},"b":1}');
  assertEquals(textOf(value), '{"__proto__":{"polluted":true},"b":1}');
  const decoded = jsonCodec.decode(jsonCodec.encode(value));
  assert(typeof decoded === "object" && decoded !== null && !("polluted" in decoded));
});

Deno.test("encode() refuses when a value is no payload", () => {
  for (const codec of codecs) {
    for (const value of [new Date(0), new Map(), 1n, Symbol("a"), () => 1, new Float64Array(1)]) {
      const code = codeOf(() => codec.encode({ value: value as unknown as JsonLike }));
      assertEquals(code, "invalid_argument", `${codec.name} ${typeof value}`);
    }
  }
});

Deno.test("encode() and decode() agree on the depth they take when payloads nest", () => {
  for (const codec of codecs) {
    const deepest = nested(MAX_PAYLOAD_DEPTH);
    assertEquals(codec.decode(codec.encode(deepest)), deepest, codec.name);
    assertEquals(codeOf(() => codec.encode(nested(MAX_PAYLOAD_DEPTH + 1))), "limit_reached");
  }
  const text = "[".repeat(MAX_PAYLOAD_DEPTH + 1) + "]".repeat(MAX_PAYLOAD_DEPTH + 1);
  assertEquals(codeOf(() => jsonCodec.decode(bytesOf(text))), "bad_frame");
  assertEquals(codeOf(() => jsonCodec.decode(bytesOf("[".repeat(5_000_000)))), "bad_frame");
  const packed = new Uint8Array(MAX_PAYLOAD_DEPTH + 2).fill(0x91);
  packed[MAX_PAYLOAD_DEPTH + 1] = 0xc0;
  assertEquals(codeOf(() => msgpackCodec.decode(packed)), "bad_frame");
});

Deno.test("decode() counts no brackets inside strings when it looks for depth", () => {
  const text = JSON.stringify({ code: '["\\"' + "[".repeat(500), b: "{".repeat(500) });
  assertEquals(jsonCodec.decode(bytesOf(text)), JSON.parse(text));
});

Deno.test("decode() quotes nothing of the payload when JSON is malformed", () => {
  const texts = [
    "",
    "{",
    '{"code":"secret',
    "secret",
    '{"a":1}secret',
    "\ufeff{}",
    "{'a':1}",
    "NaN",
  ];
  for (const text of texts) {
    const error = assertThrows(() => jsonCodec.decode(bytesOf(text)), NotebookdError);
    assertEquals(error.code, "bad_frame", text);
    assert(!`${error.message}${error.cause}`.includes("secret"), error.message);
  }
  const latin = assertThrows(
    () => jsonCodec.decode(Uint8Array.of(0x22, 0xe9, 0x22)),
    NotebookdError,
  );
  assert(latin.message.includes("UTF-8"), latin.message);
});

Deno.test("codecNamed() gives each codec when asked by its name", () => {
  for (const codec of codecs) assertEquals(codecNamed(codec.name), codec);
});

Deno.test("decode() gives back what was encoded when payloads are random", () => {
  const seed = crypto.getRandomValues(new Uint32Array(1))[0] ?? 0;
  const random = seededRandom(seed);
  for (let round = 0; round < 200; round++) {
    for (const codec of codecs) {
      const value = randomPayload(random, { depth: 4, bytes: codec === msgpackCodec });
      assertEquals(codec.decode(codec.encode(value)), value, `seed ${seed}, ${codec.name}`);
    }
  }
});
