import { assert, assertEquals, assertThrows } from "@std/assert";
import { ERROR_CODES, NotebookdError } from "../errors.ts";
import { MAX_CONTROL_BYTES } from "../wire/caps.ts";
import { jsonCodec, msgpackCodec } from "../wire/codec.ts";
import {
  encodeCapabilities,
  encodeInfo,
  type NotebookConnectionInfo,
  parseCapabilities,
  parseInfo,
  wireErrorCode,
} from "./info.ts";

const served: NotebookConnectionInfo = {
  protocol: "v2",
  notebook_id: "/home/user/notebook.ipynb",
  cell_count: 5,
  needs_trust_approval: false,
};

const refused: NotebookConnectionInfo = {
  protocol: "v2",
  notebook_id: "",
  cell_count: 0,
  needs_trust_approval: false,
  error: "Failed to load notebook: …",
};

function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

Deno.test("encodeInfo() writes the protocol's bytes when there are no additions", () => {
  assertEquals(
    textOf(encodeInfo(served, jsonCodec)),
    '{"protocol":"v2","notebook_id":"/home/user/notebook.ipynb","cell_count":5,' +
      '"needs_trust_approval":false}',
  );
  assertEquals(
    textOf(encodeInfo(refused, jsonCodec)),
    '{"protocol":"v2","notebook_id":"","cell_count":0,"needs_trust_approval":false,' +
      '"error":"Failed to load notebook: …"}',
  );
});

Deno.test("encodeInfo() puts additions last when they come in another order", () => {
  const info = { error_code: "not_found", daemon_version: "0.1.0", ...refused } as const;
  assertEquals(
    textOf(encodeInfo(info, jsonCodec)),
    '{"protocol":"v2","notebook_id":"","cell_count":0,"needs_trust_approval":false,' +
      '"error":"Failed to load notebook: …","daemon_version":"0.1.0","error_code":"not_found"}',
  );
});

Deno.test("parseInfo() gives back what was encoded when it comes in either codec", () => {
  for (const codec of [jsonCodec, msgpackCodec]) {
    for (const info of [served, { ...refused, error_code: "internal", daemon_version: "1" }]) {
      const payload = encodeInfo(info as NotebookConnectionInfo, codec);
      assertEquals(parseInfo(payload, codec), info as NotebookConnectionInfo);
    }
  }
});

Deno.test("parseInfo() takes answers of other versions when they have the fields", () => {
  const value = { ...served, protocol: "v3", error: null, error_code: "later", later: 1 };
  assertEquals(parseInfo(jsonCodec.encode(value), jsonCodec), {
    ...served,
    protocol: "v3",
    error_code: "internal",
  });
});

Deno.test("parseInfo() refuses with bad_frame when a field doesn't fit", () => {
  const payload = jsonCodec.encode({ ...served, cell_count: "5" });
  const error = assertThrows(() => parseInfo(payload, jsonCodec), NotebookdError, "cell_count");
  assertEquals(error.code, "bad_frame");
});

Deno.test("encodeCapabilities() writes the protocol's bytes when the handshake is accepted", () => {
  assertEquals(textOf(encodeCapabilities({ protocol: "v2" }, jsonCodec)), '{"protocol":"v2"}');
  const refusal = { protocol: "v2", error: "No", error_code: "outside_roots" } as const;
  const payload = encodeCapabilities(refusal, jsonCodec);
  assertEquals(textOf(payload), '{"protocol":"v2","error":"No","error_code":"outside_roots"}');
  assertEquals(parseCapabilities(payload, jsonCodec), refusal);
});

Deno.test("parseCapabilities() reads an info frame when the handshake couldn't be read", () => {
  assertEquals(parseCapabilities(encodeInfo(refused, jsonCodec), jsonCodec), {
    protocol: "v2",
    error: "Failed to load notebook: …",
  });
});

Deno.test("encodeInfo() stays a control frame when the error is long and takes escapes", () => {
  const error = "\u0001".repeat(200_000);
  for (const codec of [jsonCodec, msgpackCodec]) {
    assert(encodeInfo({ ...refused, error }, codec).length <= MAX_CONTROL_BYTES);
    assert(encodeCapabilities({ protocol: "v2", error }, codec).length <= MAX_CONTROL_BYTES);
  }
});

Deno.test("encodeInfo() writes no lone surrogate when a strict parser reads it", () => {
  const payload = encodeInfo({ ...refused, error: "\ud83d" }, jsonCodec);
  assertEquals(JSON.parse(textOf(payload)).error, "\ufffd");
  assert(!textOf(payload).includes("\\ud83d"));
});

Deno.test("wireErrorCode() gives one of the eleven words when given any code", () => {
  const words = ERROR_CODES.slice(0, 11);
  for (const code of ERROR_CODES) {
    assert(words.includes(wireErrorCode(code)), code);
    if (words.includes(code)) assertEquals(wireErrorCode(code), code);
  }
});
