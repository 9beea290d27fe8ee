/**
 * The command `open`.
 *
 * @module
 */

import { isAbsolute, join } from "@std/path";
import {
  type Cell,
  type NotebookChangeEvent,
  type NotebookSession,
  openNotebook,
} from "../client/mod.ts";
import { cellsJson, type CellSummary, cellTable } from "./cells.ts";
import { describeChange } from "./changes.ts";
import { socketOf } from "./connect.ts";
import type { OpenInvocation } from "./invocation.ts";
import { printEntries, printJson } from "./print.ts";
import type { Terminal } from "./terminal.ts";
import { visible } from "./text.ts";

/**
 * Opens a notebook, prints what it is and its cells, and with `--follow` every change after that.
 * With `--json --follow` each line is a JSON document: first the notebook, then the changes.
 *
 * @param options The options of the command.
 * @param terminal Where it prints.
 * @throws {NotebookdError} with code `daemon_not_running` when nothing answers on the socket, and
 *   whatever the daemon refuses the notebook with.
 */
export async function runOpen(options: OpenInvocation, terminal: Terminal): Promise<void> {
  const path = isAbsolute(options.file) ? options.file : join(terminal.cwd, options.file);
  await using notebook = await openNotebook(path, {
    socket: socketOf(options, terminal),
    reconnect: options.follow,
  });
  const { status } = await notebook.request({ action: "get_trust" });
  // Listening starts before the cells are printed, so that no change falls in between.
  const changes = notebook.changes();
  printNotebook(notebook, status, options, terminal);
  if (options.follow) await follow(changes, notebook, options, terminal);
}

function printNotebook(
  notebook: NotebookSession,
  trust: string,
  options: OpenInvocation,
  terminal: Terminal,
): void {
  const cells = notebook.cells.map(summary);
  const { info, runtime } = notebook;
  if (options.json) {
    const document = {
      notebook_id: info.notebookId,
      runtime,
      trust,
      daemon_version: info.daemonVersion,
      cells: cellsJson(cells),
    };
    printJson(terminal, document, options.follow ? { indent: 0 } : {});
    return;
  }
  printEntries(terminal, { notebook: info.notebookId, runtime, trust, cells: cells.length });
  if (cells.length > 0) terminal.out(`\n${cellTable(cells, terminal)}`);
}

async function follow(
  changes: AsyncIterableIterator<NotebookChangeEvent>,
  notebook: NotebookSession,
  options: OpenInvocation,
  terminal: Terminal,
): Promise<void> {
  const interrupted = Promise.withResolvers<"interrupted">();
  using _listener = terminal.onEndSignal(() => interrupted.resolve("interrupted"));
  for (;;) {
    const next = await Promise.race([changes.next(), interrupted.promise]);
    if (next === "interrupted" || next.done) break;
    printChanges(next.value, notebook, options, terminal);
  }
}

function printChanges(
  { changes, origin }: NotebookChangeEvent,
  notebook: NotebookSession,
  options: OpenInvocation,
  terminal: Terminal,
): void {
  if (options.json) {
    terminal.out(`${JSON.stringify({ actors: origin.actors, changes })}\n`);
    return;
  }
  const who = origin.actors.map((actor) => actor.slice(0, 8)).join(",");
  for (const change of changes) {
    terminal.out(`${visible(`${who}  ${describeChange(change, notebook)}`)}\n`);
  }
}

function summary(cell: Cell): CellSummary {
  return {
    id: cell.id,
    cellType: cell.cellType,
    source: cell.source,
    executionCount: cell.executionCount,
    outputs: cell.outputs.length,
  };
}
