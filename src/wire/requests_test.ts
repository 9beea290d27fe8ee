import { assertEquals, assertThrows } from "@std/assert";
import { NotebookdError } from "../errors.ts";
import { jsonCodec, msgpackCodec } from "./codec.ts";
import { encodeRequest, type NotebookRequest, parseRequest, requestIdOf } from "./requests.ts";

const REQUESTS: readonly (readonly [string, NotebookRequest])[] = [
  [
    '{"action":"launch_kernel","kernel_type":"python","env_source":"auto","notebook_path":"/a.ipynb"}',
    {
      action: "launch_kernel",
      kernel_type: "python",
      env_source: "auto",
      notebook_path: "/a.ipynb",
    },
  ],
  ['{"action":"execute_cell","cell_id":"a"}', { action: "execute_cell", cell_id: "a" }],
  [
    '{"action":"queue_cell","cell_id":"a","code":"1+1"}',
    { action: "queue_cell", cell_id: "a", code: "1+1" },
  ],
  ['{"action":"run_all_cells"}', { action: "run_all_cells" }],
  ['{"action":"clear_outputs","cell_id":"a"}', { action: "clear_outputs", cell_id: "a" }],
  ['{"action":"interrupt_execution"}', { action: "interrupt_execution" }],
  ['{"action":"shutdown_kernel"}', { action: "shutdown_kernel" }],
  ['{"action":"get_kernel_info"}', { action: "get_kernel_info" }],
  ['{"action":"get_queue_state"}', { action: "get_queue_state" }],
  [
    '{"action":"send_comm","message":{"header":{"msg_type":"comm_msg"},"buffers":[[1,2]]}}',
    { action: "send_comm", message: { header: { msg_type: "comm_msg" }, buffers: [[1, 2]] } },
  ],
  [
    '{"action":"get_history","pattern":"imp*","n":10,"unique":true}',
    { action: "get_history", pattern: "imp*", n: 10, unique: true },
  ],
  [
    '{"action":"complete","code":"pri","cursor_pos":3}',
    { action: "complete", code: "pri", cursor_pos: 3 },
  ],
  [
    '{"action":"save_notebook","format_cells":true,"path":"/b.ipynb"}',
    { action: "save_notebook", format_cells: true, path: "/b.ipynb" },
  ],
  ['{"action":"clone_notebook","path":"/c"}', { action: "clone_notebook", path: "/c" }],
  ['{"action":"sync_environment"}', { action: "sync_environment" }],
  [
    '{"action":"approve_trust","uv_dependencies":["pandas>=2"],"conda_channels":["conda-forge"]}',
    {
      action: "approve_trust",
      uv_dependencies: ["pandas>=2"],
      conda_channels: ["conda-forge"],
    },
  ],
  ['{"action":"get_trust"}', { action: "get_trust" }],
];

/** What comes, and what the refusal says of it. */
const REFUSED: readonly (readonly [string, string])[] = [
  ["[]", "expected an object, got a list"],
  ["null", "expected an object, got null"],
  ["{}", 'field "action": expected one of "launch_kernel", '],
  ['{"action":"explode"}', ', "get_trust", got "explode"'],
  ['{"action":"constructor"}', 'got "constructor"'],
  ['{"action":"not a word, but print(secret)"}', "got another string"],
  ['{"action":"execute_cell"}', 'field "cell_id": expected a string, got nothing'],
  ['{"action":"execute_cell","cell_id":null}', 'field "cell_id": expected a string, got nothing'],
  ['{"action":"execute_cell","cell_id":7}', 'field "cell_id": expected a string, got an integer'],
  ['{"action":"send_comm","message":[]}', 'field "message": expected an object, got a list'],
  [
    '{"action":"get_history","n":1.5,"unique":true}',
    'field "n": expected an integer, got a number',
  ],
  [
    '{"action":"complete","code":"","cursor_pos":-1}',
    'field "cursor_pos": expected an integer of 0 or more, got an integer',
  ],
  [
    '{"action":"approve_trust","uv_dependencies":["a",1]}',
    'field "uv_dependencies.1": expected a string, got an integer',
  ],
  [
    '{"action":"run_all_cells","id":1.5}',
    'field "id": expected an integer or a string of at most 128 characters',
  ],
];

Deno.test("parseRequest() gives the typed request when it is one of the protocol's", () => {
  for (const [text, request] of REQUESTS) {
    assertEquals(parseRequest(JSON.parse(text)), { request });
  }
});

Deno.test("encodeRequest() writes the protocol's bytes when the codec is JSON", () => {
  for (const [text, request] of REQUESTS) {
    assertEquals(new TextDecoder().decode(encodeRequest(request, jsonCodec)), text);
  }
});

Deno.test("parseRequest() gives back what was encoded when the codec is MessagePack", () => {
  for (const [index, [, request]] of REQUESTS.entries()) {
    const body = encodeRequest(request, msgpackCodec, index);
    assertEquals(parseRequest(msgpackCodec.decode(body)), { request, id: index });
  }
});

Deno.test("parseRequest() takes null as absent when a field is optional", () => {
  const texts = [
    '{"action":"get_history","pattern":null,"n":-1,"unique":false,"id":null}',
    '{"action":"launch_kernel","kernel_type":"","env_source":"","notebook_path":null}',
    '{"action":"save_notebook","format_cells":false,"path":null}',
  ];
  assertEquals(texts.map((text) => parseRequest(JSON.parse(text))), [
    { request: { action: "get_history", n: -1, unique: false } },
    { request: { action: "launch_kernel", kernel_type: "", env_source: "" } },
    { request: { action: "save_notebook", format_cells: false } },
  ]);
});

Deno.test("parseRequest() leaves unknown fields out when a client sends some", () => {
  const value = JSON.parse('{"action":"get_trust","later":1,"__proto__":{"a":1},"id":"x"}');
  assertEquals(parseRequest(value), { request: { action: "get_trust" }, id: "x" });
});

Deno.test("parseRequest() refuses with bad_request naming the field when one doesn't fit", () => {
  for (const [text, part] of REFUSED) {
    const error = assertThrows(() => parseRequest(JSON.parse(text)), NotebookdError, part);
    assertEquals(error.code, "bad_request");
  }
});

Deno.test("requestIdOf() gives the number of a request when the request is refused", () => {
  assertEquals(requestIdOf({ action: "explode", id: 7 }), 7);
  assertEquals(requestIdOf({ id: "a".repeat(128) }), "a".repeat(128));
  for (const value of [null, [], {}, { id: {} }, { id: 2 ** 60 }, { id: "a".repeat(129) }]) {
    assertEquals(requestIdOf(value), undefined);
  }
});
