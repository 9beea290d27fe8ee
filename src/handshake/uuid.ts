/**
 * The ids of notebooks without a file.
 *
 * @module
 */

import { validate } from "@std/uuid";

/** Place of the version's digit in a UUID. */
const VERSION_INDEX = 14;

/** Place of the digit whose top bits name the variant. */
const VARIANT_INDEX = 19;

/**
 * Tells whether a text is a UUID of version 4 (RFC 9562), as `crypto.randomUUID()` makes them. The
 * providers of `@std/uuid` disagree on what else is valid; here only these are.
 *
 * @example
 * ```ts
 * import { isUuidV4 } from "@/handshake/uuid.ts";
 * import { assert } from "@std/assert";
 *
 * assert(isUuidV4(crypto.randomUUID()));
 * assert(!isUuidV4("ffffffff-ffff-ffff-ffff-ffffffffffff"));
 * ```
 */
export function isUuidV4(text: string): boolean {
  return validate(text) && text[VERSION_INDEX] === "4" &&
    "89abAB".includes(text.charAt(VARIANT_INDEX));
}
