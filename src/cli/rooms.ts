/**
 * The command `rooms`.
 *
 * @module
 */

import { connect } from "./connect.ts";
import type { ClientOptions } from "./invocation.ts";
import { printJson } from "./print.ts";
import { renderTable } from "./table.ts";
import type { Terminal } from "./terminal.ts";

/**
 * Lists the notebooks that the daemon has open.
 *
 * @param options The options of the command.
 * @param terminal Where it prints.
 * @throws {NotebookdError} with code `daemon_not_running` when nothing answers on the socket.
 */
export async function runRooms(options: ClientOptions, terminal: Terminal): Promise<void> {
  await using daemon = await connect(options, terminal);
  const rooms = await daemon.rooms();
  if (options.json) return printJson(terminal, { rooms: rooms.map((room) => ({ ...room })) });
  if (rooms.length === 0) return terminal.out("No notebook is open\n");
  const rows = rooms.map((room) => [
    String(room.active_peers),
    room.has_kernel ? [room.kernel_type, room.kernel_status].join(" ").trim() : "none",
    room.notebook_id,
  ]);
  terminal.out(
    renderTable(
      [{ title: "windows", align: "right" }, { title: "kernel" }, { title: "notebook" }],
      rows,
      // An id that is cut can't be copied.
      { colour: terminal.colour },
    ),
  );
}
