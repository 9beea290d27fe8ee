/**
 * A bounded buffer between a session that produces and a program that reads with `for await`.
 *
 * @module
 */
import { NotebookdError } from "../errors.ts";

/** How much an {@linkcode EventStream} may hold for a reader that doesn't read. */
export interface EventStreamLimits {
  /** The most items. */
  readonly items: number;
  /** The most weight, as the producer counts it; for broadcasts the bytes of their frames. */
  readonly weight: number;
}

/** What an {@linkcode EventStream} is made with. */
export interface EventStreamOptions {
  /** What the stream carries, for the error of a reader that is too slow: "broadcasts". */
  readonly name: string;
  /** How much may wait. */
  readonly limits: EventStreamLimits;
  /** Called once, when nothing more will be read. */
  readonly onEnd?: () => void;
}

/**
 * Items in the order they were pushed. A reader that falls too far behind gets the error
 * `limit_reached` in place of what waited: memory stays bounded, and nothing is dropped in silence.
 *
 * It is for one reader. What is pushed from its creation on is kept, also before the first read.
 *
 * @typeParam T What it carries.
 */
export class EventStream<T> implements AsyncIterableIterator<T> {
  readonly #options: EventStreamOptions;
  #items: { value: T; weight: number }[] = [];
  #weight = 0;
  #ended = false;
  #error: unknown;
  #wake: PromiseWithResolvers<void> | undefined;

  /** @param options The bounds and what to call. */
  constructor(options: EventStreamOptions) {
    this.#options = options;
  }

  /**
   * Adds an item; after the end it does nothing.
   *
   * @param value The item.
   * @param weight What it counts against the limit. Default: 1.
   */
  push(value: T, weight = 1): void {
    if (this.#ended) return;
    const { limits } = this.#options;
    if (this.#items.length >= limits.items || this.#weight + weight > limits.weight) {
      this.#overflow();
      return;
    }
    this.#items.push({ value, weight });
    this.#weight += weight;
    this.#notify();
  }

  /**
   * Ends the stream after what waits in it.
   *
   * @param error What the reader then gets; left out, the iteration simply finishes.
   */
  end(error?: unknown): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#error = error;
    this.#notify();
    this.#options.onEnd?.();
  }

  /**
   * The next item, as `for await` asks for it.
   *
   * @throws {NotebookdError} with code `limit_reached` when the reader was too slow, and with the
   * code of the failure that ended the session.
   */
  async next(): Promise<IteratorResult<T, undefined>> {
    for (;;) {
      const item = this.#items.shift();
      if (item !== undefined) {
        this.#weight -= item.weight;
        return { done: false, value: item.value };
      }
      if (this.#ended) return this.#finish();
      this.#wake ??= Promise.withResolvers<void>();
      await this.#wake.promise;
    }
  }

  /** Stops reading: what waits is dropped. `for await` calls it when its loop is left. */
  return(): Promise<IteratorResult<T, undefined>> {
    this.#items = [];
    this.end();
    this.#error = undefined;
    return Promise.resolve({ done: true, value: undefined });
  }

  /** The stream itself. */
  [Symbol.asyncIterator](): this {
    return this;
  }

  #finish(): IteratorReturnResult<undefined> {
    const error = this.#error;
    // An iterator throws once; asked again after that, it is done.
    this.#error = undefined;
    if (error !== undefined) throw error;
    return { done: true, value: undefined };
  }

  #overflow(): void {
    const { name, limits } = this.#options;
    const waiting = this.#items.length;
    this.#items = [];
    this.end(
      new NotebookdError(
        "limit_reached",
        `The reader of the ${name} is too slow: ${waiting} items waited, more than ` +
          `${limits.items} items or a weight of ${limits.weight} are not kept. Read the ` +
          `session's state anew and iterate again`,
      ),
    );
  }

  #notify(): void {
    this.#wake?.resolve();
    this.#wake = undefined;
  }
}
