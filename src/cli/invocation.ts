/**
 * From the words of the command line to one typed invocation.
 *
 * @module
 */

import { Command, CommanderError } from "commander";
import { type ConfigFlags, ENV_NAMES } from "../config.ts";
import { VERSION } from "../version.ts";
import { EXIT_CODES } from "./exit_codes.ts";

/** What every command that connects takes. */
export interface ClientOptions {
  /** `--socket`, as it was typed. */
  readonly socket?: string;
  /** `--json`: one JSON document in place of text. */
  readonly json: boolean;
}

/** What a person asked for. */
export type Invocation =
  | { readonly command: "daemon"; readonly flags: ConfigFlags }
  | OpenInvocation
  | NewInvocation
  | ClientOptions & { readonly command: "rooms" }
  | ClientOptions & { readonly command: "inspect"; readonly id: string }
  | ClientOptions & { readonly command: "status" }
  | ClientOptions & { readonly command: "stop" };

/** `open FILE`. */
export interface OpenInvocation extends ClientOptions {
  /** Which command it is. */
  readonly command: "open";
  /** The notebook's file, as it was typed. */
  readonly file: string;
  /** Whether to print changes as they come. */
  readonly follow: boolean;
}

/** `new --runtime NAME`. */
export interface NewInvocation extends ClientOptions {
  /** Which command it is. */
  readonly command: "new";
  /** The runtime, as it was typed: the daemon says which ones there are. */
  readonly runtime: string;
  /** The package manager, as it was typed. */
  readonly packageManager?: string;
  /** The dependencies, in the order they were given. */
  readonly dependencies: readonly string[];
  /** The folder the notebook belongs to, as it was typed. */
  readonly workingDir?: string;
}

const ENV_MEANINGS = {
  HOME: "the root, and where the folders below are by default",
  XDG_CONFIG_HOME: "the config folder is notebookd in it",
  XDG_RUNTIME_DIR: "the socket is notebookd/notebookd.sock in it",
  XDG_STATE_HOME: "the state folder is notebookd in it",
  NOTEBOOKD_CONFIG: "the config folder",
  NOTEBOOKD_ROOTS: "the roots, separated by colons; --root wins",
  NOTEBOOKD_SOCKET: "the socket; --socket wins",
  NOTEBOOKD_STATE: "the state folder; --state wins",
  NOTEBOOKD_TRUST_KEY: "the file of the trust key",
} as const satisfies Record<typeof ENV_NAMES[number], string>;

/** Where help and usage errors are written. */
export interface ParseOutput {
  /** Whether help may be coloured. */
  readonly colour: boolean;
  /** How many columns help may take. */
  readonly width?: number;
  /** Takes help. */
  out(text: string): void;
  /** Takes usage errors. */
  err(text: string): void;
}

/** An invocation to carry out, or the exit code when help or a usage error was all there was. */
export type ParseResult =
  | { readonly kind: "invocation"; readonly invocation: Invocation }
  | { readonly kind: "done"; readonly exitCode: number };

/**
 * Parses the words after the program's name. Help and usage errors are written to the output.
 *
 * @param args The words.
 * @param output Where help and usage errors go.
 *
 * @example
 * ```ts
 * import { parseInvocation } from "@/cli/invocation.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const output = { colour: false, out() {}, err() {} };
 * assertEquals(parseInvocation(["rooms", "--json"], output), {
 *   kind: "invocation",
 *   invocation: { command: "rooms", json: true },
 * });
 * ```
 */
