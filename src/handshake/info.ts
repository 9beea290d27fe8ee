/**
 * The daemon's first answer on a notebook channel.
 *
 * @module
 */

import { type ErrorCode, NotebookdError } from "../errors.ts";
import type { Codec } from "../wire/codec.ts";
import { count, errorCode, fields, flag, optional, type Schema, text } from "../wire/schemas.ts";
import { parseFields } from "../wire/validate.ts";

/** The answer to `open_notebook` and `create_notebook`, and to a handshake that can't be read. */
export type NotebookConnectionInfo = {
  /** The protocol that the daemon speaks. */
  readonly protocol: string;
  /** Canonical path or UUID; empty with an error. */
  readonly notebook_id: string;
  /** How many cells the notebook has; 0 with an error. */
  readonly cell_count: number;
  /** Whether the dependencies need a person's approval before they are installed. */
  readonly needs_trust_approval: boolean;
  /** Why the notebook isn't served; the daemon closes after it. */
  readonly error?: string;
  /** The daemon's version. An addition to protocol v2. */
  readonly daemon_version?: string;
  /**
   * Names the history of the document: a client that has another one must not merge it. An addition
   * to protocol v2.
   */
  readonly history?: string;
  /** The stable code of the error. An addition to protocol v2. */
  readonly error_code?: ErrorCode;
};

/** The answer to `notebook_sync`: `{"protocol":"v2"}`, and no more unless it is refused. */
export type ProtocolCapabilities = {
  /** The protocol that the daemon speaks. */
  readonly protocol: string;
  /** As in {@linkcode NotebookConnectionInfo}; only for clients that know of it. */
  readonly history?: string;
  /** Why the notebook isn't served; the daemon closes after it. */
  readonly error?: string;
  /** The stable code of the error. An addition to protocol v2. */
  readonly error_code?: ErrorCode;
};

/** Longest error text of an answer: escaped as JSON it takes six times as many bytes at most. */
const MAX_ERROR_LENGTH = 8192;

const infoSchema: Schema<NotebookConnectionInfo> = fields({
  protocol: text,
  notebook_id: text,
  cell_count: count,
  needs_trust_approval: flag,
  error: optional(text),
  daemon_version: optional(text),
  history: optional(text),
  error_code: optional(errorCode),
});

const capabilitiesSchema: Schema<ProtocolCapabilities> = fields({
  protocol: text,
  history: optional(text),
  error: optional(text),
  error_code: optional(errorCode),
});

/**
 * Writes the answer to `open_notebook` and `create_notebook`: the keys of protocol v2 in its order,
 * then the additions.
 *
 * @example
 * ```ts
 * import { encodeInfo } from "@/handshake/info.ts";
 * import { jsonCodec } from "@/wire/codec.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const payload = encodeInfo({
 *   protocol: "v2",
 *   notebook_id: "/home/user/notebook.ipynb",
 *   cell_count: 5,
 *   needs_trust_approval: false,
 * }, jsonCodec);
 * assertEquals(
 *   new TextDecoder().decode(payload),
 *   '{"protocol":"v2","notebook_id":"/home/user/notebook.ipynb","cell_count":5,' +
 *     '"needs_trust_approval":false}',
 * );
 * ```
 *
 * @param info The answer; a code that isn't one of the wire's goes out as the nearest that is.
 * @param codec The connection's codec.
 */
export function encodeInfo(info: NotebookConnectionInfo, codec: Codec): Uint8Array<ArrayBuffer> {
  return codec.encode({
    protocol: info.protocol,
    notebook_id: info.notebook_id,
    cell_count: info.cell_count,
    needs_trust_approval: info.needs_trust_approval,
    error: info.error && boundedText(info.error),
    daemon_version: info.daemon_version,
    history: info.history,
    error_code: info.error_code && wireErrorCode(info.error_code),
  });
}

/**
 * Reads the answer to `open_notebook` and `create_notebook`. An answer of another protocol is
 * given as it is, for the caller to refuse.
 *
 * @throws {NotebookdError} with code `bad_frame`, naming the field and what was expected.
 */
export function parseInfo(payload: Uint8Array, codec: Codec): NotebookConnectionInfo {
  return parseFields(codec.decode(payload), infoSchema, {
    what: "the answer to the handshake",
    code: "bad_frame",
  });
}

/**
 * Writes the answer to `notebook_sync`.
 *
 * @param capabilities The answer; a code that isn't one of the wire's goes out as the nearest that
 * is.
 * @param codec The connection's codec.
 */
export function encodeCapabilities(
  capabilities: ProtocolCapabilities,
  codec: Codec,
): Uint8Array<ArrayBuffer> {
  const { protocol, history, error, error_code } = capabilities;
  return codec.encode({
    protocol,
    history,
    error: error && boundedText(error),
    error_code: error_code && wireErrorCode(error_code),
  });
}

/**
 * Reads the answer to `notebook_sync`. The info frame that answers a handshake which couldn't be
 * read has the same fields and is read as well.
 *
 * @throws {NotebookdError} with code `bad_frame`, naming the field and what was expected.
 */
export function parseCapabilities(payload: Uint8Array, codec: Codec): ProtocolCapabilities {
  return parseFields(codec.decode(payload), capabilitiesSchema, {
    what: "the answer to the handshake",
    code: "bad_frame",
  });
}

/**
 * Gives the code that an answer to a handshake carries for an error: the protocol has eleven words
 * for it, the daemon knows more kinds of failure.
 */
export function wireErrorCode(code: ErrorCode): ErrorCode {
  switch (code) {
    case "not_found":
    case "outside_roots":
    case "not_a_file":
    case "too_large":
    case "invalid_json":
    case "invalid_notebook":
    case "permission_denied":
    case "unsupported_runtime":
    case "bad_handshake":
    case "limit_reached":
    case "internal":
      return code;
    case "bad_frame":
    case "bad_request":
    case "invalid_argument":
    case "unsupported_protocol":
      return "bad_handshake";
    case "already_running":
    case "bad_sync_message":
    case "closed":
    case "conflict":
    case "connection_lost":
    case "daemon_not_running":
    case "path_in_use":
    case "peer_too_slow":
    case "storage_failed":
    case "timeout":
      return "internal";
    default:
      return unknownCode(code);
  }
}

/** Shortens a text so that the answer stays a control frame, whatever a message quotes. */
function boundedText(text: string): string {
  return text.length <= MAX_ERROR_LENGTH ? text : `${text.slice(0, MAX_ERROR_LENGTH)}…`;
}

function unknownCode(code: never): never {
  throw new NotebookdError("internal", `No such error code: "${String(code)}"`);
}
