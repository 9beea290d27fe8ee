/**
 * The closed set of error codes and the one error class of this project.
 *
 * @module
 */

/**
 * Every code an error of notebookd can carry. Codes are stable: programs branch on them, never on
 * the text of a message.
 *
 * The first eleven are the codes of the wire (`error_code` of an info frame); the others are seen
 * by callers of the client module, by the command line and in logs.
 */
export const ERROR_CODES = [
  "not_found",
  "outside_roots",
  "not_a_file",
  "too_large",
  "invalid_json",
  "invalid_notebook",
  "permission_denied",
  "unsupported_runtime",
  "bad_handshake",
  "limit_reached",
  "internal",
  "already_running",
  "bad_frame",
  "bad_request",
  "bad_sync_message",
  "closed",
  "conflict",
  "connection_lost",
  "daemon_not_running",
  "invalid_argument",
  "path_in_use",
  "peer_too_slow",
  "storage_failed",
  "timeout",
  "unsupported_protocol",
] as const;

/** One of {@linkcode ERROR_CODES}. */
export type ErrorCode = typeof ERROR_CODES[number];

/**
 * The error that notebookd throws: a stable {@linkcode ErrorCode} and a message that says what was
 * tried, with which value, and what to do next.
 *
 * @example
 * ```ts
 * import { NotebookdError } from "@/errors.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const error = new NotebookdError("not_found", 'No notebook at "/tmp/a.ipynb"');
 * assertEquals(error.code, "not_found");
 * ```
 */
export class NotebookdError extends Error {
  /** The name of the class, as a stack trace shows it. */
  override readonly name = "NotebookdError";
  /** What kind of failure this is. */
  readonly code: ErrorCode;

  /**
   * Makes an error.
   *
   * @param code What kind of failure this is.
   * @param message What was tried, with which value, and what to do next.
   * @param options The error that caused this one, as `cause`.
   */
  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** Tells whether a text, as it came over the wire, is a code this build knows. */
export function isErrorCode(value: unknown): value is ErrorCode {
  return ERROR_CODES.some((code) => code === value);
}

/**
 * Gives any thrown value as a {@linkcode NotebookdError}: itself if it is one, else a new one of
 * code `internal` that has the value as its cause.
 *
 * @param thrown What was caught.
 * @param attempted What was tried, as the start of the new message.
 */
export function toNotebookdError(thrown: unknown, attempted: string): NotebookdError {
  if (thrown instanceof NotebookdError) return thrown;
  const detail = thrown instanceof Error ? thrown.message : String(thrown);
  return new NotebookdError("internal", `${attempted}: ${detail}`, { cause: thrown });
}
