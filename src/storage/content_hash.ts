/**
 * What content is told by: never by time or size.
 *
 * @module
 */

/**
 * Gives the SHA-256 of bytes as 64 lower-case hex digits. Computed off the calling thread, so that
 * a big notebook holds nothing up.
 *
 * @param bytes The content; not to be changed until this resolves.
 *
 * @example
 * ```ts
 * import { contentHash } from "@/storage/content_hash.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const hash = await contentHash(new Uint8Array());
 * assertEquals(hash, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
 * ```
 */
export async function contentHash(bytes: Uint8Array): Promise<string> {
  // A view on shared memory can't be hashed, so such bytes are copied first.
  const own = bytes.buffer instanceof ArrayBuffer
    ? new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length)
    : bytes.slice();
  return new Uint8Array(await crypto.subtle.digest("SHA-256", own)).toHex();
}

/**
 * Gives the name under which files about a notebook are kept: the SHA-256 of its id as 64 hex
 * digits, since an id may hold slashes and be longer than a file name.
 *
 * @param id A canonical path or a UUID.
 */
export function nameOfId(id: string): Promise<string> {
  return contentHash(new TextEncoder().encode(id));
}
