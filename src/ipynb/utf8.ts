/**
 * Bytes to text, strictly: a notebook is UTF-8, with or without a byte order mark.
 *
 * @module
 */

import { NotebookdError } from "../errors.ts";
import { formatPosition, positionAt } from "./position.ts";

/** The text of a file, and whether it began with the UTF-8 byte order mark. */
export interface DecodedText {
  /** The text, without the mark. */
  text: string;
  /** Whether the mark was there; a save keeps it. */
  byteOrderMark: boolean;
}

/** What the first bytes of a file give away. The 32-bit marks begin like 16-bit ones: order counts. */
const OTHER_ENCODINGS: readonly (readonly [name: string, start: readonly number[]])[] = [
  ["UTF-32 (little-endian)", [0xff, 0xfe, 0x00, 0x00]],
  ["UTF-32 (big-endian)", [0x00, 0x00, 0xfe, 0xff]],
  ["UTF-16 (little-endian)", [0xff, 0xfe]],
  ["UTF-16 (big-endian)", [0xfe, 0xff]],
  // Without a mark the zero bytes around an ASCII "{" tell, as RFC 4627 section 3 describes.
  ["UTF-32 (little-endian)", [0x7b, 0x00, 0x00, 0x00]],
  ["UTF-32 (big-endian)", [0x00, 0x00, 0x00, 0x7b]],
  ["UTF-16 (little-endian)", [0x7b, 0x00]],
  ["UTF-16 (big-endian)", [0x00, 0x7b]],
];

/**
 * Decodes the bytes of a notebook.
 *
 * @param bytes The whole file.
 * @throws {NotebookdError} with code `invalid_json` when the file is empty, is UTF-16 or UTF-32, or
 * has a byte sequence that isn't UTF-8.
 *
 * @example
 * ```ts
 * import { decodeUtf8 } from "@/ipynb/utf8.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const bytes = new Uint8Array([0xef, 0xbb, 0xbf, 0x7b, 0x7d]);
 * assertEquals(decodeUtf8(bytes), { text: "{}", byteOrderMark: true });
 * ```
 */
export function decodeUtf8(bytes: Uint8Array): DecodedText {
  if (bytes.length === 0) {
    throw new NotebookdError(
      "invalid_json",
      "Failed to read the notebook: the file is empty (0 bytes); restore it from a copy, " +
        "or delete it and create a new notebook",
    );
  }
  const other = OTHER_ENCODINGS.find(([, start]) => startsWith(bytes, start));
  if (other !== undefined) throw wrongEncoding(other[0]);
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(bytes);
    return { text, byteOrderMark: startsWith(bytes, [0xef, 0xbb, 0xbf]) };
  } catch (cause) {
    if (!(cause instanceof TypeError)) throw cause;
    throw invalidUtf8(bytes);
  }
}

/**
 * Finds the first byte that isn't part of well-formed UTF-8 (Unicode 16, table 3-7: no overlong
 * forms, no surrogates, nothing above U+10FFFF).
 *
 * @returns The offset at which the ill-formed sequence begins, or null where there is none.
 */
export function findInvalidUtf8(bytes: Uint8Array): number | null {
  let at = 0;
  while (at < bytes.length) {
    const length = sequenceLength(bytes, at);
    if (length === 0) return at;
    at += length;
  }
  return null;
}

/** Length of the well-formed sequence at an offset in bytes; 0 where it is ill-formed. */
function sequenceLength(bytes: Uint8Array, at: number): number {
  const lead = bytes[at] ?? 0;
  if (lead < 0x80) return 1;
  const length = lead >= 0xc2 && lead <= 0xdf
    ? 2
    : lead >= 0xe0 && lead <= 0xef
    ? 3
    : lead >= 0xf0 && lead <= 0xf4
    ? 4
    : 0;
  if (at + length > bytes.length) return 0;
  for (let index = 1; index < length; index++) {
    if (((bytes[at + index] ?? 0) & 0xc0) !== 0x80) return 0;
  }
  const second = bytes[at + 1] ?? 0;
  const overlong = (lead === 0xe0 && second < 0xa0) || (lead === 0xf0 && second < 0x90);
  const outOfRange = (lead === 0xed && second > 0x9f) || (lead === 0xf4 && second > 0x8f);
  return overlong || outOfRange ? 0 : length;
}

function startsWith(bytes: Uint8Array, start: readonly number[]): boolean {
  return start.every((byte, index) => bytes[index] === byte);
}

function wrongEncoding(encoding: string): NotebookdError {
  return new NotebookdError(
    "invalid_json",
    `Failed to read the notebook: the file looks like ${encoding} at byte offset 0, line 1, ` +
      "and a notebook must be UTF-8; convert it to UTF-8 and open it again, the file is untouched",
  );
}

function invalidUtf8(bytes: Uint8Array): NotebookdError {
  const offset = findInvalidUtf8(bytes) ?? 0;
  const before = new TextDecoder().decode(bytes.subarray(0, offset));
  const where = `byte offset ${offset}, ${formatPosition(positionAt(before, before.length))}`;
  // At most three bytes of a character can be there when a file stops in the middle of it.
  const rest = bytes.subarray(offset + 1);
  const cut = (bytes[offset] ?? 0) >= 0xc2 && rest.length < 3 &&
    rest.every((byte) => (byte & 0xc0) === 0x80);
  const problem = cut
    ? `the file stops in the middle of a character at ${where}, so it was cut short; ` +
      "restore it from a copy"
    : `it is not UTF-8 at ${where}, and may be Latin-1 or Windows-1252; ` +
      "convert it to UTF-8 and open it again";
  return new NotebookdError(
    "invalid_json",
    `Failed to read the notebook: ${problem}, the file is untouched`,
  );
}
