/**
 * The settings file as text: reading it leniently, and changing only what changes.
 *
 * Comments and trailing commas are allowed, since people edit the file.
 *
 * @module
 */

import { applyEdits, modify, parse, type ParseError, printParseErrorCode } from "jsonc-parser";
import type { Settings } from "../channels/settings_ports.ts";
import { isJsonObject } from "../json.ts";

/** What is wrong with a text that isn't a settings file. */
export interface BrokenText {
  /** The line, from 1. */
  line: number;
  /** The column in characters, from 1. */
  column: number;
  /** What kind of thing is wrong, as one word. */
  problem: string;
}

/** What a text says. */
export type ReadSettings =
  /** The settings, and the names of those whose value can't be used. */
  | { kind: "settings"; settings: Settings; ignored: string[] }
  /** It isn't JSON, or no object. */
  | { kind: "broken"; broken: BrokenText };

type Check = (value: unknown) => boolean;

const isText: Check = (value) => typeof value === "string";
const isTexts: Check = (value) => Array.isArray(value) && value.every(isText);

/** Every setting that can stand in the file, by its path, with what its value must be. */
const CHECKS: readonly { path: readonly string[]; check: Check }[] = [
  { path: ["theme"], check: isText },
  { path: ["default_runtime"], check: isText },
  { path: ["default_python_env"], check: isText },
  {
    path: ["keep_alive_secs"],
    check: (value) => typeof value === "number" && Number.isFinite(value) && value >= 0,
  },
  { path: ["onboarding_completed"], check: (value) => typeof value === "boolean" },
  { path: ["uv", "default_packages"], check: isTexts },
  { path: ["conda", "default_packages"], check: isTexts },
];

/**
 * Reads the settings out of a text.
 *
 * @param text The content of the file.
 * @param fallback What counts for a setting that is missing or can't be used.
 *
 * @example
 * ```ts
 * import { DEFAULT_SETTINGS } from "@/channels/settings_ports.ts";
 * import { readSettings } from "@/storage/settings_text.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(readSettings('{"theme": "dark"}', DEFAULT_SETTINGS), {
 *   kind: "settings",
 *   settings: { ...DEFAULT_SETTINGS, theme: "dark" },
 *   ignored: [],
 * });
 * ```
 */
export function readSettings(text: string, fallback: Readonly<Settings>): ReadSettings {
  const errors: ParseError[] = [];
  let root: unknown;
  try {
    root = parse(withoutMark(text), errors, { allowTrailingComma: true });
  } catch (error) {
    // Nesting that no person writes ends the parser's recursion.
    if (!(error instanceof RangeError)) throw error;
    return { kind: "broken", broken: { line: 1, column: 1, problem: "NestedTooDeep" } };
  }
  const [first] = errors;
  if (first !== undefined) {
    return {
      kind: "broken",
      broken: brokenAt(text, first.offset, printParseErrorCode(first.error)),
    };
  }
  if (!isJsonObject(root)) return { kind: "broken", broken: brokenAt(text, 0, "ObjectExpected") };
  return pick(root, fallback);
}

/**
 * Gives the text with other values for some settings. Everything else stays as the person wrote
 * it: comments, order, keys that nobody here knows.
 *
 * @param text The content of the file, which must not be broken; empty where there is none.
 * @param from The settings that the text stands for.
 * @param to The settings that it shall stand for.
 */
export function changeSettings(
  text: string,
  from: Readonly<Settings>,
  to: Readonly<Settings>,
): string {
  if (text.trim() === "") return `${JSON.stringify(to, null, 2)}\n`;
  const mark = text.length - withoutMark(text).length;
  let changed = text.slice(mark);
  for (const { path } of CHECKS) {
    if (sameAt(from, to, path)) continue;
    const place = settablePath(changed, path);
    const edits = modify(changed, [...place], valueAt(to, place), {
      formattingOptions: { insertSpaces: true, tabSize: 2, eol: "\n" },
    });
    changed = applyEdits(changed, edits);
  }
  return text.slice(0, mark) + changed;
}

/** Tells whether two settings are the same, value for value. */
export function sameSettings(a: Readonly<Settings>, b: Readonly<Settings>): boolean {
  return CHECKS.every(({ path }) => sameAt(a, b, path));
}

/** Gives the names of the settings whose value can't be used. */
export function unusableSettings(change: Partial<Settings>): string[] {
  return CHECKS
    .filter(({ path, check }) => {
      const value = valueAt(change, path);
      return value === undefined ? Object.hasOwn(change, path[0] ?? "") : !check(value);
    })
    .map(({ path }) => path.join("."));
}

function sameAt(a: Readonly<Settings>, b: Readonly<Settings>, path: readonly string[]): boolean {
  return JSON.stringify(valueAt(a, path)) === JSON.stringify(valueAt(b, path));
}

/** The path itself; or its parent's, where the file has something there that can't hold a key. */
function settablePath(text: string, path: readonly string[]): readonly string[] {
  const parent = path.slice(0, -1);
  const there = valueAt(parse(text), parent);
  return there === undefined || isJsonObject(there) ? path : parent;
}

function pick(root: object, fallback: Readonly<Settings>): ReadSettings {
  const settings = structuredClone(fallback) as Settings;
  const ignored: string[] = [];
  for (const { path, check } of CHECKS) {
    const value = valueAt(root, path);
    if (value === undefined) continue;
    if (check(value)) setAt(settings, path, value);
    else ignored.push(path.join("."));
  }
  return { kind: "settings", settings, ignored };
}

function valueAt(root: unknown, path: readonly string[]): unknown {
  let value = root;
  for (const key of path) {
    if (!isJsonObject(value) || !Object.hasOwn(value, key)) return undefined;
    value = value[key];
  }
  return value;
}

/** Only for the paths of `CHECKS`, and values that were checked. */
function setAt(settings: Settings, path: readonly string[], value: unknown): void {
  const parents = path.slice(0, -1);
  const parent = valueAt(settings, parents);
  const key = path.at(-1);
  if (isJsonObject(parent) && key !== undefined) Object.assign(parent, { [key]: value });
}

function withoutMark(text: string): string {
  return text.startsWith("\ufeff") ? text.slice(1) : text;
}

function brokenAt(text: string, offset: number, problem: string): BrokenText {
  const before = withoutMark(text).slice(0, offset).split("\n");
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1, problem };
}
