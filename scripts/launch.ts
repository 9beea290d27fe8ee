/**
 * Starts notebookd from its sources with the permissions that this very command line needs, and no
 * other: `launch.ts COMMAND …`. `launch.ts --print COMMAND …` prints the flags instead, one a line,
 * and with `--bundle` too those that the one-file bundle needs.
 *
 * @module
 */

import { dirname, join } from "@std/path";
import { fileURLToPath } from "node:url";
import { type Invocation, parseInvocation } from "../src/cli/invocation.ts";
import { exitCodeOf } from "../src/cli/exit_codes.ts";
import { ENV_NAMES, type Environment, loadConfig, loadSocketPath } from "../src/config.ts";
import { NotebookdError } from "../src/errors.ts";
import { clientFlags, daemonFlags, type ProgramShape } from "../src/permissions.ts";

/** Under `deno task` the process stands in the project; this names where the person stood. */
export const START_FOLDER_NAME = "INIT_CWD";

/** What {@linkcode flagsFor} must be told beside the words. */
export interface FlagsForOptions {
  /** The environment. */
  readonly env: Environment;
  /** The absolute folder that relative paths start from. */
  readonly cwd: string;
  /** In which form the program runs. */
  readonly shape: ProgramShape;
  /** Gives a path with its links resolved. */
  readonly resolveLinks: (path: string) => string;
}

/**
 * Computes the flags of `deno run` for the words of a command line. Words that can't be used, and
 * those that ask for help, get what printing takes: the program itself says what is wrong with
 * them, so that there is one place that does.
 *
 * @param args The words after the program's name.
 * @param options Where it stands.
 * @throws {NotebookdError} with code `invalid_argument` when a path can't be put into a flag.
 */
export function flagsFor(args: readonly string[], options: FlagsForOptions): string[] {
  const parsed = parseInvocation(args, { colour: false, out() {}, err() {} });
  if (parsed.kind === "done") return printingFlags();
  return invocationFlags(parsed.invocation, options);
}

function invocationFlags(invocation: Invocation, options: FlagsForOptions): string[] {
  const { env, cwd, shape, resolveLinks } = options;
  if (invocation.command !== "daemon") {
    const socketPath = usable(() => loadSocketPath(env, invocation, { cwd }));
    return socketPath === undefined ? printingFlags() : clientFlags(socketPath);
  }
  const config = usable(() => loadConfig(env, invocation.flags, { cwd }));
  if (config === undefined) return printingFlags();
  return daemonFlags(config, shape, { resolveLinks });
}

function printingFlags(): string[] {
  return ["--no-prompt", `--allow-env=${ENV_NAMES.join(",")}`];
}

function usable<T>(load: () => T): T | undefined {
  try {
    return load();
  } catch (error) {
    if (error instanceof NotebookdError) return undefined;
    throw error;
  }
}

/**
 * Gives a path with the links of its existing part resolved: a state folder may not exist before
 * the first start.
 *
 * @param path An absolute path.
 */
export function resolveExistingLinks(path: string): string {
  const missing: string[] = [];
  for (let existing = path;; existing = dirname(existing)) {
    try {
      return join(Deno.realPathSync(existing), ...missing);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound) || existing === "/") return path;
      missing.unshift(existing.slice(dirname(existing).length).replace(/^\//, ""));
    }
  }
}

async function main(words: readonly string[]): Promise<number> {
  const args = words.filter((word) => word !== "--print" && word !== "--bundle");
  const folder = dirname(dirname(fileURLToPath(import.meta.url)));
  const shape = words.includes("--bundle")
    ? { kind: "bundle" } as const
    : { kind: "source", folder } as const;
  const cwd = Deno.env.get(START_FOLDER_NAME) ?? Deno.cwd();
  const env = Object.fromEntries(ENV_NAMES.map((name) => [name, Deno.env.get(name)]));
  const flags = flagsFor(args, { env, cwd, shape, resolveLinks: resolveExistingLinks });
  if (words.includes("--print")) {
    console.log(flags.join("\n"));
    return 0;
  }
  const program = [`--config=${join(folder, "deno.json")}`, join(folder, "main.ts")];
  return await runProgram(["run", ...flags, ...program, ...args], cwd);
}

/** Runs Deno until it ends, passing on what asks it to end, and gives its exit code. */
async function runProgram(args: string[], cwd: string): Promise<number> {
  const child = new Deno.Command(Deno.execPath(), { args, cwd }).spawn();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    Deno.addSignalListener(signal, () => {
      try {
        child.kill(signal);
      } catch (error) {
        // It ended by itself in the meantime; its status is on its way.
        if (!(error instanceof TypeError)) throw error;
      }
    });
  }
  return (await child.status).code;
}

if (import.meta.main) {
  try {
    Deno.exit(await main(Deno.args));
  } catch (error) {
    if (!(error instanceof NotebookdError)) throw error;
    console.error(`notebookd: ${error.message} (${error.code})`);
    Deno.exit(exitCodeOf(error.code));
  }
}
