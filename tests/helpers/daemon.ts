/**
 * A real daemon in its own process, in a temporary home.
 *
 * NOTEBOOKD_TEST_SHAPE chooses what runs: "source" (the default) is main.ts with the flags that the
 * launcher computes, "bundle" is dist/notebookd.js with an empty package cache.
 *
 * @module
 */

import type { Limits } from "@/limits.ts";
import { within } from "./deadline.ts";
import { TestHome } from "./home.ts";
import { type LogLine, LogLines } from "./log_lines.ts";
import { commandLine } from "./shape.ts";

/** What {@linkcode TestDaemon.start} may be told. */
export interface TestDaemonOptions {
  /** A home to start on; without one the daemon has its own, which goes with it. */
  home?: TestHome;
  /** Seconds that a room without peers stays; the settings' 30 where absent. */
  keepAlive?: number;
  /** Bounds to change, as `--limit name=value`. */
  limits?: Partial<Limits>;
  /** More arguments of the `daemon` command. */
  args?: readonly string[];
  /** More variables of the environment. */
  env?: Readonly<Record<string, string>>;
  /** True where the test provokes lines of level "error"; otherwise one of them fails the test. */
  expectErrors?: boolean;
}

/** How a daemon's process ended. */
export interface DaemonEnd {
  /** The exit code. */
  code: number;
  /** The signal that killed it, if one did. */
  signal: Deno.Signal | null;
}

/** A daemon that runs, and its log. */
export class TestDaemon implements AsyncDisposable {
  /** The folders it works on. */
  readonly home: TestHome;
  /** Everything it logs. */
  readonly log = new LogLines();
  /** Everything it says on stdout. */
  readonly stdout: string[] = [];
  readonly #child: Deno.ChildProcess;
  readonly #ownsHome: boolean;
  readonly #expectErrors: boolean;
  readonly #readers: Promise<unknown>;
  readonly #ready = Promise.withResolvers<void>();
  #end: DaemonEnd | null = null;

  private constructor(child: Deno.ChildProcess, home: TestHome, options: TestDaemonOptions) {
    this.#child = child;
    this.home = home;
    this.#ownsHome = options.home === undefined;
    this.#expectErrors = options.expectErrors ?? false;
    this.#readers = Promise.all([this.log.collect(child.stderr), this.#readStdout(child.stdout)]);
  }

  /** Starts a daemon and waits for its ready line. */
  static async start(options: TestDaemonOptions = {}): Promise<TestDaemon> {
    const home = options.home ?? await TestHome.make();
    const daemon = new TestDaemon((await spawnDaemon(home, options)).spawn(), home, options);
    try {
      await within(daemon.#ready.promise, "the daemon's ready line");
      return daemon;
    } catch (error) {
      await daemon.end("SIGKILL");
      const log = daemon.log.lines.map((line) => line.raw).join("\n");
      if (daemon.#ownsHome) await home[Symbol.asyncDispose]();
      throw new Error(`The daemon didn't start:\n${log}`, { cause: error });
    }
  }

  /** The process id of the daemon itself. */
  get pid(): number {
    return this.#child.pid;
  }

  /** The socket to connect to. */
  get socket(): string {
    return this.home.socket;
  }

  /** Resolves when the process has ended. */
  async ended(): Promise<DaemonEnd> {
    const { code, signal } = await within(this.#child.status, "the daemon's end");
    await this.#readers;
    this.#end = { code, signal };
    return this.#end;
  }

  /** Sends a signal; nothing happens when the process has ended. */
  signal(signal: Deno.Signal): void {
    try {
      this.#child.kill(signal);
    } catch (error) {
      if (!(error instanceof TypeError) && !(error instanceof Deno.errors.NotFound)) throw error;
    }
  }

  /** Sends a signal and waits for the end. */
  async end(signal: Deno.Signal = "SIGTERM"): Promise<DaemonEnd> {
    if (this.#end !== null) return this.#end;
    this.signal(signal);
    return await this.ended();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const alreadyEnded = this.#end !== null;
    const end = await this.end();
    if (this.#ownsHome) await this.home[Symbol.asyncDispose]();
    if (!alreadyEnded && end.code !== 0) {
      throw new Error(`The daemon ended with code ${end.code}:\n${this.#tail()}`);
    }
    const bad = this.log.matching(({ level }) => level === "error" || level === "");
    if (!this.#expectErrors && bad.length > 0) {
      throw new Error(`The daemon logged errors:\n${bad.map((line) => line.raw).join("\n")}`);
    }
  }

  #tail(): string {
    return this.log.lines.slice(-20).map((line: LogLine) => line.raw).join("\n");
  }

  async #readStdout(stream: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<void> {
    let rest = "";
    for await (const part of stream.pipeThrough(new TextDecoderStream())) {
      const lines = (rest + part).split("\n");
      rest = lines.pop() ?? "";
      this.stdout.push(...lines);
      if (this.stdout.length > 0) this.#ready.resolve();
    }
    this.#ready.reject(new Error("It closed its stdout without a ready line"));
  }
}

/** Runs the `daemon` command to its end: for starts that must fail. */
export async function runDaemon(home: TestHome, options: TestDaemonOptions = {}) {
  const { code, stdout, stderr } = await within(
    (await spawnDaemon(home, options)).output(),
    "the end of a daemon that must not start",
  );
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}

async function spawnDaemon(home: TestHome, options: TestDaemonOptions): Promise<Deno.Command> {
  const args = ["daemon", "--root", home.root, "--socket", home.socket, "--state", home.state];
  args.push("--log-format", "json", "--log-level", "debug");
  if (options.keepAlive !== undefined) args.push("--keep-alive", String(options.keepAlive));
  for (const [name, value] of Object.entries(options.limits ?? {})) {
    args.push("--limit", `${name}=${value}`);
  }
  args.push(...options.args ?? []);
  return await command(home, args, options.env ?? {});
}

/** A command of notebookd, in the shape under test and a home of its own. */
export async function command(
  home: TestHome,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Deno.Command> {
  const line = await commandLine(home, args, env);
  return new Deno.Command(line.program, {
    args: line.args,
    env: line.env,
    clearEnv: true,
    cwd: home.base,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  });
}
