/**
 * The Logger port on top of LogTape: one line a record, as text for people or as JSON for
 * machines.
 *
 * @module
 */

import {
  configureSync,
  getJsonLinesFormatter,
  getLogger,
  getTextFormatter,
  type Logger as TapeLogger,
  type LogRecord,
} from "@logtape/logtape";
import type { LogFields, Logger, LogLevel } from "../log.ts";

/** How {@linkcode createLogger} writes. */
export interface CreateLoggerOptions {
  /** One line for people, or one JSON object a line. */
  readonly format: "text" | "json";
  /** The least severe level that is written. */
  readonly level: LogLevel;
  /** Takes one line, its line feed included. Called at once, so that no line is lost at the end. */
  readonly write: (line: string) => void;
}

const CATEGORY = "notebookd";
const TAPE_LEVEL = { debug: "debug", info: "info", warn: "warning", error: "error" } as const;

/**
 * Makes the logger of this process. LogTape's configuration is one for the whole process, so a
 * later call replaces the sink of an earlier one.
 *
 * A text line is `2026-01-31T12:00:00.000Z INFO  Message key="value"`; a JSON line has `@timestamp`,
 * `level`, `message`, `logger` and every field beside them.
 *
 * @param options How it writes.
 */
export function createLogger(options: CreateLoggerOptions): Logger {
  const format = options.format === "json"
    ? getJsonLinesFormatter({ properties: "flatten", message: "rendered" })
    : getTextFormatter({
      timestamp: "rfc3339",
      level: "FULL",
      format: ({ timestamp, level, message, record }) =>
        `${timestamp} ${level.padEnd(7)} ${oneLine(message)}${fieldsText(record)}`,
    });
  const sinks = { lines: (record: LogRecord) => options.write(`${format(record).trimEnd()}\n`) };
  configureSync({
    reset: true,
    sinks,
    loggers: [
      { category: CATEGORY, lowestLevel: TAPE_LEVEL[options.level], sinks: ["lines"] },
      { category: ["logtape", "meta"], lowestLevel: "warning", sinks: ["lines"] },
    ],
  });
  return adapt(getLogger(CATEGORY));
}

function adapt(tape: TapeLogger): Logger {
  return {
    debug: (message, fields) => tape.debug(literal(message), given(fields)),
    info: (message, fields) => tape.info(literal(message), given(fields)),
    warn: (message, fields) => tape.warn(literal(message), given(fields)),
    error: (message, fields) => tape.error(literal(message), given(fields)),
    with: (fields) => adapt(tape.with(given(fields))),
  };
}

/** LogTape fills in `{name}`; a message of ours is literal, and may quote a path with braces. */
function literal(message: string): string {
  return message.replaceAll("{", "{{").replaceAll("}", "}}");
}

function given(fields: LogFields = {}): Record<string, string | number | boolean | null> {
  const result: Record<string, string | number | boolean | null> = {};
  for (const [key, value] of Object.entries(fields)) {
    if (value !== undefined) result[key] = value;
  }
  return result;
}

function fieldsText(record: LogRecord): string {
  return Object.entries(record.properties)
    .map(([key, value]) => ` ${key}=${oneLine(JSON.stringify(value))}`)
    .join("");
}

/** A path may hold a line feed or an escape sequence: neither may forge a line or reach a terminal. */
function oneLine(text: string): string {
  return text.replaceAll(
    /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu,
    (character) => `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, "0")}`,
  );
}
