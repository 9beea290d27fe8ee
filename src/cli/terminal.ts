/**
 * The terminal: the one place of the command line that touches the machine.
 *
 * @module
 */

import { ENV_NAMES, type Environment } from "../config.ts";

/** What a command may do to the world beside its own work. */
export interface Terminal {
  /** The environment variables of the configuration, those that may be read. */
  readonly env: Environment;
  /** The folder that relative paths start from. */
  readonly cwd: string;
  /** How many columns the terminal has; absent when the output goes to a file or a pipe. */
  readonly width?: number;
  /** Whether the output may be coloured. */
  readonly colour: boolean;
  /**
   * Writes to the standard output.
   *
   * @throws {OutputClosedError} when nobody reads it any more.
   */
  out(text: string): void;
  /** Writes to the standard error; what can't be written is dropped. */
  err(text: string): void;
  /** Calls back whenever the process is asked to end, until disposed. */
  onEndSignal(handler: (signal: Deno.Signal) => void): Disposable;
}

/** The reader of the standard output is gone, as in `notebookd open a.ipynb | head -1`. */
export class OutputClosedError extends Error {
  override readonly name = "OutputClosedError";
}

/** The signals by which a process is asked to end. */
const END_SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const satisfies readonly Deno.Signal[];

const encoder = new TextEncoder();

/** Gives the terminal of this process. */
export function systemTerminal(): Terminal {
  const isTerminal = Deno.stdout.isTerminal();
  return {
    env: readableEnvironment(),
    cwd: Deno.cwd(),
    ...(isTerminal ? { width: Deno.consoleSize().columns } : {}),
    colour: isTerminal && !Deno.noColor,
    out: writeOut,
    err: writeErr,
    onEndSignal,
  };
}

/** A variable whose permission wasn't granted counts as unset: no prompt, no failure. */
function readableEnvironment(): Environment {
  return Object.fromEntries(
    ENV_NAMES.filter((variable) =>
      Deno.permissions.querySync({ name: "env", variable }).state === "granted"
    ).map((variable) => [variable, Deno.env.get(variable)]),
  );
}

function writeOut(text: string): void {
  try {
    writeAll(Deno.stdout, text);
  } catch (error) {
    if (error instanceof Deno.errors.BrokenPipe) throw new OutputClosedError("Nobody reads");
    throw error;
  }
}

function writeErr(text: string): void {
  try {
    writeAll(Deno.stderr, text);
  } catch (error) {
    // A daemon whose log reader died must go on serving.
    if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
  }
}

function writeAll(stream: typeof Deno.stdout | typeof Deno.stderr, text: string): void {
  let rest = encoder.encode(text);
  while (rest.byteLength > 0) rest = rest.subarray(stream.writeSync(rest));
}

function onEndSignal(handler: (signal: Deno.Signal) => void): Disposable {
  const listeners = END_SIGNALS.map((signal) => ({ signal, listener: () => handler(signal) }));
  for (const { signal, listener } of listeners) Deno.addSignalListener(signal, listener);
  return {
    [Symbol.dispose]() {
      for (const { signal, listener } of listeners) Deno.removeSignalListener(signal, listener);
    },
  };
}
