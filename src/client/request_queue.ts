/**
 * The requests of one session: those not sent yet and those that wait for their response.
 *
 * @module
 */
import { NotebookdError } from "../errors.ts";
import { FrameType, TYPED_FRAME_CAPS } from "../wire/caps.ts";
import type { Codec } from "../wire/codec.ts";
import {
  encodeRequest,
  type NotebookRequest,
  type RequestId,
  requestIdOf,
} from "../wire/requests.ts";
import { type ErrorResponse, type NotebookResponse, parseResponse } from "../wire/responses.ts";
import { isResultOf } from "./results.ts";

/** The most requests of one session that may wait, sent or not. */
export const MAX_PENDING_REQUESTS = 1000;

/** How a request is submitted. */
export interface SubmitOptions {
  /** The heads that the daemon must have before the request goes out; absent: it goes at once. */
  readonly after?: readonly string[];
  /** Gives the request up; its reason is what the caller gets. */
  readonly signal?: AbortSignal | undefined;
}

interface Pending {
  readonly id: number;
  readonly action: NotebookRequest["action"];
  readonly body: Uint8Array;
  readonly after: readonly string[] | undefined;
  resolve(response: NotebookResponse): void;
  reject(reason: unknown): void;
}

/**
 * The requests of one session. They go out in the order they were made; the responses come in any
 * order, told apart by id.
 *
 * A request that was not sent when its connection is lost goes out on the next one. One that was
 * sent is not repeated, since nobody knows whether the daemon acted on it.
 */
export class RequestQueue {
  readonly #codec: Codec;
  readonly #sent = new Map<RequestId, Pending>();
  #unsent: Pending[] = [];
  #lastId = 0;

  /** @param codec How requests are encoded. */
  constructor(codec: Codec) {
    this.#codec = codec;
  }

  /**
   * Puts a request into the queue.
   *
   * @returns The response, which is of a kind that fits the action.
   * @throws {NotebookdError} with code `limit_reached` when too many requests wait or this one is
   * too big, `connection_lost` when the connection ended before the response, `bad_frame` when the
   * response doesn't fit, and the daemon's code when it refused.
   */
  submit(request: NotebookRequest, options: SubmitOptions = {}): Promise<NotebookResponse> {
    const { promise, resolve, reject } = Promise.withResolvers<NotebookResponse>();
    const { signal } = options;
    try {
      signal?.throwIfAborted();
      const pending = this.#prepare(request, options.after, { resolve, reject });
      this.#unsent.push(pending);
      const onAbort = () => this.#giveUp(pending, signal?.reason);
      signal?.addEventListener("abort", onAbort, { once: true });
      const forget = () => signal?.removeEventListener("abort", onAbort);
      promise.then(forget, forget);
    } catch (error) {
      reject(error);
    }
    return promise;
  }

  /**
   * Takes the next request to send.
   *
   * @param confirmed Tells whether the daemon has these heads.
   * @returns The body of its frame, or null when nothing may go out now.
   */
  next(confirmed: (heads: readonly string[]) => boolean): Uint8Array | null {
    const first = this.#unsent[0];
    if (first === undefined) return null;
    if (first.after !== undefined && !confirmed(first.after)) return null;
    this.#unsent.shift();
    this.#sent.set(first.id, first);
    return first.body;
  }

  /**
   * Takes a response. One that fits no request is passed over: its request was given up.
   *
   * @param value The decoded body of its frame.
   */
  settle(value: unknown): void {
    const pending = this.#takeSent(requestIdOf(value));
    if (pending === undefined) return;
    try {
      const { response } = parseResponse(value);
      if (response.result === "error") throw refused(pending.action, response);
      if (!isResultOf(pending.action, response)) throw misfit(pending.action, response);
      pending.resolve(response);
    } catch (error) {
      pending.reject(error);
    }
  }

  /** The connection is gone: what was sent fails, the rest waits for the next connection. */
  connectionLost(): void {
    for (const pending of this.#sent.values()) {
      pending.reject(
        new NotebookdError(
          "connection_lost",
          `The connection ended before the daemon answered the request "${pending.action}": it ` +
            "may have been carried out or not",
        ),
      );
    }
    this.#sent.clear();
  }

  /** The session is over: everything that waits fails with this reason. */
  end(reason: unknown): void {
    for (const pending of [...this.#sent.values(), ...this.#unsent]) pending.reject(reason);
    this.#sent.clear();
    this.#unsent = [];
  }

  #prepare(
    request: NotebookRequest,
    after: readonly string[] | undefined,
    settlers: Pick<Pending, "resolve" | "reject">,
  ): Pending {
    if (this.#sent.size + this.#unsent.length >= MAX_PENDING_REQUESTS) {
      throw new NotebookdError(
        "limit_reached",
        `Cannot send the request "${request.action}": ${MAX_PENDING_REQUESTS} requests wait ` +
          "already. Await their responses first",
      );
    }
    const id = ++this.#lastId;
    const body = encodeRequest(request, this.#codec, id);
    const most = TYPED_FRAME_CAPS[FrameType.request] - 1;
    if (body.length > most) {
      throw new NotebookdError(
        "limit_reached",
        `The request "${request.action}" is too big: ${body.length} bytes, the limit is ${most}`,
      );
    }
    return { id, action: request.action, body, after, ...settlers };
  }

  /** A daemon that knows no ids answers in the order of the requests. */
  #takeSent(id: RequestId | undefined): Pending | undefined {
    const key = id ?? this.#sent.keys().next().value;
    if (key === undefined) return undefined;
    const pending = this.#sent.get(key);
    this.#sent.delete(key);
    return pending;
  }

  /** One that was sent keeps its place, since its response is still to come. */
  #giveUp(pending: Pending, reason: unknown): void {
    this.#unsent = this.#unsent.filter((other) => other !== pending);
    pending.reject(reason);
  }
}

function refused(action: string, response: ErrorResponse): NotebookdError {
  return new NotebookdError(
    response.error_code ?? "internal",
    `The daemon refused the request "${action}": ${response.error}`,
  );
}

function misfit(action: string, response: NotebookResponse): NotebookdError {
  return new NotebookdError(
    "bad_frame",
    `The daemon answered the request "${action}" with "${response.result}"`,
  );
}
