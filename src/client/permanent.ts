/**
 * Which failures make it useless to try again.
 *
 * @module
 */
import { type ErrorCode, NotebookdError } from "../errors.ts";

/** Codes of failures that another attempt, with the same handshake, would only repeat. */
const PERMANENT: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  "bad_handshake",
  "invalid_argument",
  "invalid_json",
  "invalid_notebook",
  "not_a_file",
  "not_found",
  "outside_roots",
  "permission_denied",
  "too_large",
  "unsupported_protocol",
  "unsupported_runtime",
]);

/**
 * Tells whether a failure is one that another attempt would only repeat.
 *
 * @example
 * ```ts
 * import { isPermanent } from "@/client/permanent.ts";
 * import { NotebookdError } from "@/errors.ts";
 * import { assert, assertFalse } from "@std/assert";
 *
 * assert(isPermanent(new NotebookdError("outside_roots", "Not in a root")));
 * assertFalse(isPermanent(new NotebookdError("connection_lost", "The daemon is gone")));
 * ```
 */
export function isPermanent(reason: unknown): boolean {
  return reason instanceof NotebookdError && PERMANENT.has(reason.code);
}
