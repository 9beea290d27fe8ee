import { assertEquals, assertThrows } from "@std/assert";
import { NotebookdError } from "../errors.ts";
import { FrameType, MAX_FRAME_BYTES, typedFrameCap } from "./caps.ts";
import { decodeTypedFrame, encodeFrame, encodeTypedFrame } from "./frame.ts";

const encoder = new TextEncoder();

Deno.test("encodeFrame() puts a big-endian length before the payload when there is one", () => {
  assertEquals(encodeFrame(new Uint8Array(0)), Uint8Array.of(0, 0, 0, 0));
  assertEquals(
    encodeFrame(encoder.encode('{"channel":"pool"}')),
    Uint8Array.of(0, 0, 0, 18, ...encoder.encode('{"channel":"pool"}')),
  );
  assertEquals(encodeFrame(new Uint8Array(0x010203)).subarray(0, 5), Uint8Array.of(0, 1, 2, 3, 0));
});

Deno.test("encodeTypedFrame() counts the type byte in the length when it frames a body", () => {
  const body = encoder.encode('{"action":"run_all_cells"}');
  assertEquals(
    encodeTypedFrame(FrameType.request, body),
    Uint8Array.of(0, 0, 0, 27, 0x01, ...body),
  );
  assertEquals(
    encodeTypedFrame(FrameType.sync, new Uint8Array(0)),
    Uint8Array.of(0, 0, 0, 1, 0x00),
  );
});

Deno.test("encodeTypedFrame() refuses with limit_reached when the payload is beyond 100 MiB", () => {
  const tooLong = { length: MAX_FRAME_BYTES } as Uint8Array;
  const error = assertThrows(
    () => encodeTypedFrame(FrameType.response, tooLong),
    NotebookdError,
    "104857601 bytes",
  );
  assertEquals(error.code, "limit_reached");
});

Deno.test("decodeTypedFrame() takes type and body apart when the type is known", () => {
  for (const type of Object.values(FrameType)) {
    assertEquals(decodeTypedFrame(Uint8Array.of(type, 7, 8)), { type, body: Uint8Array.of(7, 8) });
  }
  assertEquals(decodeTypedFrame(Uint8Array.of(2)), { type: 2, body: new Uint8Array(0) });
});

Deno.test("decodeTypedFrame() refuses with bad_frame when there is no type it knows", () => {
  for (const payload of [Uint8Array.of(), Uint8Array.of(0x04), Uint8Array.of(0xff, 1)]) {
    const error = assertThrows(() => decodeTypedFrame(payload), NotebookdError, "Cannot read");
    assertEquals(error.code, "bad_frame");
  }
});

Deno.test("typedFrameCap() gives each type its cap when asked by the first byte", () => {
  const caps = [0, 1, 2, 3].map(typedFrameCap);
  assertEquals(caps, [100, 16, 100, 100].map((mebibytes) => mebibytes * 1024 * 1024));
  assertThrows(() => typedFrameCap(4), NotebookdError, '"0x04"');
});
