/**
 * Trees of values that go into a document in one call.
 *
 * @module
 */

import * as A from "@automerge/automerge";

/** A scalar string in a {@linkcode BulkValue}. */
export type ScalarString = A.ImmutableString;

/**
 * A tree for bulk insertion. A plain string becomes a Text, a {@linkcode ScalarString} a scalar; a
 * whole number an `int`, any other number an `f64`. Whole numbers past 2^53 don't survive and must
 * be put one by one.
 */
export type BulkValue =
  | string
  | ScalarString
  | number
  | boolean
  | null
  | BulkValue[]
  | { [key: string]: BulkValue };

/** A {@linkcode BulkValue} that is a map or a list. */
export type BulkTree = BulkValue[] | { [key: string]: BulkValue };

/** Gives a string for bulk insertion as a scalar. Lone surrogates become U+FFFD. */
export function scalarString(text: string): ScalarString {
  return new A.ImmutableString(text.toWellFormed());
}
