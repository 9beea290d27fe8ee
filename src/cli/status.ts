/**
 * The command `status`.
 *
 * @module
 */

import { connect, socketOf } from "./connect.ts";
import type { ClientOptions } from "./invocation.ts";
import { printEntries, printJson } from "./print.ts";
import type { Terminal } from "./terminal.ts";

/**
 * Shows that the daemon answers, how fast, and what it has.
 *
 * @param options The options of the command.
 * @param terminal Where it prints.
 * @throws {NotebookdError} with code `daemon_not_running` when nothing answers on the socket.
 */
export async function runStatus(options: ClientOptions, terminal: Terminal): Promise<void> {
  const socket = socketOf(options, terminal);
  await using daemon = await connect(options, terminal);
  const milliseconds = Math.round(await daemon.ping() * 100) / 100;
  const rooms = await daemon.rooms();
  const stats = await daemon.status();
  const windows = rooms.reduce((sum, room) => sum + room.active_peers, 0);
  if (options.json) {
    const pool = { ...stats };
    printJson(terminal, { socket, ping_ms: milliseconds, rooms: rooms.length, windows, pool });
    return;
  }
  printEntries(terminal, {
    daemon: "running",
    socket,
    answer: `${milliseconds} ms`,
    notebooks: rooms.length,
    windows,
    environments: `uv ${stats.uv_available} ready, conda ${stats.conda_available} ready`,
  });
}
