/**
 * From the environment and the command line to one typed configuration. Nothing here touches the
 * machine: the environment and the current folder are given.
 *
 * @module
 */

import { isAbsolute, join, normalize } from "@std/path";
import { NotebookdError } from "./errors.ts";
import { DEFAULT_LIMITS, type Limits } from "./limits.ts";
import { LOG_LEVELS, type LogLevel } from "./log.ts";

/** Every environment variable that the configuration is read from. */
export const ENV_NAMES = [
  "HOME",
  "XDG_CONFIG_HOME",
  "XDG_RUNTIME_DIR",
  "XDG_STATE_HOME",
  "NOTEBOOKD_CONFIG",
  "NOTEBOOKD_ROOTS",
  "NOTEBOOKD_SOCKET",
  "NOTEBOOKD_STATE",
  "NOTEBOOKD_TRUST_KEY",
] as const;

/** How log lines are written. */
export const LOG_FORMATS = ["text", "json"] as const;

/** One of {@linkcode LOG_FORMATS}. */
export type LogFormat = typeof LOG_FORMATS[number];

/** An environment, as `Deno.env.toObject()` or a test gives it. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** What the daemon was told, every path absolute and normalised (links are not followed here). */
export interface Config {
  /** The folders notebooks may lie in; at least one. */
  readonly roots: readonly string[];
  /** The Unix socket that the daemon listens on and clients connect to. */
  readonly socketPath: string;
  /** Journals, leases and blobs. */
  readonly stateFolder: string;
  /** Settings, and the trust key unless another file is named. */
  readonly configFolder: string;
  /** The key that trust signatures are made with. */
  readonly trustKeyPath: string;
  /** How long a room without peers stays, in seconds; absent: as the settings say. */
  readonly keepAliveSeconds?: number;
  /** Whether notebooks save themselves unless they say otherwise. */
  readonly autosave: boolean;
  /** The folder that relative paths of clients start from: the one the daemon was started in. */
  readonly baseFolder: string;
  /** Every bound on what the daemon takes. */
  readonly limits: Readonly<Limits>;
  /** How log lines are written. */
  readonly logFormat: LogFormat;
  /** The least severe level that is logged. */
  readonly logLevel: LogLevel;
}

/** The options of the command line, as they were typed. An option that wasn't given is absent. */
export interface ConfigFlags {
  /** `--root`, once for each folder. */
  readonly root?: readonly string[];
  /** `--socket`. */
  readonly socket?: string;
  /** `--state`. */
  readonly state?: string;
  /** `--keep-alive`, in seconds. */
  readonly keepAlive?: string;
  /** `--autosave`. */
  readonly autosave?: string;
  /** `--limit`, once for each bound, as `name=number`. */
  readonly limit?: readonly string[];
  /** `--log-format`. */
  readonly logFormat?: string;
  /** `--log-level`. */
  readonly logLevel?: string;
}

/** What {@linkcode loadConfig} must be told beside environment and flags. */
export interface LoadConfigOptions {
  /** The absolute folder that relative paths start from. */
  readonly cwd: string;
}

/** What `--autosave` takes. */
const SWITCH = ["on", "off"] as const;

/** The longest `--keep-alive` that is taken, in seconds: what a 32-bit timer can wait. */
const MAX_KEEP_ALIVE_SECONDS = 2_147_483;

/**
 * Makes the configuration: a flag wins over its `NOTEBOOKD_` variable, that over the folders of
 * the XDG Base Directory Specification, and that over a folder in `HOME`. An XDG variable that
 * isn't an absolute path is ignored, as that specification says; an empty variable counts as
 * unset.
 *
 * @param env The environment.
 * @param flags The options of the command line.
 * @param options The folder that relative paths start from.
 * @throws {NotebookdError} with code `invalid_argument` when a value can't be used, or when a
 *   folder is needed that only `HOME` could name and `HOME` is missing.
 *
 * @example
 * ```ts
 * import { loadConfig } from "@/config.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const config = loadConfig({ HOME: "/home/ada" }, { root: ["work"] }, { cwd: "/home/ada" });
 * assertEquals(config.roots, ["/home/ada/work"]);
 * assertEquals(config.socketPath, "/home/ada/.local/state/notebookd/notebookd.sock");
 * ```
 */
