import { assertEquals, assertThrows } from "@std/assert";
import { NotebookdError } from "../errors.ts";
import { parseBlobRequest } from "./blob.ts";
import { codecNamed, jsonCodec } from "./codec.ts";
import {
  parsePoolRequest,
  parsePoolResponse,
  type PoolRequest,
  type PoolResponse,
} from "./pool.ts";

const env = { env_type: "uv", venv_path: "/v", python_path: "/v/bin/python" } as const;

const REQUESTS: readonly (readonly [string, PoolRequest])[] = [
  ['{"type":"ping"}', { type: "ping" }],
  ['{"type":"status"}', { type: "status" }],
  ['{"type":"list_rooms"}', { type: "list_rooms" }],
  [
    '{"type":"inspect_notebook","notebook_id":"a"}',
    { type: "inspect_notebook", notebook_id: "a" },
  ],
  [
    '{"type":"shutdown_notebook","notebook_id":"a"}',
    { type: "shutdown_notebook", notebook_id: "a" },
  ],
  ['{"type":"shutdown"}', { type: "shutdown" }],
  ['{"type":"take","env_type":"conda"}', { type: "take", env_type: "conda" }],
  [
    '{"type":"return","env":{"env_type":"uv","venv_path":"/v","python_path":"/v/bin/python"}}',
    { type: "return", env },
  ],
  ['{"type":"flush_pool"}', { type: "flush_pool" }],
];

const stats = { uv_available: 0, uv_warming: 1, conda_available: 2, conda_warming: 3 };

const RESPONSES: readonly (readonly [string, PoolResponse])[] = [
  ['{"type":"pong"}', { type: "pong" }],
  [
    '{"type":"stats","stats":{"uv_available":0,"uv_warming":1,"conda_available":2,"conda_warming":3}}',
    { type: "stats", stats },
  ],
  [
    '{"type":"rooms_list","rooms":[{"notebook_id":"a","active_peers":1,"has_kernel":false}]}',
    { type: "rooms_list", rooms: [{ notebook_id: "a", active_peers: 1, has_kernel: false }] },
  ],
  [
    '{"type":"notebook_state","notebook_id":"a","cells":[{"id":"c","cell_type":"code",' +
    '"source":"1","execution_count":"1","outputs":["{}"]}],"source":"live_room","kernel_info":null}',
    {
      type: "notebook_state",
      notebook_id: "a",
      cells: [{ id: "c", cell_type: "code", source: "1", execution_count: "1", outputs: ["{}"] }],
      source: "live_room",
      kernel_info: null,
    },
  ],
  ['{"type":"notebook_shutdown","found":true}', { type: "notebook_shutdown", found: true }],
  ['{"type":"shutting_down"}', { type: "shutting_down" }],
  [
    '{"type":"env","env":{"env_type":"uv","venv_path":"/v","python_path":"/v/bin/python"}}',
    { type: "env", env },
  ],
  ['{"type":"empty"}', { type: "empty" }],
  ['{"type":"returned"}', { type: "returned" }],
  ['{"type":"flushed"}', { type: "flushed" }],
  ['{"type":"error","message":"No"}', { type: "error", message: "No" }],
];

Deno.test("parsePoolRequest() gives the typed request when it is one of the protocol's", () => {
  for (const [text, request] of REQUESTS) {
    assertEquals(parsePoolRequest(JSON.parse(text)), request);
    assertEquals(new TextDecoder().decode(jsonCodec.encode(request)), text);
  }
});

Deno.test("parsePoolResponse() gives back what was encoded when it is one of the protocol's", () => {
  for (const [text, response] of RESPONSES) {
    assertEquals(new TextDecoder().decode(jsonCodec.encode(response)), text);
    for (const name of ["json", "msgpack"] as const) {
      const codec = codecNamed(name);
      assertEquals(parsePoolResponse(codec.decode(codec.encode(response))), response);
    }
  }
});

Deno.test("parsePoolRequest() refuses with bad_request when a field doesn't fit", () => {
  const cases = [
    [{ type: "explode" }, 'field "type": expected one of "ping", '],
    [{ type: "take", env_type: "pixi" }, 'field "env_type": expected one of "uv", "conda"'],
    [{ type: "inspect_notebook" }, 'field "notebook_id": expected a string, got nothing'],
    [{ type: "return", env: { env_type: "uv" } }, 'field "env.venv_path": expected a string'],
  ] as const;
  for (const [value, part] of cases) {
    const error = assertThrows(() => parsePoolRequest(value), NotebookdError, part);
    assertEquals(error.code, "bad_request");
  }
});

Deno.test("parsePoolResponse() refuses with bad_frame when a number of the stats is missing", () => {
  const value = { type: "stats", stats: { ...stats, uv_warming: null } };
  const error = assertThrows(() => parsePoolResponse(value), NotebookdError, "stats.uv_warming");
  assertEquals(error.code, "bad_frame");
});

Deno.test("parseBlobRequest() gives the typed request when it is one of the protocol's", () => {
  assertEquals(parseBlobRequest({ action: "get_port" }), { action: "get_port" });
  assertEquals(parseBlobRequest({ action: "store", media_type: "image/png" }), {
    action: "store",
    media_type: "image/png",
  });
  for (const value of [{}, { action: "store" }, { action: "get" }]) {
    assertEquals(assertThrows(() => parseBlobRequest(value), NotebookdError).code, "bad_request");
  }
});
