/**
 * The client's only contact with the system: the Unix socket, the environment variables that say
 * where it is, and the working folder.
 *
 * @module
 */
import { resolve } from "@std/path";
import { NotebookdError } from "../errors.ts";
import type { ByteStream } from "./dial.ts";
import { SOCKET_VARIABLES, type SocketEnvironment } from "./socket_path.ts";

/**
 * Connects to the daemon that listens on a Unix socket; the real {@linkcode Dial}.
 *
 * Needs `--allow-read`, `--allow-write` and `--allow-net=unix:` of exactly that path.
 *
 * @param socket The absolute path of the socket.
 * @returns The connected stream.
 * @throws {NotebookdError} with code `daemon_not_running` when nothing answers there,
 * `permission_denied` when this program or this user may not use the socket, and
 * `connection_lost` when connecting failed in another way.
 */
export async function dialUnixSocket(socket: string): Promise<ByteStream> {
  let connection: Deno.UnixConn;
  try {
    connection = await Deno.connect({ transport: "unix", path: socket });
  } catch (thrown) {
    throw dialError(socket, thrown);
  }
  return new UnixStream(connection);
}

/**
 * The environment variables that lead to the socket, read only where the permission was granted
 * already: an editor's extension is never made to ask its user.
 */
export function readSocketEnvironment(): SocketEnvironment {
  const readable = SOCKET_VARIABLES.filter((variable) =>
    Deno.permissions.querySync({ name: "env", variable }).state === "granted"
  );
  return Object.fromEntries(readable.map((variable) => [variable, Deno.env.get(variable)]));
}

/** A path made absolute against the working folder of this program; needs no permission. */
export function absolutePath(path: string): string {
  return resolve(Deno.cwd(), path);
}

class UnixStream implements ByteStream {
  readonly #connection: Deno.UnixConn;
  #closed = false;

  constructor(connection: Deno.UnixConn) {
    this.#connection = connection;
  }

  async read(into: Uint8Array): Promise<number | null> {
    try {
      return await this.#connection.read(into);
    } catch (thrown) {
      throw this.#lost("reading from", thrown);
    }
  }

  async write(bytes: Uint8Array): Promise<void> {
    try {
      let written = 0;
      while (written < bytes.length) {
        written += await this.#connection.write(bytes.subarray(written));
      }
    } catch (thrown) {
      throw this.#lost("writing to", thrown);
    }
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#connection.close();
  }

  #lost(doing: string, thrown: unknown): NotebookdError {
    const detail = thrown instanceof Error ? thrown.name : String(thrown);
    return new NotebookdError(
      this.#closed ? "closed" : "connection_lost",
      `The connection to the daemon ended while ${doing} it: ${detail}`,
      { cause: thrown },
    );
  }
}

function dialError(socket: string, thrown: unknown): NotebookdError {
  const options = { cause: thrown };
  if (thrown instanceof Deno.errors.NotCapable) {
    return new NotebookdError(
      "permission_denied",
      `This program may not use the socket "${socket}": run it with --allow-read=${socket} ` +
        `--allow-write=${socket} --allow-net=unix:${socket}`,
      options,
    );
  }
  if (thrown instanceof Deno.errors.PermissionDenied) {
    return new NotebookdError(
      "permission_denied",
      `This user may not connect to the socket "${socket}": only the user who runs the daemon can`,
      options,
    );
  }
  if (
    thrown instanceof Deno.errors.NotFound || thrown instanceof Deno.errors.ConnectionRefused
  ) {
    return new NotebookdError(
      "daemon_not_running",
      `No daemon answers on the socket "${socket}": start one with "deno task daemon", or name ` +
        `another socket`,
      options,
    );
  }
  const detail = thrown instanceof Error ? thrown.message : String(thrown);
  return new NotebookdError(
    "connection_lost",
    `Cannot connect to the socket "${socket}": ${detail}`,
    options,
  );
}
