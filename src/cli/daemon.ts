/**
 * The command `daemon`.
 *
 * @module
 */

import { type ConfigFlags, loadConfig } from "../config.ts";
import { startDaemon } from "../daemon.ts";
import { createLogger } from "../logging/logger.ts";
import { VERSION } from "../version.ts";
import type { Terminal } from "./terminal.ts";
import { visible } from "./text.ts";

/**
 * Serves notebooks until the process is asked to end or a client asks the daemon to, then closes it
 * in order. One line on the standard output says where it listens; everything else is logged to the
 * standard error.
 *
 * @param flags The options of the command.
 * @param terminal Where it reads and writes.
 * @throws {NotebookdError} with code `invalid_argument` when an option can't be used,
 *   `already_running` when another daemon has the socket, and whatever starting it throws.
 */
export async function runDaemon(flags: ConfigFlags, terminal: Terminal): Promise<void> {
  const config = loadConfig(terminal.env, flags, { cwd: terminal.cwd });
  const logger = createLogger({
    format: config.logFormat,
    level: config.logLevel,
    write: (line) => terminal.err(line),
  });
  const asked = Promise.withResolvers<void>();
  let isAsked = false;
  // Ctrl-C in a terminal reaches this process and the launcher, which passes it on: the second
  // signal finds this listener still here, and neither ends the process early nor is told twice.
  using _listener = terminal.onEndSignal((signal) => {
    if (isAsked) return;
    isAsked = true;
    logger.info("Asked to end", { signal });
    asked.resolve();
  });
  await using daemon = await startDaemon(config, { logger });
  terminal.out(startLine(daemon.endpoint, daemon.roots));
  await Promise.race([asked.promise, daemon.finished]);
}

function startLine(endpoint: string, roots: readonly string[]): string {
  const where = `notebookd ${VERSION} listens on "${endpoint}"`;
  const names = roots.map((root) => `"${root}"`).join(", ");
  return `${visible(`${where}, roots ${names}; to stop it: Ctrl-C or the command "stop"`)}\n`;
}
