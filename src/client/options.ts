/**
 * The options of the functions that connect to a daemon.
 *
 * @module
 */
import { NotebookdError } from "../errors.ts";
import type { Logger } from "../log.ts";
import { type Codec, jsonCodec, msgpackCodec } from "../wire/codec.ts";

/** What every connection to a daemon can be told. */
export interface ConnectOptions {
  /**
   * The absolute path of the daemon's socket. Default: `NOTEBOOKD_SOCKET`, else
   * `notebookd/notebookd.sock` in `XDG_RUNTIME_DIR`, else in the state folder; each variable is
   * read only where this program already has the permission.
   */
  readonly socket?: string;
  /** The encoding of everything but the document. Default: "json". */
  readonly codec?: "json" | "msgpack";
  /** Gives up the connecting, and afterwards closes the connection without waiting. */
  readonly signal?: AbortSignal;
}

/** What a notebook session can be told. */
export interface SessionOptions extends ConnectOptions {
  /**
   * Whether a lost connection is made again, with growing delays of at most 30 seconds. Edits made
   * in the meantime are kept and merge. Default: true.
   */
  readonly reconnect?: boolean;
  /** Where the session notes losses and reconnects. Default: nowhere. */
  readonly logger?: Logger;
}

/**
 * The codec that the options name.
 *
 * @throws {NotebookdError} with code `invalid_argument` when there is none of that name.
 */
export function codecOf(options: ConnectOptions): Codec {
  const name = options.codec ?? jsonCodec.name;
  const codec = [jsonCodec, msgpackCodec].find((known) => known.name === name);
  if (codec !== undefined) return codec;
  throw new NotebookdError("invalid_argument", `"codec" must be "json" or "msgpack": "${name}"`);
}
