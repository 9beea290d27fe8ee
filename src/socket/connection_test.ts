import { assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { NotebookdError } from "../errors.ts";
import { encodeFrame } from "../wire/frame.ts";
import { ManualClock } from "../../tests/helpers/manual_clock.ts";
import { TempFolder } from "../../tests/helpers/temp_folder.ts";
import { SocketConnection } from "./connection.ts";

const CAP = () => 64 * 1024 * 1024;
const payloadOf = (text: string) => new TextEncoder().encode(text);

/** Two ends of a socket: ours as a connection, and the client's. */
class Pair implements AsyncDisposable {
  readonly clock = new ManualClock();
  readonly ours: SocketConnection;
  readonly client: Deno.UnixConn;
  readonly #folder: TempFolder;

  private constructor(folder: TempFolder, ours: Deno.UnixConn, client: Deno.UnixConn) {
    this.#folder = folder;
    this.client = client;
    this.ours = new SocketConnection(ours, { clock: this.clock, id: "c1" });
  }

  static async connect(): Promise<Pair> {
    const folder = await TempFolder.make();
    const path = folder.join("s");
    using listener = Deno.listen({ transport: "unix", path });
    const [ours, client] = await Promise.all([
      listener.accept(),
      Deno.connect({ transport: "unix", path }),
    ]);
    return new Pair(folder, ours, client);
  }

  /** Writes all bytes from the client's side. */
  async write(bytes: Uint8Array): Promise<void> {
    for (let done = 0; done < bytes.length;) {
      done += await this.client.write(bytes.subarray(done));
    }
  }

  /** Reads a number of bytes on the client's side; fewer where the stream ends. */
  async read(count: number): Promise<Uint8Array> {
    const bytes = new Uint8Array(count);
    let done = 0;
    while (done < count) {
      const read = await this.client.read(bytes.subarray(done));
      if (read === null) break;
      done += read;
    }
    return bytes.subarray(0, done);
  }

  closeClient(): void {
    try {
      this.client.close();
    } catch {
      // The test closed it.
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.closeClient();
    await this.ours[Symbol.asyncDispose]();
    await this.#folder[Symbol.asyncDispose]();
  }
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  return (await assertRejects(() => work, NotebookdError)).code;
}

Deno.test("readFrame() gives payloads in order, then null at a clean end", async () => {
  await using pair = await Pair.connect();
  const big = crypto.getRandomValues(new Uint8Array(60_000));
  const writing = (async () => {
    await pair.write(encodeFrame(payloadOf("one")));
    await pair.write(encodeFrame(big));
    pair.closeClient();
  })();
  assertEquals(await pair.ours.readFrame(CAP), payloadOf("one"));
  assertEquals(await pair.ours.readFrame(CAP), big);
  assertEquals(await pair.ours.readFrame(CAP), null);
  await writing;
});

Deno.test("readFrame() refuses half a frame and one that is too long", async () => {
  for (const bytes of [[0, 0, 0, 9, 1, 2], [0, 0], [0, 0, 1, 0, 1]]) {
    await using pair = await Pair.connect();
    await pair.write(Uint8Array.from(bytes));
    pair.closeClient();
    assertEquals(await codeOf(pair.ours.readFrame(() => 100)), "bad_frame");
  }
});

Deno.test("send() writes whole frames in the order of the calls", async () => {
  await using pair = await Pair.connect();
  const frames = Array.from({ length: 500 }, (_, i) => {
    return encodeFrame(new Uint8Array(1 + (i * 7919) % 3000).fill(i));
  });
  const sending = Promise.all(frames.map((frame) => pair.ours.send(frame)));
  const total = frames.reduce((sum, frame) => sum + frame.length, 0);
  assertEquals(pair.ours.queuedBytes, total);
  const received = await pair.read(total);
  let offset = 0;
  for (const frame of frames) {
    assertEquals(received.subarray(offset, offset + frame.length), frame);
    offset += frame.length;
  }
  await sending;
  assertEquals(pair.ours.queuedBytes, 0);
});

Deno.test("send() resolves only when the frame is written", async () => {
  await using pair = await Pair.connect();
  const frame = encodeFrame(new Uint8Array(4 * 1024 * 1024).fill(7));
  let written = false;
  const sending = pair.ours.send(frame).then(() => {
    written = true;
  });
  const half = await pair.read(1024);
  assertEquals(written, false);
  assertEquals(pair.ours.queuedBytes > 0, true);
  const rest = await pair.read(frame.length - half.length);
  await sending;
  assertEquals([...half, ...rest].length, frame.length);
});

Deno.test("send() fails when the client is gone, and so does every later call", async () => {
  await using pair = await Pair.connect();
  const sending = pair.ours.send(new Uint8Array(4 * 1024 * 1024));
  const queued = pair.ours.send(new Uint8Array(10));
  pair.closeClient();
  assertEquals(await codeOf(sending), "connection_lost");
  assertEquals(await codeOf(queued), "connection_lost");
  await pair.ours.closed;
  assertEquals(await codeOf(pair.ours.send(new Uint8Array(1))), "connection_lost");
  assertEquals(pair.ours.queuedBytes, 0);
});

Deno.test("close() ends reads and writes under way with its reason", async () => {
  await using pair = await Pair.connect();
  const reason = new NotebookdError("peer_too_slow", "Too slow");
  const reading = assertRejects(() => pair.ours.readFrame(CAP));
  const writing = assertRejects(() => pair.ours.send(new Uint8Array(4 * 1024 * 1024)));
  const queued = assertRejects(() => pair.ours.send(new Uint8Array(4)));
  await pair.read(10);
  pair.ours.close(reason);
  pair.ours.close();
  assertStrictEquals(await reading, reason);
  assertStrictEquals(await writing, reason);
  assertStrictEquals(await queued, reason);
  await pair.ours.closed;
  assertStrictEquals(await assertRejects(() => pair.ours.readFrame(CAP)), reason);
});

Deno.test("close() without a reason ends reads and writes with code closed", async () => {
  await using pair = await Pair.connect();
  const reading = codeOf(pair.ours.readFrame(CAP));
  pair.ours.close();
  assertEquals(await reading, "closed");
  assertEquals(await codeOf(pair.ours.send(new Uint8Array(1))), "closed");
});

Deno.test("drain() lets a client that is still writing read the refusal", async () => {
  await using pair = await Pair.connect();
  const refusal = encodeFrame(payloadOf("refused"));
  const writing = pair.write(new Uint8Array(40_000));
  assertEquals(await pair.ours.readFrame(CAP), new Uint8Array());
  await pair.ours.send(refusal);
  const draining = pair.ours.drain({ bytes: 64 * 1024, ms: 1000 });
  await writing;
  assertEquals(await pair.read(refusal.length + 10), refusal);
  pair.closeClient();
  await draining;
});

Deno.test("drain() ends after its bytes", async () => {
  await using pair = await Pair.connect();
  await pair.write(new Uint8Array(5000));
  await pair.ours.drain({ bytes: 4096, ms: 1000 });
  assertEquals(pair.clock.timers, 0);
});

Deno.test("drain() ends after its time", async () => {
  await using pair = await Pair.connect();
  const draining = pair.ours.drain({ bytes: 64 * 1024, ms: 1000 });
  await pair.clock.untilTimers(1);
  pair.clock.advance(999);
  assertEquals(pair.clock.timers, 1);
  pair.clock.advance(1);
  await draining;
  await pair.ours.closed;
});

Deno.test("drain() returns at once when the client is gone", async () => {
  await using pair = await Pair.connect();
  pair.closeClient();
  await pair.ours.drain({ bytes: 64 * 1024, ms: 1000 });
  assertEquals(pair.clock.timers, 0);
});
