/**
 * The pool channel: one request, one answer, in turn.
 *
 * @module
 */
import { NotebookdError } from "../errors.ts";
import type { Codec } from "../wire/codec.ts";
import { encodeFrame } from "../wire/frame.ts";
import { MAX_FRAME_BYTES } from "../wire/caps.ts";
import { parsePoolResponse, type PoolRequest, type PoolResponse } from "../wire/pool.ts";
import type { Link } from "./link.ts";

/** The answers that are of a given type. */
export type PoolAnswer<T extends PoolResponse["type"]> = Extract<PoolResponse, { type: T }>;

/** One connection of the pool channel. */
export class PoolClient implements Disposable {
  readonly #link: Link;
  readonly #codec: Codec;
  #last: Promise<unknown> = Promise.resolve();

  /**
   * @param link The connection, after its handshake.
   * @param codec How requests and answers are encoded.
   */
  constructor(link: Link, codec: Codec) {
    this.#link = link;
    this.#codec = codec;
  }

  /**
   * Sends a request and waits for its answer. Calls made meanwhile wait for their turn: the channel
   * numbers nothing, so the order is all that tells answers apart.
   *
   * @param request What is asked.
   * @param expected The type that the answer has.
   * @throws {NotebookdError} with code `bad_request` when the daemon refuses, `connection_lost` when
   * it is gone, and `bad_frame` when the answer is something else.
   */
  call<T extends PoolResponse["type"]>(
    request: PoolRequest,
    expected: T,
  ): Promise<PoolAnswer<T>> {
    const turn = this.#last.then(() => this.#exchange(request, expected));
    this.#last = turn.catch(() => {});
    return turn;
  }

  /** Closes the connection. */
  [Symbol.dispose](): void {
    this.#link.close();
  }

  async #exchange<T extends PoolResponse["type"]>(
    request: PoolRequest,
    expected: T,
  ): Promise<PoolAnswer<T>> {
    await this.#link.write(encodeFrame(this.#codec.encode({ ...request })));
    const payload = await this.#link.readFrame(() => MAX_FRAME_BYTES);
    if (payload === null) {
      throw new NotebookdError(
        "connection_lost",
        `The daemon closed the connection before it answered "${request.type}"`,
      );
    }
    const answer = parsePoolResponse(this.#codec.decode(payload));
    if (hasType(answer, expected)) return answer;
    throw misfit(request.type, answer);
  }
}

function hasType<T extends PoolResponse["type"]>(
  answer: PoolResponse,
  type: T,
): answer is PoolAnswer<T> {
  return answer.type === type;
}

function misfit(request: string, answer: PoolResponse): NotebookdError {
  if (answer.type === "error") {
    return new NotebookdError("bad_request", `The daemon refused "${request}": ${answer.message}`);
  }
  return new NotebookdError(
    "bad_frame",
    `The daemon answered the request "${request}" with "${answer.type}"`,
  );
}
