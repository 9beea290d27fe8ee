/**
 * Edits a cell that the file has.
 *
 * @module
 */

import type { NotebookCell } from "../notebook.ts";
import { outputsOf, plainFields } from "./cell_fields.ts";
import type { EditedFile, Spot } from "./container.ts";
import { editProperties, type PropertyEdit } from "./edit_object.ts";
import { editSource } from "./edit_source.ts";
import { objectEdits, setTo } from "./edit_value.ts";
import { equalJson } from "./equal.ts";
import { writeSource } from "./new_cell.ts";
import { editOutputs, writeOutputs } from "./outputs.ts";

/**
 * Edits a cell. Its id is never written: the two cells have the same, and where the file has another
 * or none, that was repaired in the document alone.
 *
 * @param file The file.
 * @param spot The cell.
 * @param before What the document held for it.
 * @param after What the document holds now, under the same id.
 * @returns The cell's new text, or null where nothing changes.
 */
export function editCell(
  file: EditedFile,
  spot: Spot,
  before: NotebookCell,
  after: NotebookCell,
): string | null {
  if (equalJson(before, after)) return null;
  const [oldFields, newFields] = [plainFields(before), plainFields(after)];
  const edits = objectEdits(file, oldFields, newFields);
  // Every cell of nbformat has metadata; a document that lost them has empty ones.
  if (edits.get("metadata")?.kind === "remove") {
    edits.set("metadata", setTo(file, oldFields.metadata, {}));
  }
  const [oldOutputs, newOutputs] = [outputsOf(before), outputsOf(after)];
  if (!equalJson(oldOutputs, newOutputs)) {
    edits.set("outputs", outputsEdit(file, oldOutputs, newOutputs));
  }
  if (before.source !== after.source) {
    edits.set("source", {
      kind: "set",
      edit: (value) => editSource(file, value, before.source, after.source),
      write: (place) => writeSource(after.source, place),
    });
  }
  return editProperties(file, spot, edits);
}

function outputsEdit(
  file: EditedFile,
  before: readonly string[] = [],
  after: readonly string[] | undefined,
): PropertyEdit {
  if (after === undefined) return { kind: "remove" };
  return {
    kind: "set",
    edit: (value) => editOutputs(file, value, before, after),
    write: (place) => writeOutputs(after, place),
  };
}
