/**
 * Every connection that is being served.
 *
 * @module
 */

import { daemonClosing } from "../reasons.ts";
import type { FrameConnection } from "./connection_port.ts";
import { serveConnection } from "./serve.ts";
import type { Services } from "./services.ts";

/** Serves connections, bounded in number, and ends them all together. */
export class Connections implements AsyncDisposable {
  readonly #services: Services;
  readonly #serving = new Map<FrameConnection, Promise<void>>();
  #closed = false;

  /** @param services What the channels may use. */
  constructor(services: Services) {
    this.#services = services;
  }

  /** How many are being served. */
  get count(): number {
    return this.#serving.size;
  }

  /** Takes a new connection and serves it until it ends. */
  take(connection: FrameConnection): void {
    const { limits, logger } = this.#services;
    if (this.#closed || this.#serving.size >= limits.connections) {
      logger.warn("Connection refused", {
        connection: connection.id,
        code: this.#closed ? "closed" : "limit_reached",
        connections: this.#serving.size,
      });
      connection.close();
      return;
    }
    this.#serving.set(connection, this.#serve(connection));
  }

  /** Closes every connection and waits until each has been left in order. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    const reason = daemonClosing();
    for (const connection of this.#serving.keys()) connection.close(reason);
    await Promise.all(this.#serving.values());
  }

  async #serve(connection: FrameConnection): Promise<void> {
    await serveConnection(connection, this.#services);
    await connection[Symbol.asyncDispose]();
    this.#serving.delete(connection);
  }
}
