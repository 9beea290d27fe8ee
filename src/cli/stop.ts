/**
 * The command `stop`.
 *
 * @module
 */

import { connect } from "./connect.ts";
import type { ClientOptions } from "./invocation.ts";
import { printJson } from "./print.ts";
import type { Terminal } from "./terminal.ts";

/**
 * Asks the daemon to close in order.
 *
 * @param options The options of the command.
 * @param terminal Where it prints.
 * @throws {NotebookdError} with code `daemon_not_running` when nothing answers on the socket.
 */
export async function runStop(options: ClientOptions, terminal: Terminal): Promise<void> {
  await using daemon = await connect(options, terminal);
  await daemon.shutdown();
  if (options.json) printJson(terminal, { stopping: true });
  else terminal.out("The daemon is closing\n");
}
