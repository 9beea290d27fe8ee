import { assertEquals, assertThrows } from "@std/assert";
import { NotebookdError } from "../errors.ts";
import { isAdditionBroadcast, type NotebookBroadcast, parseBroadcast } from "./broadcasts.ts";
import { jsonCodec, msgpackCodec } from "./codec.ts";
import type { EnvProgressPhase } from "./env_progress.ts";

const BROADCASTS: readonly (readonly [string, NotebookBroadcast])[] = [
  [
    '{"event":"kernel_status","status":"busy","cell_id":null}',
    { event: "kernel_status", status: "busy", cell_id: null },
  ],
  [
    '{"event":"execution_started","cell_id":"a","execution_count":4}',
    { event: "execution_started", cell_id: "a", execution_count: 4 },
  ],
  [
    '{"event":"output","cell_id":"a","output_type":"stream","output_json":"{}","output_index":0}',
    {
      event: "output",
      cell_id: "a",
      output_type: "stream",
      output_json: "{}",
      output_index: 0,
    },
  ],
  [
    '{"event":"display_update","display_id":"d","data":{"text/plain":"x"},"metadata":{}}',
    { event: "display_update", display_id: "d", data: { "text/plain": "x" }, metadata: {} },
  ],
  ['{"event":"execution_done","cell_id":"a"}', { event: "execution_done", cell_id: "a" }],
  [
    '{"event":"queue_changed","executing":"a","queued":["b"]}',
    { event: "queue_changed", executing: "a", queued: ["b"] },
  ],
  ['{"event":"kernel_error","error":"It died"}', { event: "kernel_error", error: "It died" }],
  ['{"event":"outputs_cleared","cell_id":"a"}', { event: "outputs_cleared", cell_id: "a" }],
  [
    '{"event":"comm","msg_type":"comm_msg","content":{"comm_id":"c"},"buffers":[[0,255],[]]}',
    {
      event: "comm",
      msg_type: "comm_msg",
      content: { comm_id: "c" },
      buffers: [Uint8Array.of(0, 255), new Uint8Array(0)],
    },
  ],
  [
    '{"event":"comm_sync","comms":[{"comm_id":"c","target_name":"jupyter.widget","state":{}}]}',
    {
      event: "comm_sync",
      comms: [{ comm_id: "c", target_name: "jupyter.widget", state: {} }],
    },
  ],
  [
    '{"event":"file_changed","cells":[{"id":"a","cell_type":"code","source":"1",' +
    '"execution_count":"null","outputs":[]}]}',
    {
      event: "file_changed",
      cells: [{ id: "a", cell_type: "code", source: "1", execution_count: "null", outputs: [] }],
    },
  ],
  ['{"event":"env_sync_state","in_sync":true}', { event: "env_sync_state", in_sync: true }],
  [
    '{"event":"env_sync_state","in_sync":false,"diff":{"added":["a"],"removed":[],' +
    '"channels_changed":false,"deno_changed":false}}',
    {
      event: "env_sync_state",
      in_sync: false,
      diff: { added: ["a"], removed: [], channels_changed: false, deno_changed: false },
    },
  ],
  ['{"event":"trust_changed","status":"trusted"}', { event: "trust_changed", status: "trusted" }],
  [
    '{"event":"save_state","state":"saved","path":"/a.ipynb"}',
    { event: "save_state", state: "saved", path: "/a.ipynb" },
  ],
];

const PHASES: readonly EnvProgressPhase[] = [
  { phase: "starting", env_hash: "h" },
  { phase: "cache_hit", env_path: "/e" },
  { phase: "fetching_repodata", channels: ["conda-forge"] },
  { phase: "repodata_complete", record_count: 1, elapsed_ms: 2 },
  { phase: "solving", spec_count: 1 },
  { phase: "solve_complete", package_count: 1, elapsed_ms: 2 },
  { phase: "installing", total: 1 },
  {
    phase: "download_progress",
    completed: 1,
    total: 2,
    current_package: "p",
    bytes_downloaded: 3,
    bytes_total: null,
    bytes_per_second: 1.5,
  },
  { phase: "link_progress", completed: 1, total: 2, current_package: "p" },
  { phase: "install_complete", elapsed_ms: 1 },
  { phase: "creating_venv" },
  { phase: "installing_packages", packages: ["p"] },
  { phase: "ready", env_path: "/e", python_path: "/e/bin/python" },
  { phase: "error", message: "No network" },
];

Deno.test("encode() writes the protocol's bytes when a broadcast is JSON", () => {
  for (const [text, broadcast] of BROADCASTS) {
    assertEquals(new TextDecoder().decode(jsonCodec.encode(broadcast)), text);
  }
});

Deno.test("parseBroadcast() gives back what was encoded when the event is known", () => {
  for (const codec of [jsonCodec, msgpackCodec]) {
    for (const [, broadcast] of BROADCASTS) {
      assertEquals(parseBroadcast(codec.decode(codec.encode(broadcast))), broadcast, codec.name);
    }
  }
});

Deno.test("parseBroadcast() gives each phase when an environment is made", () => {
  for (const phase of PHASES) {
    const broadcast: NotebookBroadcast = { event: "env_progress", env_type: "conda", ...phase };
    assertEquals(parseBroadcast(JSON.parse(JSON.stringify(broadcast))), broadcast, phase.phase);
  }
});

Deno.test("parseBroadcast() gives null when a later version tells something new", () => {
  assertEquals(parseBroadcast({ event: "later" }), null);
  assertEquals(parseBroadcast({ event: "env_progress", env_type: "uv", phase: "later" }), null);
});

Deno.test("parseBroadcast() refuses with bad_frame when a known event doesn't fit", () => {
  const values = [
    null,
    {},
    { event: 1 },
    { event: "output", cell_id: "a" },
    { event: "env_progress", env_type: "uv" },
    { event: "comm", msg_type: "m", content: {}, buffers: [[256]] },
    { event: "save_state", state: "maybe" },
  ];
  for (const value of values) {
    assertEquals(assertThrows(() => parseBroadcast(value), NotebookdError).code, "bad_frame");
  }
});

Deno.test("isAdditionBroadcast() tells the two additions when given every event", () => {
  const additions = BROADCASTS.map(([, broadcast]) => broadcast).filter(isAdditionBroadcast);
  assertEquals(additions.map(({ event }) => event), ["trust_changed", "save_state"]);
});
