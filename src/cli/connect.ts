/**
 * The connection that a command works over.
 *
 * @module
 */

import { Daemon } from "../client/mod.ts";
import { loadSocketPath } from "../config.ts";
import type { ClientOptions } from "./invocation.ts";
import type { Terminal } from "./terminal.ts";

/**
 * Finds the socket that a command was told, or that the environment leads to.
 *
 * @param options The options of the command.
 * @param terminal The environment and the folder that relative paths start from.
 * @throws {NotebookdError} with code `invalid_argument` when it can't be used or found.
 */
export function socketOf(options: ClientOptions, terminal: Terminal): string {
  return loadSocketPath(terminal.env, options, { cwd: terminal.cwd });
}

/**
 * Connects to the daemon itself.
 *
 * @param options The options of the command.
 * @param terminal The environment and the folder that relative paths start from.
 * @throws {NotebookdError} with code `daemon_not_running` when nothing answers on the socket.
 */
export async function connect(options: ClientOptions, terminal: Terminal): Promise<Daemon> {
  return await Daemon.connect({ socket: socketOf(options, terminal) });
}