export function loadConfig(
  env: Environment,
  flags: ConfigFlags,
  options: LoadConfigOptions,
): Config {
  const { cwd } = options;
  const stateFolder = flags.state !== undefined
    ? pathFrom("--state", flags.state, cwd)
    : stateFolderFrom(env, cwd);
  const configFolder = configFolderFrom(env, cwd);
  const trustKey = given(env["NOTEBOOKD_TRUST_KEY"]);
  return {
    roots: rootsFrom(env, flags, cwd),
    socketPath: socketPathFrom(env, flags, cwd, () => stateFolder),
    stateFolder,
    configFolder,
    trustKeyPath: trustKey === undefined
      ? join(configFolder, "trust-key")
      : pathFrom("NOTEBOOKD_TRUST_KEY", trustKey, cwd),
    ...(flags.keepAlive === undefined ? {} : { keepAliveSeconds: secondsFrom(flags.keepAlive) }),
    autosave: oneOf("--autosave", flags.autosave ?? "on", SWITCH) === "on",
    baseFolder: cwd,
    limits: limitsFrom(flags.limit ?? []),
    logFormat: oneOf("--log-format", flags.logFormat ?? "text", LOG_FORMATS),
    logLevel: oneOf("--log-level", flags.logLevel ?? "info", LOG_LEVELS),
  };
}

/**
 * Gives the socket alone, for a program that only connects: it needs no roots.
 *
 * @param env The environment.
 * @param flags The options of the command line; only `socket` and `state` are looked at.
 * @param options The folder that relative paths start from.
 * @throws {NotebookdError} with code `invalid_argument` as {@linkcode loadConfig}.
 */
export function loadSocketPath(
  env: Environment,
  flags: Pick<ConfigFlags, "socket" | "state">,
  options: LoadConfigOptions,
): string {
  const { cwd } = options;
  return socketPathFrom(
    env,
    flags,
    cwd,
    () =>
      flags.state !== undefined ? pathFrom("--state", flags.state, cwd) : stateFolderFrom(env, cwd),
  );
}

function limitsFrom(words: readonly string[]): Limits {
  const limits: Limits = { ...DEFAULT_LIMITS };
  for (const word of words) {
    const [name = "", value = ""] = word.split("=", 2);
    const number = Number(value);
    if (!isLimit(name) || !/^\d+$/.test(value) || !Number.isSafeInteger(number) || number < 1) {
      throw new NotebookdError(
        "invalid_argument",
        `Cannot use --limit "${word}": write name=number, the number whole and at least 1, the name one of ${
          Object.keys(DEFAULT_LIMITS).join(", ")
        }`,
      );
    }
    limits[name] = number;
  }
  return limits;
}

function isLimit(name: string): name is keyof Limits {
  return Object.hasOwn(DEFAULT_LIMITS, name);
}

function rootsFrom(env: Environment, flags: ConfigFlags, cwd: string): string[] {
  if (flags.root !== undefined && flags.root.length > 0) {
    return unique(flags.root.map((root) => pathFrom("--root", root, cwd)));
  }
  const listed = given(env["NOTEBOOKD_ROOTS"]);
  if (listed !== undefined) {
    const roots = listed.split(":").filter((root) => root !== "");
    if (roots.length === 0) {
      throw new NotebookdError(
        "invalid_argument",
        `Cannot use NOTEBOOKD_ROOTS "${listed}": name at least one folder, separated by colons`,
      );
    }
    return unique(roots.map((root) => pathFrom("NOTEBOOKD_ROOTS", root, cwd)));
  }
  return [homeFrom(env, "the root of notebooks", "--root")];
}

