/**
 * The main thread's end of one worker: calls with answers, and what the worker says unasked.
 *
 * @module
 */

import { NotebookdError, toNotebookdError } from "../errors.ts";
import {
  type Call,
  type FromWorker,
  type MethodCall,
  plainError,
  revivedError,
  type RoomKey,
  type TellMethod,
  type ToWorker,
  type WorkerStart,
} from "./messages.ts";

/** What a worker says about a room. */
export type RoomEvent = Extract<FromWorker, { room: RoomKey }>;

/** What a worker says to be logged. */
export type LogEvent = Extract<FromWorker, { kind: "log" }>;

/** Who listens to a worker. */
export interface LinkListener {
  room(event: RoomEvent): void;
  log(event: LogEvent): void;
  /** The worker died; every pending call has failed with this reason. */
  lost(reason: NotebookdError): void;
}

/** One running worker. */
export class WorkerLink implements Disposable {
  readonly #worker: Worker;
  readonly #listener: LinkListener;
  readonly #pending = new Map<number, PromiseWithResolvers<unknown>>();
  readonly #started = Promise.withResolvers<void>();
  #nextCall = 1;
  #ended = false;

  private constructor(worker: Worker, listener: LinkListener) {
    this.#worker = worker;
    this.#listener = listener;
    worker.onmessage = ({ data }: MessageEvent<FromWorker>) => this.#take(data);
    worker.onerror = (event) => {
      event.preventDefault();
      this.#die(`A worker failed: ${event.message}`);
    };
    worker.onmessageerror = () => this.#die("A worker sent what can't be read");
  }

  /**
   * Starts a worker and waits until it can hold rooms.
   *
   * @throws {NotebookdError} with code `internal` when it dies on the way.
   */
  static async start(
    worker: Worker,
    start: WorkerStart,
    listener: LinkListener,
  ): Promise<WorkerLink> {
    const link = new WorkerLink(worker, listener);
    worker.postMessage(start);
    await link.#started.promise;
    return link;
  }

  /** Calls a method and waits for what it returns or throws. */
  call(room: RoomKey, call: Call): Promise<unknown> {
    if (this.#ended) return Promise.reject(workerGone());
    const id = this.#nextCall++;
    const answer = Promise.withResolvers<unknown>();
    this.#pending.set(id, answer);
    this.#post({ kind: "call", id, room, call });
    return answer.promise;
  }

  /** Calls a method that has no answer. */
  tell(room: RoomKey, tell: MethodCall<TellMethod>): void {
    this.#say({ kind: "tell", room, tell });
  }

  /** Answers what a room asked. */
  answer(id: number, work: Promise<unknown>): void {
    work.then(
      (value) => this.#say({ kind: "answer", id, value }),
      (error) => {
        const refusal = toNotebookdError(error, "Cannot do what a room asked for");
        this.#say({ kind: "refusal", id, error: plainError(refusal) });
      },
    );
  }

  /** Ends the worker at once. Pending calls fail. */
  [Symbol.dispose](): void {
    this.#end(workerGone());
  }

  #say(message: ToWorker): void {
    if (!this.#ended) this.#post(message);
  }

  #post(message: ToWorker): void {
    this.#worker.postMessage(message);
  }

  #take(message: FromWorker): void {
    switch (message.kind) {
      case "started":
        return this.#started.resolve();
      case "done":
        return this.#settle(message.id)?.resolve(message.value);
      case "failed":
        return this.#settle(message.id)?.reject(revivedError(message.error));
      case "log":
        return this.#listener.log(message);
      default:
        return this.#listener.room(message);
    }
  }

  #settle(id: number): PromiseWithResolvers<unknown> | undefined {
    const answer = this.#pending.get(id);
    this.#pending.delete(id);
    return answer;
  }

  #die(message: string): void {
    if (this.#ended) return;
    const reason = new NotebookdError(
      "internal",
      `${message}; reconnect to load its notebooks anew`,
    );
    this.#end(reason);
    this.#listener.lost(reason);
  }

  #end(reason: NotebookdError): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#worker.terminate();
    this.#started.reject(reason);
    this.#started.promise.catch(() => {});
    for (const answer of this.#pending.values()) answer.reject(reason);
    this.#pending.clear();
  }
}

function workerGone(): NotebookdError {
  return new NotebookdError("closed", "The worker of this room has ended: open the notebook again");
}
