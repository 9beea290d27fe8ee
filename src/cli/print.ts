/**
 * How answers are printed: labelled lines for people, JSON for programs.
 *
 * @module
 */

import type { JsonValue } from "../json.ts";
import type { Terminal } from "./terminal.ts";
import { visible } from "./text.ts";

/**
 * Prints one JSON document.
 *
 * @param terminal Where it goes.
 * @param value What is printed.
 * @param options `indent`: how many spaces; 0 for one line.
 */
export function printJson(
  terminal: Terminal,
  value: JsonValue,
  { indent = 2 }: { indent?: number } = {},
): void {
  terminal.out(`${JSON.stringify(value, null, indent)}\n`);
}

/**
 * Prints one line for each label, the values under each other.
 *
 * @param terminal Where it goes.
 * @param entries The labels and their values, in order.
 */
export function printEntries(
  terminal: Terminal,
  entries: Readonly<Record<string, string | number>>,
): void {
  const width = Math.max(...Object.keys(entries).map((label) => label.length));
  for (const [label, value] of Object.entries(entries)) {
    terminal.out(`${label.padEnd(width)}  ${visible(String(value))}\n`);
  }
}
