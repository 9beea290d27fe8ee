/**
 * The first frame of a connection: what the connection is for, and in which codec it goes on.
 *
 * @module
 */

import { NotebookdError } from "../errors.ts";
import { type Codec, jsonCodec, msgpackCodec } from "../wire/codec.ts";
import type { JsonLike } from "../wire/payload.ts";
import { parseWireHandshake, type WireHandshake } from "./wire_handshake.ts";

/** What every handshake may carry. */
export interface HandshakeExtras {
  /** What the client understands beyond protocol v2, as "notebookd/1". An addition. */
  readonly features?: readonly string[];
}

/** Opens a notebook's file. */
export interface OpenNotebookHandshake extends HandshakeExtras {
  /** Opens a file. */
  readonly channel: "open_notebook";
  /** Path of the file, in any spelling. */
  readonly path: string;
}

/** Makes a notebook without a file. */
export interface CreateNotebookHandshake extends HandshakeExtras {
  /** Makes a notebook. */
  readonly channel: "create_notebook";
  /** A name that `checkRuntime` knows, or is to refuse. */
  readonly runtime: string;
  /** Folder that the notebook belongs to until it is saved. */
  readonly workingDir?: string;
  /** A name that `checkPackageManager` knows, or is to refuse. An addition. */
  readonly packageManager?: string;
  /** What the notebook depends on from the start, trusted since the caller names it. An addition. */
  readonly dependencies?: readonly string[];
  /** UUID of an untitled notebook to get back. An addition. */
  readonly notebookId?: string;
}

/** Joins a room by its id. */
export interface NotebookSyncHandshake extends HandshakeExtras {
  /** Joins a room. */
  readonly channel: "notebook_sync";
  /** An absolute path, a UUID, or any other name of a room. */
  readonly notebookId: string;
  /** The protocol that the client named, if it did. */
  readonly protocol?: "v2";
  /** Folder that the notebook belongs to until it is saved. */
  readonly workingDir?: string;
  /** Metadata snapshot as JSON text, for a document that has none. */
  readonly initialMetadata?: string;
}

/** Channels whose handshake has no fields of its own. */
export const PLAIN_CHANNELS = ["pool", "blob", "settings_sync", "pool_state_subscribe"] as const;

/** Opens one of the side channels. */
export interface PlainHandshake extends HandshakeExtras {
  /** Which side channel. */
  readonly channel: typeof PLAIN_CHANNELS[number];
}

/** Any handshake. */
export type Handshake =
  | OpenNotebookHandshake
  | CreateNotebookHandshake
  | NotebookSyncHandshake
  | PlainHandshake;

/** A handshake as it came. */
export interface DecodedHandshake {
  /** What the connection is for. */
  readonly handshake: Handshake;
  /** How every control payload of the connection is written from now on. */
  readonly codec: Codec;
}

/**
 * Tells the codec of a handshake by its first byte: an opening brace or JSON white space is JSON,
 * the start of a map is MessagePack.
 *
 * @throws {NotebookdError} with code `bad_handshake` when it is neither; the answer to that one
 * goes out as JSON.
 */
export function detectCodec(payload: Uint8Array): Codec {
  switch (payload[0]) {
    case 0x7b: // {
    case 0x20:
    case 0x09:
    case 0x0a:
    case 0x0d:
      return jsonCodec;
    case 0xde: // map 16
    case 0xdf: // map 32
      return msgpackCodec;
    default:
      if (((payload[0] ?? 0) & 0xf0) === 0x80) return msgpackCodec;
      throw new NotebookdError(
        "bad_handshake",
        "Cannot read the handshake: expected a JSON object or a MessagePack map",
      );
  }
}

/**
 * Reads a handshake. Fields that are null count as absent, unknown ones are left out. Whether the
 * runtime and the package manager exist is for `checkRuntime` and `checkPackageManager`.
 *
 * @example
 * ```ts
 * import { decodeHandshake } from "@/handshake/handshake.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const payload = new TextEncoder().encode('{"channel":"notebook_sync","notebook_id":"abc"}');
 * const { handshake, codec } = decodeHandshake(payload);
 * assertEquals(handshake, { channel: "notebook_sync", notebookId: "abc" });
 * assertEquals(codec.name, "json");
 * ```
 *
 * @param payload The first frame's payload.
 * @throws {NotebookdError} with code `bad_handshake`, naming the field and what was expected.
 */
