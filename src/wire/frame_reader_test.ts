import { assert, assertEquals, assertRejects } from "@std/assert";
import { NotebookdError } from "../errors.ts";
import { controlFrameCap, FrameType, typedFrameCap } from "./caps.ts";
import { encodeFrame, encodeTypedFrame } from "./frame.ts";
import { type ByteSource, FrameReader } from "./frame_reader.ts";
import { randomBytes, seededRandom } from "./testing_random.ts";

/** Gives chunks one read each, or in more reads where `into` is smaller; then the end. */
class Chunks implements ByteSource {
  readonly #chunks: Uint8Array[];
  reads = 0;
  largestRequest = 0;

  constructor(...chunks: Uint8Array[]) {
    this.#chunks = chunks;
  }

  read(into: Uint8Array): Promise<number | null> {
    this.reads++;
    this.largestRequest = Math.max(this.largestRequest, into.length);
    const chunk = this.#chunks.shift();
    if (chunk === undefined) return Promise.resolve(null);
    const part = chunk.subarray(0, into.length);
    into.set(part);
    if (part.length < chunk.length) this.#chunks.unshift(chunk.subarray(part.length));
    return Promise.resolve(part.length);
  }
}

function join(...parts: Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

async function readAll(source: ByteSource): Promise<Uint8Array[]> {
  const reader = new FrameReader(source);
  const payloads: Uint8Array[] = [];
  for (;;) {
    const payload = await reader.next(typedFrameCap);
    if (payload === null) return payloads;
    payloads.push(payload);
  }
}

async function refusal(source: ByteSource, capOf = controlFrameCap): Promise<string> {
  const reader = new FrameReader(source);
  const error = await assertRejects(() => reader.next(capOf), NotebookdError);
  assertEquals(error.code, "bad_frame");
  return error.message;
}

const sync = encodeTypedFrame(FrameType.sync, Uint8Array.of(0x42, 0x00, 0x01));
const request = encodeTypedFrame(FrameType.request, new TextEncoder().encode('{"action":"x"}'));

Deno.test("next() gives the same payloads when the stream is split at any byte", async () => {
  const stream = join(sync, request, encodeFrame(new Uint8Array(0)), sync);
  const expected = [sync.subarray(4), request.subarray(4), new Uint8Array(0), sync.subarray(4)];
  for (let split = 0; split <= stream.length; split++) {
    const chunks = [stream.subarray(0, split), stream.subarray(split)].filter((c) => c.length > 0);
    assertEquals(await readAll(new Chunks(...chunks)), expected, `split at ${split}`);
  }
  const single = Array.from(stream, (byte) => Uint8Array.of(byte));
  assertEquals(await readAll(new Chunks(...single)), expected);
});

Deno.test("next() reads once when many small frames come in one chunk", async () => {
  const source = new Chunks(join(...Array.from({ length: 100 }, () => sync)));
  assertEquals((await readAll(source)).length, 100);
  assertEquals(source.reads, 2);
});

Deno.test("next() gives payloads their own memory when more frames follow", async () => {
  const reader = new FrameReader(new Chunks(join(sync, request)));
  const first = await reader.next(typedFrameCap);
  await reader.next(typedFrameCap);
  assertEquals(first, sync.slice(4));
  assertEquals(first?.buffer.byteLength, sync.length - 4);
});

Deno.test("next() gives null when the stream ends between two frames", async () => {
  assertEquals(await readAll(new Chunks()), []);
  assertEquals((await readAll(new Chunks(sync))).length, 1);
});

Deno.test("next() refuses with bad_frame when the stream ends inside a frame", async () => {
  for (let length = 1; length < sync.length; length++) {
    const message = await refusal(new Chunks(sync.subarray(0, length)));
    assert(message.includes("the stream ended after"), message);
  }
  const big = encodeTypedFrame(FrameType.sync, new Uint8Array(200_000));
  assertEquals(
    await refusal(new Chunks(big.subarray(0, 150_000)), typedFrameCap),
    "Cannot read a frame: the stream ended after 149996 of 200001 bytes of its payload",
  );
});

Deno.test("next() refuses with bad_frame when the frame is longer than its cap", async () => {
  const atCap = encodeFrame(new Uint8Array(64 * 1024));
  assertEquals((await new FrameReader(new Chunks(atCap)).next(controlFrameCap))?.length, 64 * 1024);
  assertEquals(
    await refusal(new Chunks(encodeFrame(new Uint8Array(64 * 1024 + 1)))),
    "Cannot read a frame of 65537 bytes: the limit for this kind is 65536 bytes",
  );
  await refusal(new Chunks(Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0x00)), typedFrameCap);
});

Deno.test("next() refuses an unknown type when only the first byte is there", async () => {
  const message = await refusal(new Chunks(Uint8Array.of(0, 0, 0, 9, 0x07)), typedFrameCap);
  assert(message.includes('type "0x07"'), message);
});

Deno.test("next() takes memory as bytes arrive when a frame announces 100 MiB", async () => {
  const header = Uint8Array.of(0x06, 0x40, 0x00, 0x00, FrameType.sync);
  const source = new Chunks(header, new Uint8Array(1000));
  await refusal(source, typedFrameCap);
  assert(source.largestRequest <= 128 * 1024, `asked for ${source.largestRequest} bytes`);
});

Deno.test("next() refuses with internal when another call is under way", async () => {
  const { promise, resolve } = Promise.withResolvers<number | null>();
  const reader = new FrameReader({ read: () => promise });
  const first = reader.next(controlFrameCap);
  const error = await assertRejects(() => reader.next(controlFrameCap), NotebookdError);
  assertEquals(error.code, "internal");
  resolve(null);
  assertEquals(await first, null);
});

Deno.test("next() gives back what was framed when sizes and chunks are random", async () => {
  const seed = crypto.getRandomValues(new Uint32Array(1))[0] ?? 0;
  const random = seededRandom(seed);
  const sizes = [0, 1, 100, 65_535, 65_536, 65_537, 131_072, 300_000];
  const bodies = Array.from(
    { length: 24 },
    () => randomBytes(random, Math.max(0, (sizes[random(sizes.length)] ?? 0) - random(3))),
  );
  const frames = bodies.map((body) => encodeTypedFrame(FrameType.sync, body));
  const stream = new Uint8Array(frames.reduce((sum, frame) => sum + frame.length, 0));
  frames.reduce((at, frame) => (stream.set(frame, at), at + frame.length), 0);
  const chunks: Uint8Array[] = [];
  for (let at = 0; at < stream.length;) {
    const size = 1 + random([7, 5000, 200_000][random(3)] ?? 1);
    chunks.push(stream.subarray(at, at += size));
  }
  const payloads = await readAll(new Chunks(...chunks));
  assertEquals(payloads.map((payload) => payload.subarray(1)), bodies, `seed ${seed}`);
});
