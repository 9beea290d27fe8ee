/**
 * Two connected byte streams in memory, for tests of both ends of a connection without a socket.
 *
 * @module
 */

import { NotebookdError } from "@/errors.ts";
import type { ByteStream } from "@/client/dial.ts";

/** One direction: chunks that were written and not read yet. */
class Pipe {
  #chunks: Uint8Array[] = [];
  #ended = false;
  #wake: (() => void) | undefined;

  write(bytes: Uint8Array): void {
    if (this.#ended) throw new NotebookdError("connection_lost", "The other end is closed");
    if (bytes.length > 0) this.#chunks.push(bytes.slice());
    this.#notify();
  }

  end(): void {
    this.#ended = true;
    this.#notify();
  }

  async read(into: Uint8Array): Promise<number | null> {
    while (this.#chunks.length === 0) {
      if (this.#ended) return null;
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
    const chunk = this.#chunks.shift() as Uint8Array;
    const taken = chunk.subarray(0, into.length);
    into.set(taken);
    if (taken.length < chunk.length) this.#chunks.unshift(chunk.subarray(taken.length));
    return taken.length;
  }

  #notify(): void {
    this.#wake?.();
    this.#wake = undefined;
  }
}

/**
 * Makes both ends of a connection. What is written to one is read from the other; closing either
 * ends both directions.
 */
export function memoryConnection(): [ByteStream, ByteStream] {
  const there = new Pipe();
  const back = new Pipe();
  return [end(there, back), end(back, there)];
}

function end(out: Pipe, into: Pipe): ByteStream {
  return {
    read: (buffer) => into.read(buffer),
    write: (bytes) => Promise.try(() => out.write(bytes)),
    close() {
      out.end();
      into.end();
    },
  };
}
