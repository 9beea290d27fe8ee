import { assertEquals, assertThrows } from "@std/assert";
import * as v from "valibot";
import { concat, json, TYPE } from "./bytes.ts";
import { checkFrame, infoSchema, poolSchema } from "./v2_schema.ts";

const framed = (type: number, value: unknown) => concat(Uint8Array.of(type), json(value));

Deno.test("checkFrame() takes what protocol v2 names", () => {
  const { broadcast, response } = TYPE;
  const frames: [type: number, value: unknown][] = [
    [response, { result: "ok" }],
    [response, { result: "trust_approved", id: 1, trust_signature: "s", trust_timestamp: "t" }],
    [broadcast, { event: "kernel_status", status: "idle", cell_id: null }],
    [broadcast, { event: "env_progress", env_type: "uv", phase: "creating_venv" }],
    [broadcast, { event: "comm", msg_type: "comm_msg", content: {}, buffers: [[0, 255]] }],
  ];
  for (const [type, value] of frames) checkFrame(framed(type, value));
  assertEquals(checkFrame(Uint8Array.of(0, 0x42)), {
    type: "sync",
    message: Uint8Array.of(0x42),
  });
});

Deno.test("checkFrame() throws when a v2 client couldn't parse the frame", () => {
  const { broadcast, response } = TYPE;
  const frames: [type: number, value: unknown][] = [
    [broadcast, { event: "trust_changed", status: "trusted" }],
    [broadcast, { event: "save_state", state: "saved" }],
    [broadcast, { event: "kernel_error", error: "x", more: 1 }],
    [broadcast, { event: "env_progress", env_type: "uv", phase: "thinking" }],
    [broadcast, { event: "comm_sync", comms: [] }],
    [response, { result: "ok", extra: true }],
    [response, { result: "unheard_of" }],
    [0x04, {}],
  ];
  for (const [type, value] of frames) assertThrows(() => checkFrame(framed(type, value)));
  assertThrows(() => checkFrame(new Uint8Array()));
});

Deno.test("the schemas of untyped answers are closed", () => {
  const info = { protocol: "v2", notebook_id: "", cell_count: 0, needs_trust_approval: false };
  v.parse(infoSchema, info);
  assertThrows(() => v.parse(infoSchema, { ...info, more: 1 }));
  assertThrows(() => v.parse(infoSchema, { ...info, cell_count: -1 }));
  v.parse(poolSchema, { type: "pong" });
  assertThrows(() => v.parse(poolSchema, { type: "pong", more: 1 }));
});
