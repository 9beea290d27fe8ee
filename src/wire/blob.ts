/**
 * The blob channel: a request tagged by `action`, for `store` one frame of raw bytes after it, then
 * one answer.
 *
 * @module
 */

import { fields, literal, text } from "./schemas.ts";
import { parseVariant, type VariantSchemas } from "./validate.ts";

/** Any request on the blob channel. */
export type BlobRequest =
  | {
    /** The bytes come in the next frame. */
    readonly action: "store";
    /** What they are, as "image/png". */
    readonly media_type: string;
  }
  | {
    /** Asks where blobs are served over HTTP on 127.0.0.1. */
    readonly action: "get_port";
  };

/** Any answer on the blob channel. */
export type BlobAnswer =
  | {
    /** SHA-256 of the bytes, 64 hex digits. */
    readonly hash: string;
  }
  | {
    /** TCP port on 127.0.0.1. */
    readonly port: number;
  }
  | {
    /** What was tried, with which value, and what to do next. */
    readonly error: string;
  };

const BLOB_REQUEST_SCHEMAS: VariantSchemas<"action", BlobRequest> = {
  store: fields({ action: literal("store"), media_type: text }),
  get_port: fields({ action: literal("get_port") }),
};

/**
 * Checks a decoded request of the blob channel.
 *
 * @param value What the connection's codec decoded.
 * @throws {NotebookdError} with code `bad_request`, naming the field and what was expected.
 */
export function parseBlobRequest(value: unknown): BlobRequest {
  return parseVariant<"action", BlobRequest>(value, "action", BLOB_REQUEST_SCHEMAS, {
    what: "a blob request",
    code: "bad_request",
  });
}
