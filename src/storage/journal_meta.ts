/**
 * What a journal knows about itself besides the document: which notebook it is of, which contents
 * of the file it has seen, and how far it was safe.
 *
 * @module
 */

import * as v from "valibot";

/** A content of the notebook's file, and the heads of the document that it shows. */
export interface BaselineRecord {
  /** The SHA-256 of the file's bytes as 64 hex digits. */
  readonly hash: string;
  /** Automerge heads, in hex. */
  readonly heads: readonly string[];
}

/** A place in the log. */
export interface LogPosition {
  /** Which log: they are numbered in their order. */
  readonly generation: number;
  /** How many bytes of it. */
  readonly bytes: number;
}

/** The content of a journal's `meta.json`. */
export interface JournalMeta {
  /** The notebook: its canonical path, or its UUID. */
  readonly id: string;
  /** What it was called before, as long as it isn't sure that the folder has the new name. */
  readonly previousId: string | null;
  /** When the journal was begun, in milliseconds since the Unix epoch. */
  readonly created: number;
  /** The file as it was last read or saved; null for a notebook without a file. */
  readonly baseline: BaselineRecord | null;
  /** Contents that saves were about to put in place; it isn't known whether they did. */
  readonly pending: readonly BaselineRecord[];
  /** Up to here the log survived a power loss when this was written. */
  readonly position: LogPosition;
  /** Whether the baseline shows all that the document held at that position. */
  readonly clean: boolean;
}

const VERSION = 1;

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const baseline = v.object({
  // It becomes part of a file name.
  hash: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)),
  heads: v.array(v.string()),
});
const schema = v.object({
  version: v.literal(VERSION),
  id: v.string(),
  previous_id: v.nullable(v.string()),
  created: v.number(),
  baseline: v.nullable(baseline),
  pending: v.array(baseline),
  position: v.object({ generation: count, bytes: count }),
  clean: v.boolean(),
});

/**
 * Gives the bytes of `meta.json`.
 *
 * @param meta What it shall say.
 */
export function encodeMeta(meta: JournalMeta): Uint8Array {
  const { previousId, ...rest } = meta;
  const text = JSON.stringify({ version: VERSION, ...rest, previous_id: previousId }, null, 2);
  return new TextEncoder().encode(`${text}\n`);
}

/**
 * Reads `meta.json`.
 *
 * @param bytes The content of the file.
 * @returns What it says, or null if that can't be used.
 */
export function decodeMeta(bytes: Uint8Array): JournalMeta | null {
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return null;
  }
  const result = v.safeParse(schema, json);
  if (!result.success) return null;
  const { version: _, previous_id: previousId, ...meta } = result.output;
  return { ...meta, previousId };
}

/** Tells whether two positions are the same place. */
export function samePosition(a: LogPosition, b: LogPosition): boolean {
  return a.generation === b.generation && a.bytes === b.bytes;
}
