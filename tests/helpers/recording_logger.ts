/**
 * A logger whose lines a test can look at.
 *
 * @module
 */

import type { LogFields, Logger, LogLevel } from "../../src/log.ts";

/** One line that was logged. */
export interface RecordedLine {
  level: LogLevel;
  message: string;
  fields: LogFields;
}

/** Keeps what is logged, also through `with`. */
export class RecordingLogger implements Logger {
  /** What was logged, oldest first. */
  readonly lines: RecordedLine[];
  readonly #fields: LogFields;

  /** Use it without arguments. */
  constructor(lines: RecordedLine[] = [], fields: LogFields = {}) {
    this.lines = lines;
    this.#fields = fields;
  }

  /** The messages of one level, oldest first. */
  messages(level: LogLevel): string[] {
    return this.lines.filter((line) => line.level === level).map(({ message }) => message);
  }

  debug(message: string, fields?: LogFields): void {
    this.#add("debug", message, fields);
  }

  info(message: string, fields?: LogFields): void {
    this.#add("info", message, fields);
  }

  warn(message: string, fields?: LogFields): void {
    this.#add("warn", message, fields);
  }

  error(message: string, fields?: LogFields): void {
    this.#add("error", message, fields);
  }

  with(fields: LogFields): Logger {
    return new RecordingLogger(this.lines, { ...this.#fields, ...fields });
  }

  #add(level: LogLevel, message: string, fields: LogFields = {}): void {
    this.lines.push({ level, message, fields: { ...this.#fields, ...fields } });
  }
}
