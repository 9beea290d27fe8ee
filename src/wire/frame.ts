/**
 * Frames: four bytes of length, big-endian, then the payload; a typed frame's payload starts with
 * one byte of type. Length, type and body go into one buffer, so that one write carries them all.
 *
 * @module
 */

import { NotebookdError } from "../errors.ts";
import { type FrameType, isFrameType, MAX_FRAME_BYTES, unknownFrameType } from "./caps.ts";

/** Bytes of length before every payload. */
export const HEADER_BYTES = 4;

/** A typed frame's payload, taken apart. */
export interface TypedFrame {
  /** What the body is. */
  readonly type: FrameType;
  /** The payload after its type byte: a view, not a copy. */
  readonly body: Uint8Array;
}

/**
 * Makes a whole frame of a payload.
 *
 * @example
 * ```ts
 * import { encodeFrame } from "@/wire/frame.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const frame = encodeFrame(new TextEncoder().encode("{}"));
 * assertEquals(frame, Uint8Array.of(0, 0, 0, 2, 0x7b, 0x7d));
 * ```
 *
 * @param payload At most 100 MiB.
 * @throws {NotebookdError} with code `limit_reached` when the payload is longer.
 */
export function encodeFrame(payload: Uint8Array): Uint8Array<ArrayBuffer> {
  const frame = allocate(payload.length);
  frame.set(payload, HEADER_BYTES);
  return frame;
}

/**
 * Makes a whole typed frame of a body.
 *
 * @example
 * ```ts
 * import { FrameType } from "@/wire/caps.ts";
 * import { encodeTypedFrame } from "@/wire/frame.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const frame = encodeTypedFrame(FrameType.broadcast, Uint8Array.of(0x7b, 0x7d));
 * assertEquals(frame, Uint8Array.of(0, 0, 0, 3, 0x03, 0x7b, 0x7d));
 * ```
 *
 * @param type What the body is.
 * @param body One byte less than 100 MiB at most.
 * @throws {NotebookdError} with code `limit_reached` when the body is longer.
 */
export function encodeTypedFrame(type: FrameType, body: Uint8Array): Uint8Array<ArrayBuffer> {
  const frame = allocate(body.length + 1);
  frame[HEADER_BYTES] = type;
  frame.set(body, HEADER_BYTES + 1);
  return frame;
}

/**
 * Takes the payload of a typed frame apart.
 *
 * @throws {NotebookdError} with code `bad_frame` when the payload is empty or its type unknown.
 */
export function decodeTypedFrame(payload: Uint8Array): TypedFrame {
  const type = payload[0];
  if (type === undefined) {
    throw new NotebookdError(
      "bad_frame",
      "Cannot read a frame of 0 bytes: a typed frame starts with a type byte",
    );
  }
  if (!isFrameType(type)) throw unknownFrameType(type);
  return { type, body: payload.subarray(1) };
}

function allocate(length: number): Uint8Array<ArrayBuffer> {
  if (length > MAX_FRAME_BYTES) {
    throw new NotebookdError(
      "limit_reached",
      `Cannot send a frame of ${length} bytes: the limit is ${MAX_FRAME_BYTES} bytes`,
    );
  }
  const frame = new Uint8Array(HEADER_BYTES + length);
  new DataView(frame.buffer).setUint32(0, length);
  return frame;
}