export function decodeHandshake(payload: Uint8Array): DecodedHandshake {
  const codec = detectCodec(payload);
  return { handshake: fromWire(parseWireHandshake(decodeValue(payload, codec))), codec };
}

/**
 * Writes a handshake's payload, with the keys in the order of protocol v2 and additions after them.
 *
 * @example
 * ```ts
 * import { encodeHandshake } from "@/handshake/handshake.ts";
 * import { jsonCodec } from "@/wire/codec.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const payload = encodeHandshake({ channel: "create_notebook", runtime: "deno" }, jsonCodec);
 * assertEquals(
 *   new TextDecoder().decode(payload),
 *   '{"channel":"create_notebook","runtime":"deno"}',
 * );
 * ```
 *
 * @param handshake What the connection is for; an empty list of features is left out.
 * @param codec How every control payload of the connection is written from now on.
 */
export function encodeHandshake(handshake: Handshake, codec: Codec): Uint8Array<ArrayBuffer> {
  const features = handshake.features?.length ? handshake.features : undefined;
  return codec.encode({ ...toWire(handshake), features });
}

function decodeValue(payload: Uint8Array, codec: Codec): unknown {
  try {
    return codec.decode(payload);
  } catch (cause) {
    const reason = cause instanceof NotebookdError ? cause.message : "it is malformed";
    throw new NotebookdError("bad_handshake", `Cannot read the handshake: ${reason}`, { cause });
  }
}

function fromWire(wire: WireHandshake): Handshake {
  const extras = wire.features === undefined ? {} : { features: wire.features };
  switch (wire.channel) {
    case "open_notebook":
      return { channel: wire.channel, path: wire.path, ...extras };
    case "create_notebook":
      return {
        channel: wire.channel,
        runtime: wire.runtime,
        ...present("workingDir", wire.working_dir),
        ...present("packageManager", wire.package_manager),
        ...present("dependencies", wire.dependencies),
        ...present("notebookId", wire.notebook_id),
        ...extras,
      };
    case "notebook_sync":
      return {
        channel: wire.channel,
        notebookId: wire.notebook_id,
        ...present("protocol", wire.protocol),
        ...present("workingDir", wire.working_dir),
        ...present("initialMetadata", wire.initial_metadata),
        ...extras,
      };
    case "pool":
    case "blob":
    case "settings_sync":
    case "pool_state_subscribe":
      return { channel: wire.channel, ...extras };
    default:
      return unknownChannel(wire);
  }
}

function toWire(handshake: Handshake): { readonly [key: string]: JsonLike } {
  const { channel } = handshake;
  switch (handshake.channel) {
    case "open_notebook":
      return { channel, path: handshake.path };
    case "create_notebook":
      return {
        channel,
        runtime: handshake.runtime,
        working_dir: handshake.workingDir,
        package_manager: handshake.packageManager,
        dependencies: handshake.dependencies,
        notebook_id: handshake.notebookId,
      };
    case "notebook_sync":
      return {
        channel,
        notebook_id: handshake.notebookId,
        protocol: handshake.protocol,
        working_dir: handshake.workingDir,
        initial_metadata: handshake.initialMetadata,
      };
    case "pool":
    case "blob":
    case "settings_sync":
    case "pool_state_subscribe":
      return { channel };
    default:
      return unknownChannel(handshake);
  }
}

/** A property only where there is a value: absent and undefined differ for the compiler. */
function present<Key extends string, Value>(
  key: Key,
  value: Value | undefined,
): { readonly [key in Key]?: Value } {
  const result: { [key in Key]?: Value } = {};
  if (value !== undefined) result[key] = value;
  return result;
}

function unknownChannel(handshake: never): never {
  throw new NotebookdError("internal", `No such handshake: ${JSON.stringify(handshake)}`);
}
