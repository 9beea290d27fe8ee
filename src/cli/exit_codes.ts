/**
 * The exit codes of the command line: one table from the code of an error.
 *
 * @module
 */

import type { ErrorCode } from "../errors.ts";

/** Every exit code, with what a script may take it for. */
export const EXIT_CODES = {
  ok: { code: 0, meaning: "it worked" },
  internal: { code: 1, meaning: "something failed that shouldn't" },
  usage: { code: 2, meaning: "the command line or a variable can't be used" },
  notRunning: { code: 3, meaning: "no daemon answers, or the connection was lost" },
  notFound: { code: 4, meaning: "there is no such notebook" },
  refused: { code: 5, meaning: "outside the roots, or not permitted" },
  invalidNotebook: { code: 6, meaning: "the file isn't a notebook that can be opened" },
  limit: { code: 7, meaning: "a limit was reached, or it took too long" },
  alreadyRunning: { code: 8, meaning: "another daemon has the socket or the file" },
  protocol: { code: 9, meaning: "the two sides don't understand each other" },
  storage: { code: 10, meaning: "reading or writing the disk failed" },
} as const satisfies Record<string, { code: number; meaning: string }>;

const EXIT_OF_ERROR = {
  not_found: "notFound",
  outside_roots: "refused",
  not_a_file: "invalidNotebook",
  too_large: "limit",
  invalid_json: "invalidNotebook",
  invalid_notebook: "invalidNotebook",
  permission_denied: "refused",
  unsupported_runtime: "usage",
  bad_handshake: "protocol",
  limit_reached: "limit",
  internal: "internal",
  already_running: "alreadyRunning",
  bad_frame: "protocol",
  bad_request: "protocol",
  bad_sync_message: "protocol",
  closed: "notRunning",
  conflict: "storage",
  connection_lost: "notRunning",
  daemon_not_running: "notRunning",
  invalid_argument: "usage",
  path_in_use: "alreadyRunning",
  peer_too_slow: "limit",
  storage_failed: "storage",
  timeout: "limit",
  unsupported_protocol: "protocol",
} as const satisfies Record<ErrorCode, keyof typeof EXIT_CODES>;

/**
 * Gives the exit code, 1 to 10, for an error.
 *
 * @param code What kind of failure it was.
 *
 * @example
 * ```ts
 * import { exitCodeOf } from "@/cli/exit_codes.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(exitCodeOf("daemon_not_running"), 3);
 * ```
 */
export function exitCodeOf(code: ErrorCode): number {
  return EXIT_CODES[EXIT_OF_ERROR[code]].code;
}
