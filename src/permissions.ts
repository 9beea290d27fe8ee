/**
 * The Deno permission flags that a program of notebookd needs, computed from its configuration.
 *
 * A grant is compared with a path by its spelling: a grant of a link doesn't cover what the link
 * leads to, nor the other way round (tried on Deno 2.9.6). So every folder that is used both as it
 * was named and with its links resolved is granted in both spellings.
 *
 * @module
 */

import { dirname, join } from "@std/path";
import { type Config, ENV_NAMES } from "./config.ts";
import { NotebookdError } from "./errors.ts";

/**
 * In which form the daemon runs. From its sources, a worker may read only modules that are granted;
 * in the bundle and the binary everything is in one text already.
 */
export type ProgramShape =
  | {
    /** The modules are files of their own. */
    readonly kind: "source";
    /** The absolute folder of the project. */
    readonly folder: string;
  }
  | {
    /** One file, or one binary. */
    readonly kind: "bundle";
  };

/** How {@linkcode daemonFlags} finds the second spelling of a folder. */
export interface DaemonFlagsOptions {
  /**
   * Gives a path with its links resolved, as far as it exists. By default the path itself.
   *
   * @param path An absolute path.
   */
  readonly resolveLinks?: (path: string) => string;
}

/**
 * What the daemon is started with: its roots, state and config folder and the folder of its socket
 * for reading and writing, that very socket and the loopback address for the network, and the
 * environment variables by name. Nothing may be run and nothing else may be reached.
 *
 * @param config What the daemon was told.
 * @param shape In which form it runs.
 * @param options How links are resolved.
 * @returns One flag an element, ready for the arguments of `deno run`.
 * @throws {NotebookdError} with code `invalid_argument` when a path holds a comma, which a flag
 *   can't express.
 *
 * @example
 * ```ts
 * import { loadConfig } from "@/config.ts";
 * import { daemonFlags } from "@/permissions.ts";
 * import { assert } from "@std/assert";
 *
 * const config = loadConfig({ HOME: "/home/ada" }, { root: ["/data"] }, { cwd: "/" });
 * const flags = daemonFlags(config, { kind: "bundle" });
 * assert(flags.includes(
 *   "--allow-net=unix:/home/ada/.local/state/notebookd/notebookd.sock,127.0.0.1",
 * ));
 * ```
 */
export function daemonFlags(
  config: Config,
  shape: ProgramShape,
  options: DaemonFlagsOptions = {},
): string[] {
  const resolveLinks = options.resolveLinks ?? ((path) => path);
  const folders = [
    ...config.roots,
    config.stateFolder,
    config.configFolder,
    dirname(config.socketPath),
    ...trustKeyGrants(config),
  ];
  const writable = [...folders, ...folders.map(resolveLinks)];
  return [
    "--no-prompt",
    listFlag("--allow-read", [...writable, ...programFiles(shape)]),
    listFlag("--allow-write", writable),
    listFlag("--allow-net", [`unix:${config.socketPath}`, "127.0.0.1"]),
    listFlag("--allow-env", ENV_NAMES),
    "--allow-sys=uid",
  ];
}

/**
 * What a program that only connects is started with: the socket and the environment variables by
 * name.
 *
 * @param socketPath The absolute path of the socket.
 * @returns One flag an element, ready for the arguments of `deno run`.
 * @throws {NotebookdError} with code `invalid_argument` when the path holds a comma, which a flag
 *   can't express.
 */
export function clientFlags(socketPath: string): string[] {
  return [
    "--no-prompt",
    listFlag("--allow-read", [socketPath]),
    listFlag("--allow-write", [socketPath]),
    listFlag("--allow-net", [`unix:${socketPath}`]),
    listFlag("--allow-env", ENV_NAMES),
  ];
}

/** A key outside the config folder is made by writing a new file beside it, so its folder is granted. */
function trustKeyGrants(config: Config): string[] {
  const folder = dirname(config.trustKeyPath);
  return folder === config.configFolder ? [] : [folder];
}

function programFiles(shape: ProgramShape): string[] {
  switch (shape.kind) {
    case "source":
      // A worker reads its own module and what that imports; the rest is read before flags count.
      return [join(shape.folder, "src")];
    case "bundle":
      return [];
    default:
      return shape satisfies never;
  }
}

/**
 * Deno splits the list at every comma; the escape ",," that earlier versions had is refused by
 * 2.9.6 ("Empty path is not allowed"). Splitting silently would grant a folder no one named.
 */
function listFlag(name: string, values: readonly string[]): string {
  for (const value of values) {
    if (value.includes(",")) {
      throw new NotebookdError(
        "invalid_argument",
        `Cannot give Deno a permission for "${value}": its flags can't name a path with a comma: ` +
          "rename the folder, or name it by another path that has none",
      );
    }
  }
  return `${name}=${[...new Set(values)].join(",")}`;
}
