/**
 * The command `new`.
 *
 * @module
 */

import { isAbsolute, join } from "@std/path";
import { createNotebook } from "../client/mod.ts";
import { checkPackageManager, checkRuntime } from "../handshake/runtime.ts";
import { socketOf } from "./connect.ts";
import type { NewInvocation } from "./invocation.ts";
import { printEntries, printJson } from "./print.ts";
import type { Terminal } from "./terminal.ts";

/**
 * Makes an untitled notebook. It lives in the daemon until it is saved, and can be joined by its id.
 *
 * @param options The options of the command.
 * @param terminal Where it prints.
 * @throws {NotebookdError} with code `unsupported_runtime` when there is no such runtime or package
 *   manager, `outside_roots` when the working folder isn't in the roots, and `daemon_not_running`
 *   when nothing answers on the socket.
 */
export async function runNew(options: NewInvocation, terminal: Terminal): Promise<void> {
  const { packageManager, dependencies, workingDir } = options;
  await using notebook = await createNotebook({
    runtime: checkRuntime(options.runtime),
    ...(packageManager === undefined
      ? {}
      : { packageManager: checkPackageManager(packageManager) }),
    ...(dependencies.length === 0 ? {} : { dependencies }),
    ...(workingDir === undefined
      ? {}
      : { workingDir: isAbsolute(workingDir) ? workingDir : join(terminal.cwd, workingDir) }),
    socket: socketOf(options, terminal),
    reconnect: false,
  });
  const { notebookId } = notebook.info;
  if (options.json) {
    printJson(terminal, { notebook_id: notebookId, runtime: notebook.runtime });
    return;
  }
  printEntries(terminal, { notebook: notebookId, runtime: notebook.runtime });
}
