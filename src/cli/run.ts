/**
 * Carries out one invocation and says with which exit code the process ends.
 *
 * @module
 */

import { NotebookdError } from "../errors.ts";
import { EXIT_CODES, exitCodeOf } from "./exit_codes.ts";
import { type Invocation, parseInvocation } from "./invocation.ts";
import { OutputClosedError, type Terminal } from "./terminal.ts";
import { visible } from "./text.ts";

/**
 * Runs the command line.
 *
 * @param args The words after the program's name.
 * @param terminal Where it reads and writes.
 * @returns The exit code, one of {@linkcode EXIT_CODES}.
 */
export async function runCli(args: readonly string[], terminal: Terminal): Promise<number> {
  try {
    const parsed = parseInvocation(args, terminal);
    if (parsed.kind === "done") return parsed.exitCode;
    await dispatch(parsed.invocation, terminal);
    return EXIT_CODES.ok.code;
  } catch (error) {
    if (error instanceof OutputClosedError) return EXIT_CODES.ok.code;
    return report(error, terminal);
  }
}

/** Each command is loaded when it is asked for: `status` needn't wait for what `open` imports. */
async function dispatch(invocation: Invocation, terminal: Terminal): Promise<void> {
  switch (invocation.command) {
    case "daemon":
      return await (await import("./daemon.ts")).runDaemon(invocation.flags, terminal);
    case "open":
      return await (await import("./open.ts")).runOpen(invocation, terminal);
    case "new":
      return await (await import("./new.ts")).runNew(invocation, terminal);
    case "rooms":
      return await (await import("./rooms.ts")).runRooms(invocation, terminal);
    case "inspect":
      return await (await import("./inspect.ts")).runInspect(invocation, terminal);
    case "status":
      return await (await import("./status.ts")).runStatus(invocation, terminal);
    case "stop":
      return await (await import("./stop.ts")).runStop(invocation, terminal);
    default:
      return invocation satisfies never;
  }
}

function report(error: unknown, terminal: Terminal): number {
  if (error instanceof NotebookdError) {
    terminal.err(`notebookd: ${visible(error.message)} (${error.code})\n`);
    return exitCodeOf(error.code);
  }
  const detail = error instanceof Error ? error.message : String(error);
  terminal.err(`notebookd: Something failed that shouldn't: ${visible(detail)} (internal)\n`);
  return EXIT_CODES.internal.code;
}
