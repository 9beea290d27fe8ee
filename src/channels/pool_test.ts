import { assertEquals, assertStringIncludes } from "@std/assert";
import { systemClock } from "../clock.ts";
import type { JsonObject } from "../json.ts";
import { DEFAULT_LIMITS } from "../limits.ts";
import { silentLogger } from "../log.ts";
import type { RoomHandle } from "../rooms/ports.ts";
import { RoomRegistry } from "../rooms/registry.ts";
import { MAX_FRAME_BYTES } from "../wire/caps.ts";
import { jsonCodec } from "../wire/codec.ts";
import { HEADER_BYTES } from "../wire/frame.ts";
import type { FrameConnection } from "./connection_port.ts";
import { servePool } from "./pool.ts";
import type { Services } from "./services.ts";

/** A client that asks and then leaves. */
class ScriptedConnection implements FrameConnection {
  readonly id = "c1";
  readonly queuedBytes = 0;
  readonly closed = new Promise<void>(() => {});
  readonly answers: unknown[] = [];
  readonly #requests: JsonObject[];

  constructor(...requests: JsonObject[]) {
    this.#requests = requests;
  }

  readFrame(): Promise<Uint8Array | null> {
    const request = this.#requests.shift();
    return Promise.resolve(request === undefined ? null : jsonCodec.encode(request));
  }

  send(frame: Uint8Array): Promise<void> {
    this.answers.push(jsonCodec.decode(frame.subarray(HEADER_BYTES)));
    return Promise.resolve();
  }

  drain = () => Promise.resolve();
  close() {}
  [Symbol.asyncDispose] = () => Promise.resolve();
}

/** A room whose cells fill more than one frame. */
const HUGE: RoomHandle = {
  lost: new Promise(() => {}),
  inspect: () => Promise.resolve(new Uint8Array(MAX_FRAME_BYTES + 1)),
  attach: () => Promise.reject(new TypeError("Nobody joins")),
  receive: () => Promise.resolve(),
  request: () => Promise.resolve(),
  flush: () => Promise.resolve(false),
  close: () => Promise.resolve(),
  start() {},
  written() {},
  detach() {},
  applySettings() {},
  fileChanged() {},
};

Deno.test("servePool() answers with an error and goes on when no frame can hold an answer", async () => {
  await using registry = new RoomRegistry({
    host: { open: () => Promise.resolve(HUGE) },
    clock: systemClock,
    logger: silentLogger,
    limits: DEFAULT_LIMITS,
    keepAliveSeconds: () => 30,
  });
  using _hold = await registry.acquire("a", {
    source: () => ({ seed: { kind: "empty", notebookId: "a" } }),
  });
  const connection = new ScriptedConnection(
    { type: "inspect_notebook", notebook_id: "a" },
    { type: "ping" },
  );
  const services: Pick<Services, "registry"> = { registry };
  await servePool(connection, jsonCodec, services as Services);
  const [refused, pong] = connection.answers as { type: string; message?: string }[];
  assertEquals(refused?.type, "error");
  assertStringIncludes(refused?.message ?? "", "limit");
  assertEquals(pong, { type: "pong" });
});
