/**
 * Merging two changed versions of one cell.
 *
 * @module
 */

import { isJsonObject, type JsonObject, type JsonValue } from "../../json.ts";
import type { NotebookCell } from "../notebook.ts";
import { equalJson } from "../write/equal.ts";
import type { MergeConflict } from "./conflict.ts";
import { mergeJson } from "./merge_json.ts";
import { mergeText } from "./merge_text.ts";

/**
 * Merges a cell field by field.
 *
 * @param base The cell before; undefined where both sides made it.
 * @param conflicts Where what can't be decided is noted.
 */
export function mergeCell(
  base: NotebookCell | undefined,
  ours: NotebookCell,
  theirs: NotebookCell,
  conflicts: MergeConflict[],
): NotebookCell {
  if (equalJson(ours, theirs) || equalJson(base, theirs)) return ours;
  if (equalJson(base, ours)) return theirs;
  const cellId = ours.id;
  const value = <T extends JsonValue>(
    name: string,
    before: T | undefined,
    mine: T,
    other: T,
  ): JsonValue | undefined => {
    return mergeJson(before, mine, other, { cellId, path: [name], conflicts });
  };
  const source = mergeText(base?.source ?? "", ours.source, theirs.source);
  if (source.conflict) conflicts.push({ cellId, path: ["source"], theirs: theirs.source });
  const cellType = value("cell_type", base?.cellType, ours.cellType, theirs.cellType);
  const count = value(
    "execution_count",
    base?.executionCount,
    ours.executionCount,
    theirs.executionCount,
  );
  const outputs = value("outputs", base?.outputs, ours.outputs, theirs.outputs);
  return {
    id: ours.id,
    cellType: typeof cellType === "string" ? cellType : ours.cellType,
    source: source.text,
    executionCount: typeof count === "number" ? count : null,
    outputs: equalJson(outputs, theirs.outputs) ? theirs.outputs : ours.outputs,
    ...mergeMaps(base, ours, theirs, conflicts),
  };
}

function mergeMaps(
  base: NotebookCell | undefined,
  ours: NotebookCell,
  theirs: NotebookCell,
  conflicts: MergeConflict[],
): Pick<NotebookCell, "metadata" | "attachments" | "extra"> {
  const maps: { metadata?: JsonObject; attachments?: JsonObject; extra?: JsonObject } = {};
  for (const name of ["metadata", "attachments", "extra"] as const) {
    const place = { cellId: ours.id, path: [name], conflicts };
    const merged = mergeJson(base?.[name], ours[name], theirs[name], place);
    if (isJsonObject(merged)) maps[name] = merged;
  }
  return maps;
}
