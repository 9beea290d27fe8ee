/**
 * Whether a notebook saves itself, as the document says it.
 *
 * @module
 */

import { type CrdtDocument, ROOT } from "./crdt_document.ts";
import { METADATA_KEYS, ROOT_KEYS } from "./schema.ts";
import { objectAt } from "./snapshot.ts";

/** What the document says, or null where nobody has said anything. */
export function readAutosave(doc: CrdtDocument): boolean | null {
  const metadata = objectAt(doc, ROOT, ROOT_KEYS.metadata, "map");
  const value = metadata === null ? null : doc.get(metadata, METADATA_KEYS.autosave);
  return value?.[0] === "boolean" ? value[1] : null;
}

/** Writes it down, as one change. */
export function writeAutosave(doc: CrdtDocument, enabled: boolean): void {
  if (readAutosave(doc) === enabled) return;
  const metadata = objectAt(doc, ROOT, ROOT_KEYS.metadata, "map") ??
    doc.makeObject(ROOT, ROOT_KEYS.metadata, "map");
  doc.put(metadata, METADATA_KEYS.autosave, ["boolean", enabled]);
  doc.commit();
}
