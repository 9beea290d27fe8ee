/**
 * A logger for code in a worker: lines go to the main thread, which writes them.
 *
 * @module
 */

import type { LogFields, Logger, LogLevel } from "../log.ts";
import type { Post } from "./messages.ts";

/** Makes a logger whose lines leave through `post`. */
export function workerLogger(post: Post, always: LogFields = {}): Logger {
  const line = (level: LogLevel) => (message: string, fields: LogFields = {}) =>
    post({ kind: "log", level, message, fields: { ...always, ...fields } });
  return {
    debug: line("debug"),
    info: line("info"),
    warn: line("warn"),
    error: line("error"),
    with: (fields) => workerLogger(post, { ...always, ...fields }),
  };
}
