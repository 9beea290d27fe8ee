/**
 * What changed in a notebook, in the notebook's own words.
 *
 * @module
 */

import {
  type CrdtDocument,
  type ObjectId,
  type Patch,
  type PatchBatch,
  ROOT,
} from "./crdt_document.ts";
import { ListHistory } from "./list_history.ts";
import { CELL_KEYS, ROOT_KEYS } from "./schema.ts";
import type { TextSplice } from "./text_diff.ts";

/**
 * One change of a notebook. Indices of inserted and deleted cells follow from each other: each is
 * the position once the changes before it are made. A moved cell is deleted and inserted.
 */
export type NotebookChange =
  /** A cell appeared. Reading it gives what it holds now, with changes that may still be told. */
  | { type: "cell_inserted"; cellId: string; index: number }
  /** A cell went; `cellId` is empty if it never had one. */
  | { type: "cell_deleted"; cellId: string; index: number }
  /** A source changed by these replacements, one after the other, in UTF-16 units. */
  | { type: "source_changed"; cellId: string; splices: TextSplice[] }
  /** The whole source was replaced by another text. */
  | { type: "source_replaced"; cellId: string }
  | { type: "outputs_changed"; cellId: string }
  | { type: "execution_count_changed"; cellId: string }
  | { type: "cell_type_changed"; cellId: string }
  /** Metadata, attachments or unknown keys of a cell changed. */
  | { type: "cell_metadata_changed"; cellId: string }
  /** Something about the notebook as a whole changed: runtime, snapshot or other metadata. */
  | { type: "metadata_changed" }
  /** The list of cells is another one: read all cells again. */
  | { type: "cells_replaced" };

/**
 * Tells what changed, from what a document recorded. Costs in proportion to the change.
 *
 * @example
 * ```ts
 * import { initAutomerge } from "@/doc/automerge.ts";
 * import { toNotebookChanges } from "@/doc/changes.ts";
 * import { CrdtDocument } from "@/doc/crdt_document.ts";
 * import { NotebookEditor } from "@/doc/editor.ts";
 * import { assertEquals } from "@std/assert";
 *
 * await initAutomerge();
 * using doc = CrdtDocument.create();
 * const editor = new NotebookEditor(doc);
 * const cellId = editor.insertCell(0, { source: "1" });
 * doc.recordPatches();
 * editor.spliceSource(cellId, 1, 0, "2");
 * assertEquals(toNotebookChanges(doc, doc.takePatches()), [
 *   { type: "source_changed", cellId, splices: [{ index: 1, deleteCount: 0, insert: "2" }] },
 * ]);
 * ```
 */
export function toNotebookChanges(
  doc: CrdtDocument,
  batches: readonly PatchBatch[],
): NotebookChange[] {
  return batches.flatMap((batch) => new BatchReader(doc, batch).read());
}

class BatchReader {
  readonly #doc: CrdtDocument;
  readonly #batch: PatchBatch;
  readonly #history = new ListHistory();
  readonly #changes: NotebookChange[] = [];
  /** What was told of each source so far; grows in place. */
  readonly #sources = new Map<string, TextSplice[]>();
  readonly #told = new Set<string>();

  constructor(doc: CrdtDocument, batch: PatchBatch) {
    this.#doc = doc;
    this.#batch = batch;
  }

  read(): NotebookChange[] {
    const { patches } = this.#batch;
    if (patches.some(({ path }) => path.length === 1 && path[0] === ROOT_KEYS.cells)) {
      return [{ type: "cells_replaced" }];
    }
    const ofList = patches.filter(({ path }) => path[0] === ROOT_KEYS.cells && path.length === 2);
    for (const patch of ofList) this.#noteListPatch(patch);
    this.#tellListChanges();
    for (const patch of patches) this.#readPatch(patch);
    return this.#changes;
  }

  #noteListPatch(patch: Patch): void {
    const index = Number(patch.path[1]);
    switch (patch.action) {
      case "insert":
        return this.#history.insert(index, patch.values.length);
      case "del":
        return this.#history.delete(index, patch.length ?? 1);
      case "put":
        this.#history.delete(index, 1);
        return this.#history.insert(index, 1);
    }
  }

  #tellListChanges(): void {
    for (const step of this.#history.steps()) {
      const { index } = step;
      if (step.type === "deleted") {
        const cellId = this.#idAt(step.before, this.#batch.before);
        this.#changes.push({ type: "cell_deleted", cellId, index });
      } else {
        const cellId = this.#idAt(step.after, this.#batch.after);
        this.#changes.push({ type: "cell_inserted", cellId, index });
      }
    }
  }

  #readPatch(patch: Patch): void {
    const [root, index, key] = patch.path;
    if (root !== ROOT_KEYS.cells) return this.#tell({ type: "metadata_changed" });
    if (typeof index !== "number" || key === undefined || this.#history.isNew(index)) return;
    const cellId = this.#idAt(index, this.#batch.after);
    switch (key) {
      case CELL_KEYS.source:
        return this.#readSource(patch, cellId);
      case CELL_KEYS.outputs:
        return this.#tell({ type: "outputs_changed", cellId });
      case CELL_KEYS.executionCount:
        return this.#tell({ type: "execution_count_changed", cellId });
      case CELL_KEYS.cellType:
        return this.#tell({ type: "cell_type_changed", cellId });
      default:
        return this.#tell({ type: "cell_metadata_changed", cellId });
    }
  }

  #readSource(patch: Patch, cellId: string): void {
    const index = patch.path[3];
    const splice = typeof index === "number" ? spliceOf(patch, index) : null;
    if (splice === null) {
      if (patch.action === "put") this.#tell({ type: "source_replaced", cellId });
      return;
    }
    if (this.#told.has(`source_replaced ${cellId}`)) return;
    const splices = this.#sources.get(cellId);
    if (splices !== undefined) {
      splices.push(splice);
      return;
    }
    const first = [splice];
    this.#sources.set(cellId, first);
    this.#changes.push({ type: "source_changed", cellId, splices: first });
  }

  /** Tells each thing once, however many patches it took. */
  #tell(change: Exclude<NotebookChange, { index: number }>): void {
    const name = "cellId" in change ? `${change.type} ${change.cellId}` : change.type;
    if (this.#told.has(name)) return;
    this.#told.add(name);
    this.#changes.push(change);
  }

  #idAt(index: number, heads: readonly string[]): string {
    const list = this.#objectAt(ROOT, ROOT_KEYS.cells, heads);
    const cell = list === null ? null : this.#objectAt(list, index, heads);
    const id = cell === null ? null : this.#doc.get(cell, CELL_KEYS.id, heads);
    return id?.[0] === "str" ? id[1] : "";
  }

  #objectAt(parent: ObjectId, prop: string | number, heads: readonly string[]): ObjectId | null {
    const value = this.#doc.get(parent, prop, heads);
    return value?.[0] === "map" || value?.[0] === "list" ? value[1] : null;
  }
}

function spliceOf(patch: Patch, index: number): TextSplice | null {
  if (patch.action === "splice") return { index, deleteCount: 0, insert: patch.value };
  if (patch.action === "del") return { index, deleteCount: patch.length ?? 1, insert: "" };
  return null;
}
