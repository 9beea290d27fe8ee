/**
 * Where the daemon's socket is when the caller names none.
 *
 * @module
 */
import { isAbsolute, join } from "@std/path";
import { NotebookdError } from "../errors.ts";

/** The environment variables that {@linkcode defaultSocketPath} looks at. */
export const SOCKET_VARIABLES = [
  "NOTEBOOKD_SOCKET",
  "XDG_RUNTIME_DIR",
  "NOTEBOOKD_STATE",
  "XDG_STATE_HOME",
  "HOME",
] as const;

/** The values of {@linkcode SOCKET_VARIABLES}, as far as they are set and may be read. */
export type SocketEnvironment = Readonly<
  Partial<Record<typeof SOCKET_VARIABLES[number], string | undefined>>
>;

/**
 * The path of the daemon's socket: `NOTEBOOKD_SOCKET`, else `notebookd/notebookd.sock` in
 * `XDG_RUNTIME_DIR`, else `notebookd.sock` in the state folder (`NOTEBOOKD_STATE`, else
 * `notebookd` in `XDG_STATE_HOME`, else in `~/.local/state`).
 *
 * A folder of the XDG Base Directory Specification that isn't absolute is ignored, as that
 * specification says.
 *
 * @param environment The variables that are set and may be read.
 * @throws {NotebookdError} with code `invalid_argument` when no variable leads to a path.
 *
 * @example
 * ```ts
 * import { defaultSocketPath } from "@/client/socket_path.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(
 *   defaultSocketPath({ XDG_RUNTIME_DIR: "/run/user/1000", HOME: "/home/ada" }),
 *   "/run/user/1000/notebookd/notebookd.sock",
 * );
 * ```
 */
export function defaultSocketPath(environment: SocketEnvironment): string {
  const named = environment.NOTEBOOKD_SOCKET;
  if (named) return checkedSocketPath(named, "NOTEBOOKD_SOCKET");
  const runtime = absolute(environment.XDG_RUNTIME_DIR);
  if (runtime) return join(runtime, "notebookd", "notebookd.sock");
  const state = stateFolder(environment);
  if (state) return join(state, "notebookd.sock");
  throw new NotebookdError(
    "invalid_argument",
    `Cannot tell where the daemon's socket is: none of ${SOCKET_VARIABLES.join(", ")} is set and ` +
      `readable. Pass the option "socket", or run with --allow-env=${SOCKET_VARIABLES.join(",")}`,
  );
}

/**
 * Checks the path of a socket.
 *
 * @param path The path as it was given.
 * @param source Where it was given: the name of an option or a variable.
 * @returns The path itself.
 * @throws {NotebookdError} with code `invalid_argument` when it isn't absolute.
 */
export function checkedSocketPath(path: string, source: string): string {
  if (isAbsolute(path)) return path;
  throw new NotebookdError(
    "invalid_argument",
    `"${source}" must be an absolute path, since it is part of the permissions: "${path}"`,
  );
}

function stateFolder(environment: SocketEnvironment): string | undefined {
  const named = absolute(environment.NOTEBOOKD_STATE);
  if (named) return named;
  const states = absolute(environment.XDG_STATE_HOME);
  if (states) return join(states, "notebookd");
  const home = absolute(environment.HOME);
  return home && join(home, ".local", "state", "notebookd");
}

function absolute(path: string | undefined): string | undefined {
  return path && isAbsolute(path) ? path : undefined;
}
