/**
 * Which socket a caller means.
 *
 * @module
 */
import { readSocketEnvironment } from "./connection.ts";
import type { ConnectOptions } from "./options.ts";
import { checkedSocketPath, defaultSocketPath } from "./socket_path.ts";

/**
 * The absolute path of the socket that the options name, else the environment.
 *
 * @throws {NotebookdError} with code `invalid_argument` when the named path is relative, or none is
 * named and none can be found.
 */
export function socketOf(options: ConnectOptions): string {
  return options.socket === undefined
    ? defaultSocketPath(readSocketEnvironment())
    : checkedSocketPath(options.socket, "socket");
}