function socketPathFrom(
  env: Environment,
  flags: Pick<ConfigFlags, "socket">,
  cwd: string,
  stateFolder: () => string,
): string {
  if (flags.socket !== undefined) return pathFrom("--socket", flags.socket, cwd);
  const named = given(env["NOTEBOOKD_SOCKET"]);
  if (named !== undefined) return pathFrom("NOTEBOOKD_SOCKET", named, cwd);
  const runtime = xdgFolder(env, "XDG_RUNTIME_DIR");
  if (runtime !== undefined) return join(runtime, "notebookd", "notebookd.sock");
  return join(stateFolder(), "notebookd.sock");
}

function stateFolderFrom(env: Environment, cwd: string): string {
  const named = given(env["NOTEBOOKD_STATE"]);
  if (named !== undefined) return pathFrom("NOTEBOOKD_STATE", named, cwd);
  const xdg = xdgFolder(env, "XDG_STATE_HOME");
  if (xdg !== undefined) return join(xdg, "notebookd");
  return join(
    homeFrom(env, "the state folder", "NOTEBOOKD_STATE"),
    ".local",
    "state",
    "notebookd",
  );
}

function configFolderFrom(env: Environment, cwd: string): string {
  const named = given(env["NOTEBOOKD_CONFIG"]);
  if (named !== undefined) return pathFrom("NOTEBOOKD_CONFIG", named, cwd);
  const xdg = xdgFolder(env, "XDG_CONFIG_HOME");
  if (xdg !== undefined) return join(xdg, "notebookd");
  return join(homeFrom(env, "the config folder", "NOTEBOOKD_CONFIG"), ".config", "notebookd");
}

function homeFrom(env: Environment, purpose: string, alternative: string): string {
  const home = given(env["HOME"]);
  if (home === undefined) {
    throw new NotebookdError(
      "invalid_argument",
      `Cannot find ${purpose}: HOME isn't set: set it, or use ${alternative}`,
    );
  }
  if (!isAbsolute(home)) {
    throw new NotebookdError(
      "invalid_argument",
      `Cannot use HOME "${home}" for ${purpose}: it isn't an absolute path`,
    );
  }
  return withoutEndSlash(normalize(home));
}

function xdgFolder(env: Environment, name: string): string | undefined {
  const value = given(env[name]);
  return value !== undefined && isAbsolute(value) ? value : undefined;
}

function pathFrom(source: string, value: string, cwd: string): string {
  if (value === "") {
    throw new NotebookdError("invalid_argument", `Cannot use ${source} "": it is an empty path`);
  }
  if (value.includes("\0")) {
    throw new NotebookdError(
      "invalid_argument",
      `Cannot use ${source} ${JSON.stringify(value)}: a path can't hold a NUL`,
    );
  }
  return withoutEndSlash(isAbsolute(value) ? normalize(value) : join(cwd, value));
}

function secondsFrom(value: string): number {
  const seconds = /^(?:\d+(?:\.\d*)?|\.\d+)$/.test(value) ? Number(value) : NaN;
  if (!(seconds <= MAX_KEEP_ALIVE_SECONDS)) {
    throw new NotebookdError(
      "invalid_argument",
      `Cannot use --keep-alive "${value}": give seconds from 0 to ${MAX_KEEP_ALIVE_SECONDS}, like 30 or 0.5`,
    );
  }
  return seconds;
}

function oneOf<T extends string>(source: string, value: string, allowed: readonly T[]): T {
  const found = allowed.find((candidate) => candidate === value);
  if (found === undefined) {
    throw new NotebookdError(
      "invalid_argument",
      `Cannot use ${source} "${value}": allowed are ${allowed.join(", ")}`,
    );
  }
  return found;
}

function given(value: string | undefined): string | undefined {
  return value === "" ? undefined : value;
}

function withoutEndSlash(path: string): string {
  return path.length > 1 && path.endsWith("/") ? path.slice(0, -1) : path;
}

function unique(paths: readonly string[]): string[] {
  return [...new Set(paths)];
}
