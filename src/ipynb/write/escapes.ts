/**
 * How a file spells the characters of its strings: the escapes that JSON leaves to the writer.
 *
 * @module
 */

/** Which characters a writer escapes beyond those that JSON wants escaped, and how. */
export interface EscapeStyle {
  /** Everything outside ASCII is escaped (`ensure_ascii` of Python's `json`). */
  readonly asciiOnly: boolean;
  /** Hex digits are upper-case. */
  readonly upperHex: boolean;
  /** "/" is written "\/". */
  readonly slash: boolean;
  /**
   * ASCII characters written as `\u00XX` although a shorter spelling exists: some writers do so with
   * what HTML or a JavaScript text could misread.
   */
  readonly coded: ReadonlySet<number>;
}

/** The style of nbformat and of `JSON.stringify`: nothing is escaped without need. */
export const PLAIN_ESCAPES: EscapeStyle = {
  asciiOnly: false,
  upperHex: false,
  slash: false,
  coded: new Set(),
};

/** What {@linkcode survey} counted. */
interface Survey {
  /** The code units that are written as `\uXXXX`. */
  readonly codes: Set<number>;
  /** The characters after a backslash, apart from "u". */
  readonly short: Set<string>;
  /** How often "\/" occurs. */
  slashes: number;
  /** Whether some hex digit is a lower-case letter, and whether some is an upper-case one. */
  lower: boolean;
  upper: boolean;
}

/** Stands for every character that takes two code units. */
const FIRST_ASTRAL = 0x10000;

/** One-letter escapes by code unit. */
const SHORT = new Map([[8, "b"], [9, "t"], [10, "n"], [12, "f"], [13, "r"], [34, '"'], [92, "\\"]]);

/**
 * Reads off a text how it escapes characters. A character counts as escaped on purpose if the text
 * has it escaped and never otherwise.
 *
 * @param text Valid JSON.
 *
 * @example
 * ```ts
 * import { readEscapes, writeString } from "@/ipynb/write/escapes.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const style = readEscapes('["caf\\u00E9"]');
 * assertEquals(writeString("\u00fc", style), '"\\u00FC"');
 * ```
 */
export function readEscapes(text: string): EscapeStyle {
  const { codes, short, slashes, lower, upper } = survey(text);
  if (codes.size === 0 && slashes === 0) return PLAIN_ESCAPES;
  const ascii = [...codes].filter((code) => code < 0x80);
  return {
    asciiOnly: [...codes].some(isOrdinary) && !/[\u0080-\uffff]/.test(text),
    upperHex: upper && !lower,
    slash: slashes > 0 && slashes === occurrences(text, "/"),
    coded: new Set(ascii.filter((code) => isAlwaysCoded(code, text, short))),
  };
}

/**
 * Writes a string as JSON, quotes included.
 *
 * @param value The string; lone surrogates are written as escapes, whatever the style.
 * @param style How.
 */
export function writeString(value: string, style: EscapeStyle): string {
  const plain = JSON.stringify(value);
  if (style === PLAIN_ESCAPES) return plain;
  const inner = plain.slice(1, -1).replace(
    /\\u[0-9a-f]{4}|\\.|[^\\]/g,
    (spelling) => respell(spelling, style),
  );
  return `"${inner}"`;
}

function respell(spelling: string, style: EscapeStyle): string {
  const code = codeOf(spelling);
  if (style.coded.has(code) || (code > 0x7f && style.asciiOnly)) return hexEscape(code, style);
  if (spelling.startsWith("\\u")) return hexEscape(code, style);
  return spelling === "/" && style.slash ? "\\/" : spelling;
}

/** The code unit that one character or escape of `JSON.stringify` stands for. */
function codeOf(spelling: string): number {
  if (spelling.length === 1) return spelling.charCodeAt(0);
  if (spelling.length > 2) return parseInt(spelling.slice(2), 16);
  const letter = spelling.slice(1);
  return [...SHORT].find(([, short]) => short === letter)?.[0] ?? 0;
}

function hexEscape(code: number, { upperHex }: EscapeStyle): string {
  const digits = code.toString(16).padStart(4, "0");
  return `\\u${upperHex ? digits.toUpperCase() : digits}`;
}

function survey(text: string): Survey {
  const found: Survey = {
    codes: new Set(),
    short: new Set(),
    slashes: 0,
    lower: false,
    upper: false,
  };
  // Outside strings JSON has no backslash; inside, each is the first of its escape.
  for (let at = text.indexOf("\\"); at !== -1; at = text.indexOf("\\", at + 2)) {
    const letter = text.charAt(at + 1);
    if (letter === "/") found.slashes++;
    if (letter !== "u") {
      found.short.add(letter);
      continue;
    }
    const digits = text.slice(at + 2, at + 6);
    found.codes.add(startsPair(text, at) ? FIRST_ASTRAL : parseInt(digits, 16));
    found.lower ||= /[a-f]/.test(digits);
    found.upper ||= /[A-F]/.test(digits);
  }
  return found;
}

/**
 * Tells a character that only an ASCII-only writer escapes. Control characters, line separators and
 * the byte order mark are escaped by others too; surrogates may be lone ones, which all must escape.
 */
function isOrdinary(code: number): boolean {
  return code >= 0xa0 && code !== 0x2028 && code !== 0x2029 && code !== 0xfeff &&
    (code < 0xd800 || code > 0xdfff);
}

/** Tells whether two halves of one character are escaped here, which no writer is forced to do. */
function startsPair(text: string, at: number): boolean {
  return /^\\u[dD][89abAB]..\\u[dD][c-fC-F]/.test(text.slice(at, at + 12));
}

/** Controls without a letter of their own are always coded: that is no choice, and no style. */
function isAlwaysCoded(code: number, text: string, short: ReadonlySet<string>): boolean {
  const letter = SHORT.get(code);
  if (letter !== undefined) return !short.has(letter);
  return code >= 0x20 && !text.includes(String.fromCharCode(code));
}

function occurrences(text: string, character: string): number {
  let count = 0;
  for (let at = text.indexOf(character); at !== -1; at = text.indexOf(character, at + 1)) count++;
  return count;
}
