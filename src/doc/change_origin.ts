/**
 * What a document tells of the changes in it.
 *
 * @module
 */

/** Where one change came from. */
export interface ChangeOrigin {
  /** The actor that made it: 32 hex digits. */
  actor: string;
  /** The change's hash: 64 hex digits. */
  hash: string;
  /** The hashes of the changes that it came right after. */
  deps: readonly string[];
}

/** One operation of a change, as far as it says where it was. */
export interface ChangeOperation {
  /** The id of the object it was done to. */
  object: string;
  /** The key of a map; absent in a list or a Text. */
  key?: string;
  /** Whether it put a new element into a list. */
  inserts: boolean;
  /** Whether it gave a key or an element that may have been there another value. */
  puts: boolean;
}

/** One change with what it did. */
export interface DecodedChange extends ChangeOrigin {
  operations: ChangeOperation[];
}

/** Reads an operation as the library gives it. */
export function toOperation(
  op: { action: string; obj: string; key?: unknown; insert?: unknown },
): ChangeOperation {
  const inserts = op.insert === true;
  return {
    object: op.obj,
    inserts,
    puts: !inserts && op.action !== "del",
    ...(typeof op.key === "string" ? { key: op.key } : {}),
  };
}