export function parseInvocation(args: readonly string[], output: ParseOutput): ParseResult {
  let invocation: Invocation | undefined;
  const program = buildProgram(output, (found) => {
    invocation = found;
  });
  try {
    program.parse(args, { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    const exit = error.exitCode === 0 ? EXIT_CODES.ok : EXIT_CODES.usage;
    return { kind: "done", exitCode: exit.code };
  }
  if (invocation === undefined) return { kind: "done", exitCode: EXIT_CODES.usage.code };
  return { kind: "invocation", invocation };
}

/**
 * Builds the command line. Exported for the check that the documents name what it has.
 *
 * @param output Where help and usage errors go.
 * @param found Called with what was asked for.
 */
export function buildProgram(output: ParseOutput, found: (invocation: Invocation) => void) {
  const program = new Command("notebookd")
    .description("Notebooks that any number of editors share, served by one daemon.")
    .version(VERSION, "--version", "print the version")
    .helpOption("-h, --help", "print this help")
    .exitOverride()
    .showHelpAfterError("(--help shows what there is)")
    .configureOutput({
      writeOut: (text) => output.out(text),
      writeErr: (text) => output.err(text),
      // Without these the library asks the environment, which no one granted.
      getOutHasColors: () => output.colour,
      getErrHasColors: () => false,
      getOutHelpWidth: () => output.width ?? 80,
      getErrHelpWidth: () => 80,
    })
    .addHelpText("after", helpTail());
  addDaemon(program, found);
  addOpen(program, found);
  addNew(program, found);
  addInspect(program, found);
  addPlain(program, "rooms", "list the notebooks that are open in the daemon", found);
  addPlain(program, "status", "show whether the daemon answers, and what it has", found);
  addPlain(program, "stop", "ask the daemon to close in order", found);
  return program;
}

function addDaemon(program: Command, found: (invocation: Invocation) => void): void {
  program.command("daemon")
    .description("serve notebooks until told to stop")
    .option("--root <dir>", "a folder notebooks may lie in; repeatable (default: home)", collect)
    .option("--socket <path>", "the Unix socket to listen on")
    .option("--state <dir>", "the folder for journals and blobs")
    .option("--keep-alive <seconds>", "how long a notebook without windows stays open")
    .option("--autosave <switch>", "on or off: whether notebooks save themselves (default: on)")
    .option("--limit <name=number>", "change a bound on what clients may take; repeatable", collect)
    .option("--log-format <format>", "text or json (default: text)")
    .option("--log-level <level>", "debug, info, warn or error (default: info)")
    .action((flags: ConfigFlags) => found({ command: "daemon", flags }));
}

function addOpen(program: Command, found: (invocation: Invocation) => void): void {
  withClientOptions(program.command("open"))
    .description("open a notebook and print its cells")
    .argument("<file>", "the .ipynb file")
    .option("--follow", "print changes as they come, until interrupted")
    .action((file: string, options: Partial<OpenInvocation>) =>
      found({ command: "open", file, follow: options.follow ?? false, ...clientOptions(options) })
    );
}

function addNew(program: Command, found: (invocation: Invocation) => void): void {
  withClientOptions(program.command("new"))
    .description("make an untitled notebook and print its id")
    .requiredOption("--runtime <name>", "python or deno")
    .option("--package-manager <name>", "uv, conda or pixi (default: as the settings say)")
    .option("--dependency <package>", "a package it needs; repeatable", collect)
    .option("--working-dir <dir>", "the folder it belongs to")
    .action((options: Partial<NewInvocation> & { runtime: string; dependency?: string[] }) =>
      found({
        command: "new",
        runtime: options.runtime,
        dependencies: options.dependency ?? [],
        ...(options.packageManager === undefined ? {} : { packageManager: options.packageManager }),
        ...(options.workingDir === undefined ? {} : { workingDir: options.workingDir }),
        ...clientOptions(options),
      })
    );
}

function addInspect(program: Command, found: (invocation: Invocation) => void): void {
  withClientOptions(program.command("inspect"))
    .description("print the cells of a notebook without joining it")
    .argument("<id>", "the notebook's id: its path, or the UUID of an untitled one")
    .action((id: string, options: Partial<ClientOptions>) =>
      found({ command: "inspect", id, ...clientOptions(options) })
    );
}

function addPlain(
  program: Command,
  command: "rooms" | "status" | "stop",
  description: string,
  found: (invocation: Invocation) => void,
): void {
  withClientOptions(program.command(command))
    .description(description)
    .action((options: Partial<ClientOptions>) => found({ command, ...clientOptions(options) }));
}

function withClientOptions(command: Command): Command {
  return command
    .option("--socket <path>", "the daemon's Unix socket")
    .option("--json", "print JSON");
}

function clientOptions(options: Partial<ClientOptions>): ClientOptions {
  return {
    json: options.json ?? false,
    ...(options.socket === undefined ? {} : { socket: options.socket }),
  };
}

function collect(value: string, before: readonly string[] = []): string[] {
  return [...before, value];
}

function helpTail(): string {
  const codes = Object.values(EXIT_CODES)
    .map(({ code, meaning }) => `  ${String(code).padStart(2)}  ${meaning}`);
  const variables = ENV_NAMES.map((name) => `  ${name.padEnd(20)} ${ENV_MEANINGS[name]}`);
  return ["", "Environment:", ...variables, "", "Exit codes:", ...codes].join("\n");
}
