/**
 * One linear look over the bytes of a JSON text before anything parses it: how deep it nests, and
 * whether it spells a number in a way that JavaScript wouldn't.
 *
 * @module
 */

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const MINUS = 0x2d;
const ZERO = 0x30;
const NINE = 0x39;

/** From this many digits on an integer may not be exact as a double (2^53 has sixteen). */
const INEXACT_DIGITS = 16;

/** What {@linkcode scanJson} saw. */
export interface JsonScan {
  /** Offset in bytes of the bracket that opens one level too many, or null. */
  tooDeepAt: number | null;
  /**
   * Whether some number may change its spelling on the way through a double: 124.0, 1e5, 1.49e-06,
   * -0, an integer beyond 2^53. True may be a false alarm in a text that isn't JSON; false never is.
   */
  respelledNumber: boolean;
}

/**
 * Scans the bytes of a JSON text. It takes any bytes: what isn't JSON is for the parser to find. It
 * never recurses, so that hostile nesting costs nothing, and stops at the first level too many.
 *
 * @param bytes The text as UTF-8, with or without a byte order mark.
 * @param maxDepth How many levels of arrays and objects are allowed.
 */
export function scanJson(bytes: Uint8Array, maxDepth: number): JsonScan {
  let depth = 0;
  let respelledNumber = false;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] ?? 0;
    if (byte === QUOTE) {
      // Inlined, not a function: nearly every byte of a notebook is inside a string.
      for (at++; at < bytes.length; at++) {
        const inner = bytes[at];
        if (inner === QUOTE) break;
        if (inner === BACKSLASH) at++;
      }
    } else if (byte === 0x5b || byte === 0x7b) {
      depth++;
      if (depth > maxDepth) return { tooDeepAt: at, respelledNumber };
    } else if (byte === 0x5d || byte === 0x7d) {
      depth--;
    } else if (byte === MINUS || (byte >= ZERO && byte <= NINE)) {
      const end = numberEnd(bytes, at);
      respelledNumber ||= changesSpelling(bytes, at, end);
      at = end - 1;
    }
  }
  return { tooDeepAt: null, respelledNumber };
}

/** Where the run of bytes ends that can belong to a number. */
function numberEnd(bytes: Uint8Array, start: number): number {
  let at = start + 1;
  while (at < bytes.length) {
    const byte = bytes[at] ?? 0;
    const digit = byte >= ZERO && byte <= NINE;
    // "+", "-", ".", "E", "e"
    if (!digit && byte !== 0x2b && byte !== MINUS && byte !== 0x2e && (byte | 0x20) !== 0x65) break;
    at++;
  }
  return at;
}

function changesSpelling(bytes: Uint8Array, start: number, end: number): boolean {
  let plain = bytes[start] !== MINUS && end - start < INEXACT_DIGITS;
  for (let at = start; plain && at < end; at++) {
    const byte = bytes[at] ?? 0;
    plain = byte >= ZERO && byte <= NINE;
  }
  if (plain) return false;
  const spelling = String.fromCharCode(...bytes.subarray(start, Math.min(end, start + 64)));
  return end - start > 64 || String(Number(spelling)) !== spelling;
}
