/**
 * The port through which every part of notebookd logs. The composition root gives it a real sink;
 * what is logged is structured, and holds no content of a notebook.
 *
 * @module
 */

/** How severe a log line is, from least to most. */
export const LOG_LEVELS = ["debug", "info", "warn", "error"] as const;

/** One of {@linkcode LOG_LEVELS}. */
export type LogLevel = typeof LOG_LEVELS[number];

/** What a log line carries beside its message: ids, counts, codes. Never cell content. */
export type LogFields = Readonly<Record<string, string | number | boolean | null | undefined>>;

/** Where log lines go. */
export interface Logger {
  /** Detail that helps while developing. */
  debug(message: string, fields?: LogFields): void;
  /** What an operator wants to see in normal running. */
  info(message: string, fields?: LogFields): void;
  /** Something was refused or repaired; the daemon goes on. */
  warn(message: string, fields?: LogFields): void;
  /** Something failed that a person should look at. */
  error(message: string, fields?: LogFields): void;
  /** A logger that adds these fields to every line. */
  with(fields: LogFields): Logger;
}

/** A logger that drops everything. */
export const silentLogger: Logger = {
  debug() {},
  info() {},
  warn() {},
  error() {},
  with: () => silentLogger,
};
