/**
 * The three ways to a notebook.
 *
 * @module
 */
import { systemClock } from "../clock.ts";
import { FEATURE } from "../handshake/features.ts";
import type { PackageManager, Runtime } from "../handshake/runtime.ts";
import { PROTOCOL } from "../handshake/version.ts";
import { silentLogger } from "../log.ts";
import { absolutePath, dialUnixSocket } from "./connection.ts";
import type { NotebookHandshake } from "./greeting.ts";
import { codecOf, type SessionOptions } from "./options.ts";
import { NotebookSession } from "./session.ts";
import { socketOf } from "./socket_of.ts";

/** What a new notebook is made of. */
export interface CreateNotebookOptions extends SessionOptions {
  /** What runs it. */
  readonly runtime: Runtime;
  /** For python: what installs its dependencies. Default: the daemon's setting, else "uv". */
  readonly packageManager?: PackageManager;
  /** What it depends on. Since the caller names it, it counts as approved. */
  readonly dependencies?: readonly string[];
  /** The folder that it belongs to until it is saved; it must lie in the daemon's roots. */
  readonly workingDir?: string;
  /** The UUID of a notebook without a file, to get it back. */
  readonly notebookId?: string;
}

/** How a notebook is joined. */
export interface JoinNotebookOptions extends SessionOptions {
  /** The folder that it belongs to until it is saved; it must lie in the daemon's roots. */
  readonly workingDir?: string;
}

const FEATURES = [FEATURE];

/**
 * Opens a notebook's file. Resolves when the whole notebook is here: all that the daemon announced.
 *
 * @param path Its path; one that isn't absolute counts from this program's working folder.
 * @param options The socket, the encoding, a signal and whether to reconnect.
 * @throws {NotebookdError} with code `daemon_not_running` when nothing answers on the socket;
 * `not_found`, `outside_roots`, `not_a_file`, `too_large`, `permission_denied`, `invalid_json` or
 * `invalid_notebook` when the daemon can't open that file; `unsupported_protocol` when it speaks
 * another protocol; `limit_reached`, `connection_lost` or `internal` when trying again may help.
 * When the signal aborts, its reason is thrown.
 *
 * @example
 * ```ts ignore
 * import { openNotebook } from "@notebookd/notebookd";
 *
 * await using notebook = await openNotebook("analysis.ipynb");
 * for (const cell of notebook.cells) console.log(cell.id, cell.cellType, cell.source);
 * ```
 */
export async function openNotebook(
  path: string,
  options: SessionOptions = {},
): Promise<NotebookSession> {
  const handshake = { channel: "open_notebook", path: absolutePath(path) } as const;
  return await open({ ...handshake, features: FEATURES }, options);
}

/**
 * Makes a notebook that has no file yet, with one empty code cell.
 *
 * @param options What it is made of, and how to connect.
 * @throws {NotebookdError} with code `unsupported_runtime` when the daemon knows no such runtime or
 * package manager, `outside_roots` or `not_found` for the working folder, and otherwise as
 * {@linkcode openNotebook}.
 *
 * @example
 * ```ts ignore
 * import { createNotebook } from "@notebookd/notebookd";
 *
 * await using notebook = await createNotebook({ runtime: "python", dependencies: ["pandas>=2"] });
 * console.log(notebook.info.notebookId);
 * ```
 */
export async function createNotebook(options: CreateNotebookOptions): Promise<NotebookSession> {
  const { runtime, packageManager, dependencies, workingDir, notebookId } = options;
  return await open({
    channel: "create_notebook",
    runtime,
    ...(packageManager === undefined ? {} : { packageManager }),
    ...(dependencies === undefined ? {} : { dependencies }),
    ...(workingDir === undefined ? {} : { workingDir: absolutePath(workingDir) }),
    ...(notebookId === undefined ? {} : { notebookId }),
    features: FEATURES,
  }, options);
}

/**
 * Joins a notebook by its id: one that another window has open, or one with a file.
 *
 * @param notebookId The id: an absolute path, or the UUID of a notebook without a file.
 * @param options The socket, the encoding, a signal and whether to reconnect.
 * @throws {NotebookdError} as {@linkcode openNotebook} does.
 *
 * @example
 * ```ts ignore
 * import { joinNotebook } from "@notebookd/notebookd";
 *
 * await using notebook = await joinNotebook("7f0c1a3e-6f0b-4a52-9a43-0b8f7c1d2e3f");
 * for await (const { changes } of notebook.changes()) console.log(changes);
 * ```
 */
export async function joinNotebook(
  notebookId: string,
  options: JoinNotebookOptions = {},
): Promise<NotebookSession> {
  const { workingDir } = options;
  return await open({
    channel: "notebook_sync",
    notebookId,
    protocol: PROTOCOL,
    ...(workingDir === undefined ? {} : { workingDir: absolutePath(workingDir) }),
    features: FEATURES,
  }, options);
}

async function open(
  handshake: NotebookHandshake,
  options: SessionOptions,
): Promise<NotebookSession> {
  return await NotebookSession.open({
    handshake,
    socket: socketOf(options),
    codec: codecOf(options),
    dial: dialUnixSocket,
    clock: systemClock,
    random: Math.random,
    reconnect: options.reconnect ?? true,
    logger: options.logger ?? silentLogger,
    signal: options.signal,
  });
}
