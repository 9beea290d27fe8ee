/**
 * All the readers of one kind of event.
 *
 * @module
 */
import { EventStream, type EventStreamOptions } from "./event_stream.ts";

/**
 * Hands each event to every reader, each at its own pace and with its own bounded buffer.
 *
 * @typeParam T What the readers get.
 */
export class Subscribers<T> {
  readonly #options: Omit<EventStreamOptions, "onEnd">;
  readonly #streams = new Set<EventStream<T>>();
  #end: { readonly error: unknown } | undefined;

  /** @param options What each reader's stream is made with. */
  constructor(options: Omit<EventStreamOptions, "onEnd">) {
    this.#options = options;
  }

  /** Whether nobody reads, so that an event need not be made. */
  get none(): boolean {
    return this.#streams.size === 0;
  }

  /** A new reader's stream: it gets what is published from now on. */
  subscribe(): EventStream<T> {
    const stream: EventStream<T> = new EventStream<T>({
      ...this.#options,
      onEnd: () => this.#streams.delete(stream),
    });
    this.#streams.add(stream);
    if (this.#end !== undefined) stream.end(this.#end.error);
    return stream;
  }

  /**
   * Hands an event to every reader.
   *
   * @param value The event.
   * @param weight What it counts against each reader's limit. Default: 1.
   */
  publish(value: T, weight?: number): void {
    for (const stream of this.#streams) stream.push(value, weight);
  }

  /**
   * Ends all streams, also those still to be made.
   *
   * @param error What the readers then get; undefined where they simply finish.
   */
  end(error: unknown): void {
    if (this.#end !== undefined) return;
    this.#end = { error };
    for (const stream of [...this.#streams]) stream.end(error);
  }
}
