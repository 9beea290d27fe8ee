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
import { isJsonObject } from "../json.ts";

/**
 * Stores a snapshot, unless the document has one.
 *
 * @param text The JSON of a snapshot, as it came with the handshake: at most 64 KiB.
 * @returns Whether the document changed.
 * @throws {NotebookdError} with code `bad_handshake` when the text isn't the JSON of an object.
 */
export function adoptInitialMetadata(document: CrdtDocument, text: string): boolean {
  const snapshot = parse(text);
  if (readSnapshotText(document) !== null) return false;
  new NotebookEditor(document).setSnapshot(serialiseSnapshot(snapshotOf(snapshot)));
  return true;
}

function parse(text: string) {
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
