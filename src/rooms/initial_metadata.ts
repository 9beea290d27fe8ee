/**
 * The metadata that a client brings for a notebook that has none.
 *
 * @module
 */

import type { CrdtDocument } from "../doc/crdt_document.ts";
import { NotebookEditor } from "../doc/editor.ts";
import { readSnapshotText } from "../doc/snapshot.ts";
import { NotebookdError } from "../errors.ts";
import { serialiseSnapshot, snapshotOf } from "../ipynb/snapshot.ts";
import { isJsonObject, type JsonObject } from "../json.ts";

/**
 * Stores a snapshot, unless the document has one.
 *
 * @param text What {@linkcode parseInitialMetadata} takes.
 * @returns Whether the document changed.
 * @throws {NotebookdError} as that does.
 */
export function adoptInitialMetadata(document: CrdtDocument, text: string): boolean {
  const snapshot = parseInitialMetadata(text);
  if (readSnapshotText(document) !== null) return false;
  new NotebookEditor(document).setSnapshot(serialiseSnapshot(snapshotOf(snapshot)));
  return true;
}

/**
 * Reads a snapshot as it came with a handshake.
 *
 * @param text The JSON of an object, at most 64 KiB.
 * @throws {NotebookdError} with code `bad_handshake` when it isn't that.
 */
export function parseInitialMetadata(text: string): JsonObject {
  const value = parseJson(text);
  if (isJsonObject(value)) return value;
  throw new NotebookdError(
    "bad_handshake",
    'Cannot use the handshake: field "initial_metadata": expected the JSON text of an object',
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    if (cause instanceof SyntaxError || cause instanceof RangeError) return undefined;
    throw cause;
  }
}
