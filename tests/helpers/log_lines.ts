/**
 * The daemon's log as tests read it: JSON lines, waited for by content.
 *
 * @module
 */

import { within } from "./deadline.ts";

/** One line of the log. */
export interface LogLine {
  /** "debug", "info", "warn" or "error"; "" for a line that isn't JSON. */
  level: string;
  /** The message without its fields. */
  message: string;
  /** Every other key of the line. */
  fields: Record<string, unknown>;
  /** The line as it came. */
  raw: string;
}

/** Collects lines as they come and tells those who wait. */
export class LogLines {
  readonly lines: LogLine[] = [];
  #news = Promise.withResolvers<void>();
  #ended = false;

  /** Reads a stream of JSON lines to its end. */
  async collect(stream: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<void> {
    let rest = "";
    for await (const part of stream.pipeThrough(new TextDecoderStream())) {
      const lines = (rest + part).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) if (line !== "") this.lines.push(parseLine(line));
      this.#tell();
    }
    if (rest !== "") this.lines.push(parseLine(rest));
    this.#ended = true;
    this.#tell();
  }

  /** Where the log stands now: pass it to {@linkcode waitFor} to look at later lines only. */
  get mark(): number {
    return this.lines.length;
  }

  /** The lines that match, from a mark on. */
  matching(matches: (line: LogLine) => boolean, from = 0): LogLine[] {
    return this.lines.slice(from).filter(matches);
  }

  /**
   * The first line that matches, from a mark on, as soon as it is there.
   *
   * @throws {Error} when the log ends or time runs out before; the message holds the last lines.
   */
  async waitFor(
    matches: (line: LogLine) => boolean,
    what: string,
    from = 0,
  ): Promise<LogLine> {
    const search = async () => {
      for (let next = from;; await this.#news.promise) {
        for (; next < this.lines.length; next++) {
          const line = this.lines[next];
          if (line !== undefined && matches(line)) return line;
        }
        if (this.#ended) throw new Error("The log ended");
      }
    };
    try {
      return await within(search(), `a log line: ${what}`);
    } catch (error) {
      const last = this.lines.slice(-12).map((line) => line.raw).join("\n");
      throw new Error(`No log line "${what}"; the last lines were:\n${last}`, { cause: error });
    }
  }

  #tell(): void {
    const { resolve } = this.#news;
    this.#news = Promise.withResolvers<void>();
    resolve();
  }
}

function parseLine(raw: string): LogLine {
  try {
    const { level, message, ...fields } = JSON.parse(raw);
    return { level: String(level).toLowerCase(), message: String(message), fields, raw };
  } catch {
    return { level: "", message: raw, fields: {}, raw };
  }
}
