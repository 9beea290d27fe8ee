/**
 * A save: from the text of a file and what changed in its document to the file's new text.
 *
 * @module
 */

import type { JsonObject } from "../../json.ts";
import type { NotebookCell } from "../notebook.ts";
import { outputsOf } from "./cell_fields.ts";
import type { EditedFile, Spot } from "./container.ts";
import { editCells } from "./edit_cells.ts";
import { editProperties, type PropertyEdit } from "./edit_object.ts";
import { objectEdits, setTo } from "./edit_value.ts";
import { equalJson } from "./equal.ts";
import { formatParts, formatValue } from "./format.ts";
import { type MetadataChange, metadataChange } from "./metadata.ts";
import { hasCellIds } from "./new_cell.ts";
import { type Node, parseNodes, valueNamed } from "./nodes.ts";
import { type OmittedOutput, omittedOutputs } from "./outputs.ts";
import { minorOf, type NotebookState } from "./state.ts";
import { readStyle } from "./style.ts";

/** What a save goes by. */
export interface NotebookEdit {
  /** The file's text, a notebook that was parsed before; with or without a byte order mark. */
  readonly text: string;
  /** What the document held for that text; its cells are those of the file, in the file's order. */
  readonly baseline: NotebookState;
  /** What the document holds now. */
  readonly current: NotebookState;
}

/** The text of a notebook that can be written to its file. */
export interface NotebookText {
  /** The text. */
  readonly text: string;
  /** Outputs that are new in the document and that a file can't have: they aren't in the text. */
  readonly omitted: readonly OmittedOutput[];
}

/** The keys at the top that aren't in a state's `extra`. */
const PLACED_KEYS = ["cells", "metadata", "nbformat", "nbformat_minor"];

const BYTE_ORDER_MARK = "\ufeff";

/**
 * Edits a notebook's text so that it says what the document says now. Only what differs between the
 * baseline and now is written, in the file's own style; every other byte stays. Without a difference
 * the text is the same one. The major version of nbformat is never edited.
 *
 * An output in the document must be the JSON of an output here, not the hash of a manifest.
 *
 * @param edit The text, and the two states between which it is edited.
 * @throws {NotebookdError} with code `invalid_argument` when the baseline isn't that of the text;
 * `limit_reached` when the result would nest so deep that it couldn't be opened again.
 *
 * @example
 * ```ts
 * import { parseNotebook } from "@/ipynb/parse.ts";
 * import { editNotebookText } from "@/ipynb/write/edit_notebook.ts";
 * import { notebookState } from "@/ipynb/write/state.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const text = '{"nbformat":4, "cells":[{"source":"1.0", "cell_type":"raw"}],  "n": 1.0}';
 * const { notebook } = parseNotebook(new TextEncoder().encode(text));
 * const baseline = notebookState(notebook);
 * const cells = baseline.cells.map((cell) => ({ ...cell, source: "2.0" }));
 * const edited = editNotebookText({ text, baseline, current: { ...baseline, cells } });
 * assertEquals(edited.text, text.replace('"1.0"', '"2.0"'));
 * ```
 */
export function editNotebookText({ text, baseline, current }: NotebookEdit): NotebookText {
  if (equalJson(baseline, current)) return { text, omitted: [] };
  const mark = text.startsWith(BYTE_ORDER_MARK) ? BYTE_ORDER_MARK : "";
  const body = text.slice(mark.length);
  const root = parseNodes(body);
  const file: EditedFile = { text: body, style: readStyle(body, root) };
  const top = { node: root, start: root.offset, depth: 0 };
  const edited = editProperties(file, top, topEdits(file, root, baseline, current));
  const omitted = newlyOmitted(baseline.cells, current.cells);
  if (edited === null) return { text, omitted };
  const end = body.slice(root.offset + root.length);
  return { text: mark + body.slice(0, root.offset) + edited + end, omitted };
}

function topEdits(
  file: EditedFile,
  root: Node,
  baseline: NotebookState,
  current: NotebookState,
): Map<string, PropertyEdit> {
  const edits = objectEdits(file, unplaced(baseline.extra), unplaced(current.extra));
  const oldMinor = minorOf(baseline) ?? 0;
  const minor = minorOf(current) ?? oldMinor;
  if (minor !== oldMinor) edits.set("nbformat_minor", setTo(file, oldMinor, minor));
  const lists = { before: baseline.cells, after: current.cells, withIds: hasCellIds(minor) };
  if (!equalJson(lists.before, lists.after)) {
    edits.set("cells", {
      kind: "set",
      edit: (spot) => editCells(file, spot, lists),
      write: (place) => formatParts("[]", [], place),
    });
  }
  const metadata = valueNamed(root, "metadata");
  const fileHasRunt = metadata !== undefined && valueNamed(metadata, "runt")?.type === "object";
  const change = metadataChange(baseline, current, fileHasRunt);
  if (!equalJson(change.before, change.after)) edits.set("metadata", metadataEdit(file, change));
  return edits;
}

function metadataEdit(file: EditedFile, { before, after }: MetadataChange): PropertyEdit {
  return {
    kind: "set",
    edit: (spot: Spot) => editProperties(file, spot, objectEdits(file, before, after)),
    write: (place) => {
      // What the document held without the file having it isn't written for its own sake.
      const changed = Object.entries(after).filter(([key, value]) =>
        !equalJson(before[key], value)
      );
      return formatValue(Object.fromEntries(changed), place);
    },
  };
}

function unplaced(extra: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(extra).filter(([key]) => !PLACED_KEYS.includes(key)));
}

function newlyOmitted(
  before: readonly NotebookCell[],
  after: readonly NotebookCell[],
): OmittedOutput[] {
  const known = new Map(before.map((cell) => [cell.id, cell.outputs]));
  return after.flatMap((cell) => {
    const outputs = outputsOf(cell);
    return outputs === undefined ? [] : omittedOutputs(cell.id, outputs, known.get(cell.id));
  });
}
