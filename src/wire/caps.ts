/**
 * The numbers of the wire: frame types and how many bytes a frame of each kind may have. A cap
 * counts the whole payload, its type byte included, not the four bytes of length before it.
 *
 * @module
 */

import { NotebookdError } from "../errors.ts";

const KIB = 1024;
const MIB = 1024 * KIB;

/** The first payload byte of a typed frame, by name. */
export const FrameType = {
  /** Both ways: an Automerge sync message. */
  sync: 0x00,
  /** Client to daemon: a request. */
  request: 0x01,
  /** Daemon to client: the answer to a request. */
  response: 0x02,
  /** Daemon to client: an event. */
  broadcast: 0x03,
} as const;

/** One of the values of the constant {@linkcode FrameType}. */
export type FrameType = typeof FrameType[keyof typeof FrameType];

/** The longest frame of protocol v2, and so the longest that may be written, in bytes. */
export const MAX_FRAME_BYTES: number = 100 * MIB;

/** The longest handshake, and the longest answer to it, in bytes. */
export const MAX_CONTROL_BYTES: number = 64 * KIB;

/** The longest request on the pool channel and on the blob channel, in bytes. */
export const MAX_SIDE_REQUEST_BYTES: number = 64 * KIB;

/** The longest sync message of the settings document, in bytes. */
export const MAX_SETTINGS_BYTES: number = 1 * MIB;

/**
 * The longest typed frame of each type that is read, in bytes. Protocol v2 allows 100 MiB for all;
 * a request carries at most the source of a cell or a widget message.
 */
export const TYPED_FRAME_CAPS = {
  [FrameType.sync]: 100 * MIB,
  [FrameType.request]: 16 * MIB,
  [FrameType.response]: 100 * MIB,
  [FrameType.broadcast]: 100 * MIB,
} as const satisfies Record<FrameType, number>;

/** Tells whether a payload's first byte is a frame type. */
export function isFrameType(byte: number): byte is FrameType {
  return Object.hasOwn(TYPED_FRAME_CAPS, byte);
}

/**
 * Gives the cap of a typed frame by its first payload byte.
 *
 * @throws {NotebookdError} with code `bad_frame` when the byte is no frame type.
 */
export function typedFrameCap(firstByte: number): number {
  if (!isFrameType(firstByte)) throw unknownFrameType(firstByte);
  return TYPED_FRAME_CAPS[firstByte];
}

/** Gives the cap of a handshake or of the answer to one, whatever its first byte is. */
export function controlFrameCap(_firstByte: number): number {
  return MAX_CONTROL_BYTES;
}

/** The error for a type byte that protocol v2 doesn't have. */
export function unknownFrameType(byte: number): NotebookdError {
  const hex = byte.toString(16).padStart(2, "0");
  return new NotebookdError(
    "bad_frame",
    `Cannot read a frame of type "0x${hex}": protocol v2 has the types 0x00 to 0x03`,
  );
}
