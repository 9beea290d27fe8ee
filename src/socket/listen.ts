/**
 * The Unix socket that clients connect to.
 *
 * @module
 */

import { dirname } from "@std/path";
import type { Clock } from "../clock.ts";
import { NotebookdError } from "../errors.ts";
import type { Logger } from "../log.ts";
import { readDaemonFile } from "../storage/daemon_file.ts";
import { ensurePrivateFolder } from "../storage/folders.ts";
import { fileError, isMissing, osErrorName } from "../storage/os_error.ts";
import { SocketConnection } from "./connection.ts";
import { alreadyRunning, lockSocket, type SocketLock } from "./socket_lock.ts";

/** How long to wait with accepting when the process has no file descriptor left, in milliseconds. */
const ACCEPT_PAUSE_MS = 100;

/** What {@linkcode listen} is told. */
export interface ListenOptions {
  /** Measures time for the connections. */
  clock: Clock;
  /** Where accepting that fails is told. */
  logger: Logger;
  /** The process that listens; this one unless given. */
  pid?: number;
}

/**
 * Listens on a Unix socket that only its owner can reach. A socket file that a dead daemon left is
 * replaced; of several daemons that start at the same moment exactly one gets the socket.
 *
 * @param path The absolute path of the socket. Its folder is made if it is missing, and must be
 * private if it isn't.
 * @param options Clock, log and process id.
 * @throws {NotebookdError} with code `already_running` and the other's process id in its text when
 * someone listens there; `invalid_argument` when the path is too long for a socket; `not_a_file`
 * when something that isn't a socket is there; `permission_denied` or `storage_failed` when folder
 * or socket can't be made or aren't private.
 */
export async function listen(path: string, options: ListenOptions): Promise<SocketListener> {
  checkLength(path);
  await ensurePrivateFolder(dirname(path));
  const lock = await lockSocket(path, options.pid ?? Deno.pid);
  try {
    await removeDeadSocket(path);
    return new SocketListener(await bind(path), lock, options);
  } catch (error) {
    lock[Symbol.dispose]();
    throw error;
  }
}

/** A bound socket. Closing and disposing it leave the connections it gave open. */
export class SocketListener implements AsyncDisposable {
  readonly #listener: Deno.UnixListener;
  readonly #lock: SocketLock;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #ended = Promise.withResolvers<void>();
  #closed = false;
  #count = 0;

  /** Use {@linkcode listen}. */
  constructor(listener: Deno.UnixListener, lock: SocketLock, options: ListenOptions) {
    this.#listener = listener;
    this.#lock = lock;
    this.#clock = options.clock;
    this.#logger = options.logger;
  }

  /**
   * Waits for the next client.
   *
   * @returns Its connection, which the caller closes; null once the listener is closed.
   */
  async accept(): Promise<SocketConnection | null> {
    while (!this.#closed) {
      try {
        const socket = await this.#listener.accept();
        this.#count++;
        return new SocketConnection(socket, { clock: this.#clock, id: `c${this.#count}` });
      } catch (error) {
        if (!this.#closed) await this.#acceptFailed(error);
      }
    }
    return null;
  }

  /**
   * Ends accepting and removes the socket. The right to it stays until the listener is disposed, so
   * that no successor starts while rooms are still being flushed. Again: does nothing.
   */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#ended.resolve();
    // Deno removes the socket file here.
    this.#listener.close();
  }

  /** Closes the listener, and gives the right to the socket back. */
  [Symbol.asyncDispose](): Promise<void> {
    try {
      this.close();
    } finally {
      this.#lock[Symbol.dispose]();
    }
    return Promise.resolve();
  }

  /** One client's failure, or too many open files, must not end the listening. */
  async #acceptFailed(error: unknown): Promise<void> {
    const name = osErrorName(error) ?? "unknown";
    this.#logger.warn("Accepting a connection failed", { error: name });
    const { promise, resolve } = Promise.withResolvers<void>();
    using _timer = this.#clock.timer(ACCEPT_PAUSE_MS, resolve);
    await Promise.race([promise, this.#ended.promise]);
  }
}

/** Checks what the kernel's `sockaddr_un` can hold: 108 bytes on Linux, 104 on macOS, one is NUL. */
function checkLength(path: string): void {
  const longest = Deno.build.os === "linux" ? 107 : 103;
  const length = new TextEncoder().encode(path).length;
  if (length <= longest) return;
  throw new NotebookdError(
    "invalid_argument",
    `Cannot listen on "${path}": the path has ${length} bytes and a socket's may have ${longest}; choose a shorter one with --socket`,
  );
}

/** Removes the socket that a dead daemon left. The lock keeps another from making one meanwhile. */
async function removeDeadSocket(path: string): Promise<void> {
  const attempted = `Cannot listen on "${path}"`;
  try {
    const info = await Deno.lstat(path);
    if (!info.isSocket) {
      throw new NotebookdError(
        "not_a_file",
        `${attempted}: something that isn't a socket is there; move it away, or choose another path`,
      );
    }
    // Not every daemon that could be there takes our lock: older ones, and those of others.
    if (await answers(path)) {
      throw alreadyRunning(path, (await readDaemonFile(path))?.pid ?? null);
    }
    await Deno.remove(path);
  } catch (error) {
    if (!isMissing(error)) throw fileError(error, attempted);
  }
}

async function answers(path: string): Promise<boolean> {
  try {
    const connection = await Deno.connect({ transport: "unix", path });
    connection.close();
    return true;
  } catch (error) {
    // Only a refusal proves that nobody listens; a full backlog or missing permission doesn't.
    if (osErrorName(error) === "ECONNREFUSED") return false;
    throw error;
  }
}

async function bind(path: string): Promise<Deno.UnixListener> {
  const attempted = `Cannot listen on "${path}"`;
  let listener: Deno.UnixListener;
  try {
    listener = Deno.listen({ transport: "unix", path });
  } catch (error) {
    throw fileError(error, attempted);
  }
  try {
    // Until here the folder alone keeps others out: it is 0700 and ours.
    await Deno.chmod(path, 0o600);
    return listener;
  } catch (error) {
    listener.close();
    throw fileError(error, attempted);
  }
}
