/**
 * The two ways a control payload is written: JSON, and MessagePack for connections whose handshake
 * was MessagePack. Field names are the same in both.
 *
 * @module
 */

import { NotebookdError } from "../errors.ts";
import { decodeMsgpack, encodeMsgpack } from "./msgpack.ts";
import { type JsonLike, MAX_PAYLOAD_DEPTH, toEncodable, tooDeep } from "./payload.ts";

/** The name of a way of writing control payloads. */
export type CodecName = "json" | "msgpack";

/** One way of writing control payloads. */
export interface Codec {
  /** Which way it is. */
  readonly name: CodecName;
  /**
   * Writes a value. Keys keep their order, undefined properties are left out. A byte array becomes
   * a list of numbers in JSON, `bin` in MessagePack.
   *
   * @throws {NotebookdError} with code `limit_reached` when the value nests deeper than 96 levels,
   * `invalid_argument` when it holds something that is neither JSON nor bytes.
   */
  encode(value: JsonLike): Uint8Array<ArrayBuffer>;
  /**
   * Reads a value. Nothing may follow it.
   *
   * @throws {NotebookdError} with code `bad_frame` when the bytes aren't one value of this codec,
   * or it nests deeper than 96 levels. The message quotes nothing of the payload.
   */
  decode(bytes: Uint8Array): unknown;
}

const encoder = new TextEncoder();
// A byte order mark stays in the text, so that the parser refuses it as protocol v2 clients do.
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * Payloads as UTF-8 JSON without white space.
 *
 * @example
 * ```ts
 * import { jsonCodec } from "@/wire/codec.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const bytes = jsonCodec.encode({ event: "comm", buffers: [Uint8Array.of(1, 2)] });
 * assertEquals(new TextDecoder().decode(bytes), '{"event":"comm","buffers":[[1,2]]}');
 * ```
 */
export const jsonCodec: Codec = {
  name: "json",
  encode(value) {
    return encoder.encode(JSON.stringify(toEncodable(value, (bytes) => Array.from(bytes))));
  },
  decode(bytes) {
    if (nestsTooDeep(bytes)) throw tooDeep("read", "bad_frame");
    return parseText(decodeText(bytes));
  },
};

/**
 * Payloads as MessagePack.
 *
 * @example
 * ```ts
 * import { msgpackCodec } from "@/wire/codec.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const bytes = msgpackCodec.encode({ channel: "pool" });
 * assertEquals(bytes[0], 0x81);
 * assertEquals(msgpackCodec.decode(bytes), { channel: "pool" });
 * ```
 */
export const msgpackCodec: Codec = {
  name: "msgpack",
  encode: encodeMsgpack,
  decode: decodeMsgpack,
};

const CODECS = {
  json: jsonCodec,
  msgpack: msgpackCodec,
} as const satisfies Record<CodecName, Codec>;

/** Gives a codec by its name, which crosses threads where the codec itself can't. */
export function codecNamed(name: CodecName): Codec {
  return CODECS[name];
}

function decodeText(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes);
  } catch (cause) {
    throw new NotebookdError("bad_frame", "Cannot read a JSON payload: it isn't valid UTF-8", {
      cause,
    });
  }
}

function parseText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's own error quotes the text around the place, which may be a notebook's: it isn't
    // even kept as the cause.
    throw new NotebookdError(
      "bad_frame",
      "Cannot read a JSON payload: it isn't one JSON value in UTF-8",
    );
  }
}

/** Counts open brackets outside strings, before any parser sees the bytes. */
function nestsTooDeep(bytes: Uint8Array): boolean {
  let depth = 0;
  let inString = false;
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i];
    if (inString) {
      if (byte === 0x5c) i++;
      else if (byte === 0x22) inString = false;
    } else if (byte === 0x22) {
      inString = true;
    } else if (byte === 0x5b || byte === 0x7b) {
      if (++depth > MAX_PAYLOAD_DEPTH) return true;
    } else if (byte === 0x5d || byte === 0x7d) {
      depth--;
    }
  }
  return false;
}
