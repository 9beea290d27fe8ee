/**
 * The command `inspect`.
 *
 * @module
 */

import { isAbsolute, join } from "@std/path";
import type { Daemon, NotebookState } from "../client/mod.ts";
import { NotebookdError } from "../errors.ts";
import { cellsJson, type CellSummary, cellTable } from "./cells.ts";
import { connect } from "./connect.ts";
import type { ClientOptions } from "./invocation.ts";
import { printEntries, printJson } from "./print.ts";
import type { Terminal } from "./terminal.ts";

/**
 * Prints the cells of a notebook without joining it.
 *
 * @param options The options of the command, with the notebook's id.
 * @param terminal Where it prints.
 * @throws {NotebookdError} with code `not_found` when the daemon knows no such notebook, and
 *   `daemon_not_running` when nothing answers on the socket.
 */
export async function runInspect(
  options: ClientOptions & { readonly id: string },
  terminal: Terminal,
): Promise<void> {
  await using daemon = await connect(options, terminal);
  const state = await inspect(daemon, absoluteId(options.id, terminal.cwd));
  const cells = state.cells.map(summary);
  if (options.json) {
    printJson(terminal, {
      notebook_id: state.notebook_id,
      source: state.source,
      kernel_info: state.kernel_info === null ? null : { ...state.kernel_info },
      cells: cellsJson(cells),
    });
    return;
  }
  printEntries(terminal, {
    notebook: state.notebook_id,
    from: state.source === "live_room" ? "the open notebook" : "its file",
    kernel: state.kernel_info?.status ?? "none",
    cells: cells.length,
  });
  if (cells.length > 0) terminal.out(`\n${cellTable(cells, terminal)}`);
}

async function inspect(daemon: Daemon, id: string): Promise<NotebookState> {
  try {
    return await daemon.inspect(id);
  } catch (error) {
    // An answer of the pool channel carries no code; to this request there is only one refusal.
    if (!(error instanceof NotebookdError) || error.code !== "bad_request") throw error;
    throw new NotebookdError("not_found", error.message, { cause: error });
  }
}

/** A path is an id only when it is absolute; an untitled notebook's id has no ending. */
function absoluteId(id: string, cwd: string): string {
  return id.endsWith(".ipynb") && !isAbsolute(id) ? join(cwd, id) : id;
}

function summary(cell: NotebookState["cells"][number]): CellSummary {
  const count = /^\d+$/.test(cell.execution_count) ? Number(cell.execution_count) : null;
  return {
    id: cell.id,
    cellType: cell.cell_type,
    source: cell.source,
    executionCount: count,
    outputs: cell.outputs.length,
  };
}
