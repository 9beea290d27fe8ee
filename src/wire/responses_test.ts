import { assertEquals, assertThrows } from "@std/assert";
import { NotebookdError } from "../errors.ts";
import { jsonCodec, msgpackCodec } from "./codec.ts";
import { encodeResponse, type NotebookResponse, parseResponse } from "./responses.ts";

const RESPONSES: readonly (readonly [string, NotebookResponse])[] = [
  [
    '{"result":"kernel_launched","kernel_type":"deno","env_source":"deno","launched_config":' +
    '{"deno_config":{"permissions":["--allow-read"],"flexible_npm_imports":true}}}',
    {
      result: "kernel_launched",
      kernel_type: "deno",
      env_source: "deno",
      launched_config: {
        deno_config: { permissions: ["--allow-read"], flexible_npm_imports: true },
      },
    },
  ],
  [
    '{"result":"kernel_already_running","kernel_type":"python","env_source":"uv:inline",' +
    '"launched_config":{"uv_deps":["pandas"],"venv_path":"/v","python_path":"/v/bin/python"}}',
    {
      result: "kernel_already_running",
      kernel_type: "python",
      env_source: "uv:inline",
      launched_config: { uv_deps: ["pandas"], venv_path: "/v", python_path: "/v/bin/python" },
    },
  ],
  ['{"result":"cell_queued","cell_id":"a"}', { result: "cell_queued", cell_id: "a" }],
  ['{"result":"all_cells_queued","count":3}', { result: "all_cells_queued", count: 3 }],
  ['{"result":"outputs_cleared","cell_id":"a"}', { result: "outputs_cleared", cell_id: "a" }],
  ['{"result":"interrupt_sent"}', { result: "interrupt_sent" }],
  ['{"result":"kernel_shutting_down"}', { result: "kernel_shutting_down" }],
  ['{"result":"no_kernel"}', { result: "no_kernel" }],
  [
    '{"result":"kernel_info","kernel_type":null,"env_source":null,"status":"not_started"}',
    { result: "kernel_info", kernel_type: null, env_source: null, status: "not_started" },
  ],
  [
    '{"result":"queue_state","executing":null,"queued":["a"]}',
    { result: "queue_state", executing: null, queued: ["a"] },
  ],
  ['{"result":"ok"}', { result: "ok" }],
  [
    '{"result":"history_result","entries":[{"session":-1,"line":2,"source":"x"}]}',
    { result: "history_result", entries: [{ session: -1, line: 2, source: "x" }] },
  ],
  [
    '{"result":"completion_result","items":[{"label":"print","kind":"function"}],' +
    '"cursor_start":0,"cursor_end":3}',
    {
      result: "completion_result",
      items: [{ label: "print", kind: "function" }],
      cursor_start: 0,
      cursor_end: 3,
    },
  ],
  ['{"result":"notebook_saved","path":"/a.ipynb"}', { result: "notebook_saved", path: "/a.ipynb" }],
  ['{"result":"notebook_cloned","path":"/b.ipynb"}', {
    result: "notebook_cloned",
    path: "/b.ipynb",
  }],
  [
    '{"result":"sync_environment_started","packages":["a"]}',
    { result: "sync_environment_started", packages: ["a"] },
  ],
  [
    '{"result":"sync_environment_complete","synced_packages":["a"]}',
    { result: "sync_environment_complete", synced_packages: ["a"] },
  ],
  [
    '{"result":"sync_environment_failed","error":"No network","needs_restart":false}',
    { result: "sync_environment_failed", error: "No network", needs_restart: false },
  ],
  [
    '{"result":"error","error":"No kernel","error_code":"not_found"}',
    { result: "error", error: "No kernel", error_code: "not_found" },
  ],
  [
    '{"result":"trust_approved","trust_signature":"hmac-sha256:00","trust_timestamp":"2026-01-01T00:00:00Z"}',
    {
      result: "trust_approved",
      trust_signature: "hmac-sha256:00",
      trust_timestamp: "2026-01-01T00:00:00Z",
    },
  ],
  [
    '{"result":"trust","status":"untrusted","uv_dependencies":["a"],"conda_dependencies":[],"conda_channels":[]}',
    {
      result: "trust",
      status: "untrusted",
      uv_dependencies: ["a"],
      conda_dependencies: [],
      conda_channels: [],
    },
  ],
];

Deno.test("encodeResponse() writes the protocol's bytes when the codec is JSON", () => {
  for (const [text, response] of RESPONSES) {
    assertEquals(new TextDecoder().decode(encodeResponse(response, jsonCodec)), text);
  }
});

Deno.test("parseResponse() gives back what was encoded when the request had a number", () => {
  for (const codec of [jsonCodec, msgpackCodec]) {
    for (const [, response] of RESPONSES) {
      const body = encodeResponse(response, codec, "seven");
      assertEquals(parseResponse(codec.decode(body)), { response, id: "seven" }, codec.name);
    }
  }
});

Deno.test("parseResponse() reads an error code as internal when it doesn't know it", () => {
  const value = { result: "error", error: "Later", error_code: "of_a_later_version" };
  assertEquals(parseResponse(value).response, {
    result: "error",
    error: "Later",
    error_code: "internal",
  });
});

Deno.test("parseResponse() refuses with bad_frame when a response doesn't fit", () => {
  for (const value of [1, {}, { result: "later" }, { result: "cell_queued" }]) {
    assertEquals(assertThrows(() => parseResponse(value), NotebookdError).code, "bad_frame");
  }
});
