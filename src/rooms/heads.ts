/**
 * Heads as something that can be compared.
 *
 * @module
 */

/** Gives equal texts for equal sets of heads, in whatever order. */
export function headsKey(heads: readonly string[]): string {
  return heads.length < 2 ? heads.join() : [...heads].sort().join();
}
