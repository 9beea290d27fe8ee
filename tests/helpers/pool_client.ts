/**
 * The side channels by hand: pool, blob, settings and pool state.
 *
 * @module
 */

import * as v from "valibot";
import { fromJson, json } from "./bytes.ts";
import { RawSocket } from "./raw_socket.ts";
import { type PoolAnswer, poolSchema } from "./v2_schema.ts";

/** A pool connection: one answer for one request. */
export class PoolClient implements AsyncDisposable {
  readonly #socket: RawSocket;

  private constructor(socket: RawSocket) {
    this.#socket = socket;
  }

  /** Connects and says which channel it is. */
  static async connect(path: string): Promise<PoolClient> {
    return new PoolClient(await openChannel(path, "pool"));
  }

  /** Sends a request, gives its checked answer. */
  async ask(request: unknown): Promise<PoolAnswer> {
    await this.#socket.send(json(request));
    return v.parse(poolSchema, fromJson(await this.#socket.nextFrame("a pool answer")));
  }

  /** As {@linkcode ask}, for one kind of answer. */
  async expect<Type extends PoolAnswer["type"]>(
    type: Type,
    request: unknown,
  ): Promise<Extract<PoolAnswer, { type: Type }>> {
    const answer = await this.ask(request);
    if (isOfType(answer, type)) return answer;
    throw new Error(`Expected an answer of type "${type}", got "${JSON.stringify(answer)}"`);
  }

  /** The rooms that the daemon has. */
  async rooms() {
    return (await this.expect("rooms_list", { type: "list_rooms" })).rooms;
  }

  /**
   * Asks again, a ping between two questions, until the answer is as wanted: for what the daemon
   * does after a connection of its own accord and tells nobody.
   */
  async until(wanted: () => boolean | Promise<boolean>, what: string): Promise<void> {
    const giveUp = Date.now() + 30_000;
    while (!await wanted()) {
      if (Date.now() > giveUp) throw new Error(`Gave up waiting until ${what}`);
      await this.expect("pong", { type: "ping" });
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#socket[Symbol.asyncDispose]();
  }
}

/** A connection to a channel whose handshake is just its name. */
export async function openChannel(path: string, channel: string): Promise<RawSocket> {
  const socket = await RawSocket.connect(path);
  await socket.send(json({ channel }));
  return socket;
}

function isOfType<Type extends PoolAnswer["type"]>(
  answer: PoolAnswer,
  type: Type,
): answer is Extract<PoolAnswer, { type: Type }> {
  return answer.type === type;
}
