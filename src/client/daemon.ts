/**
 * The daemon itself, as an editor or a tool sees it: is it there, what does it hold, end it.
 *
 * @module
 */
import { FEATURE } from "../handshake/features.ts";
import type { CellView } from "../wire/cell_view.ts";
import type { InspectedKernel, PoolStats, RoomInfo } from "../wire/pool.ts";
import { dialUnixSocket } from "./connection.ts";
import { Link } from "./link.ts";
import { codecOf, type ConnectOptions } from "./options.ts";
import { PoolClient } from "./pool_client.ts";
import { socketOf } from "./socket_of.ts";

/** The cells of a notebook, and its kernel, as the daemon holds them. */
export interface NotebookState {
  /** The notebook's id. */
  readonly notebook_id: string;
  /** Its cells; counts and outputs are JSON text, as in the document. */
  readonly cells: readonly CellView[];
  /** Whether someone has it open, or it was read from disk. */
  readonly source: "live_room" | "persisted_file";
  /** Its kernel, or null without one. */
  readonly kernel_info: InspectedKernel | null;
}

/**
 * A connection to the daemon itself.
 *
 * @example
 * ```ts ignore
 * import { Daemon } from "@notebookd/notebookd";
 *
 * await using daemon = await Daemon.connect();
 * for (const room of await daemon.rooms()) console.log(room.notebook_id, room.active_peers);
 * ```
 */
export class Daemon implements AsyncDisposable {
  readonly #pool: PoolClient;

  private constructor(pool: PoolClient) {
    this.#pool = pool;
  }

  /**
   * Connects to the daemon.
   *
   * @param options The socket, the encoding and a signal.
   * @throws {NotebookdError} with code `daemon_not_running` when nothing answers on the socket,
   * `permission_denied` when this program may not use it, and `invalid_argument` when no socket is
   * named and none can be found. When the signal aborts, its reason is thrown.
   */
  static async connect(options: ConnectOptions = {}): Promise<Daemon> {
    const codec = codecOf(options);
    const link = await Link.open({ channel: "pool", features: [FEATURE] }, {
      socket: socketOf(options),
      codec,
      dial: dialUnixSocket,
      signal: options.signal ?? new AbortController().signal,
    });
    return new Daemon(new PoolClient(link, codec));
  }

  /**
   * Asks for a sign of life.
   *
   * @returns The time to the answer and back, in milliseconds.
   * @throws {NotebookdError} with code `connection_lost` when the daemon is gone.
   */
  async ping(): Promise<number> {
    const start = performance.now();
    await this.#pool.call({ type: "ping" }, "pong");
    return performance.now() - start;
  }

  /**
   * How many environments are ready.
   *
   * @throws {NotebookdError} with code `connection_lost` when the daemon is gone.
   */
  async status(): Promise<PoolStats> {
    return (await this.#pool.call({ type: "status" }, "stats")).stats;
  }

  /**
   * The notebooks that the daemon holds.
   *
   * @throws {NotebookdError} with code `connection_lost` when the daemon is gone.
   */
  async rooms(): Promise<readonly RoomInfo[]> {
    return (await this.#pool.call({ type: "list_rooms" }, "rooms_list")).rooms;
  }

  /**
   * Shows a notebook without opening it.
   *
   * @param notebookId Its id: the path of its file, or a UUID.
   * @throws {NotebookdError} with code `bad_request` when the daemon knows no such notebook, and
   * `connection_lost` when the daemon is gone.
   */
  async inspect(notebookId: string): Promise<NotebookState> {
    const request = { type: "inspect_notebook", notebook_id: notebookId } as const;
    const { type: _, ...state } = await this.#pool.call(request, "notebook_state");
    return state;
  }

  /**
   * Ends a notebook's kernel and, when nobody has it open, lets the notebook go.
   *
   * @param notebookId Its id: the path of its file, or a UUID.
   * @returns Whether the daemon held it.
   * @throws {NotebookdError} with code `connection_lost` when the daemon is gone.
   */
  async shutdownNotebook(notebookId: string): Promise<boolean> {
    const request = { type: "shutdown_notebook", notebook_id: notebookId } as const;
    return (await this.#pool.call(request, "notebook_shutdown")).found;
  }

  /**
   * Ends the daemon, in order: what it holds is written first.
   *
   * @throws {NotebookdError} with code `connection_lost` when the daemon was gone already.
   */
  async shutdown(): Promise<void> {
    await this.#pool.call({ type: "shutdown" }, "shutting_down");
  }

  /** Closes the connection; the daemon goes on. */
  close(): void {
    this.#pool[Symbol.dispose]();
  }

  /** The same as {@linkcode Daemon.close}. */
  [Symbol.asyncDispose](): Promise<void> {
    this.close();
    return Promise.resolve();
  }
}
