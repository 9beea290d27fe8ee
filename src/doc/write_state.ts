/**
 * Makes a document say something else, by the finest edits there are: others go on typing in it.
 *
 * @module
 */

import { longestRising } from "../ipynb/write/align.ts";
import type { NotebookCell } from "../ipynb/notebook.ts";
import type { NotebookState } from "../ipynb/write/state.ts";
import { scalarString } from "./bulk_value.ts";
import { writeCell } from "./cell_writer.ts";
import { type CrdtDocument, type ObjectId, ROOT } from "./crdt_document.ts";
import { CELL_KEYS, METADATA_KEYS, NO_EXECUTION_COUNT, ROOT_KEYS } from "./schema.ts";
import { cellsList, type CellSnapshot, objectAt } from "./snapshot.ts";
import { textHunks } from "./text_hunks.ts";
import { changeMap } from "./write_json.ts";

/**
 * Makes a document say a state, as one change. Cells are matched by their ids, of two with one id the
 * first with the first. A cell that moves is deleted and inserted again.
 *
 * @param from What the document says now.
 * @param to What it shall say.
 * @returns Whether anything changed.
 */
export function writeState(doc: CrdtDocument, from: NotebookState, to: NotebookState): boolean {
  if (from === to) return false;
  writeRest(doc, from, to);
  if (from.cells !== to.cells) {
    const list = cellsList(doc) ?? doc.makeObject(ROOT, ROOT_KEYS.cells, "list");
    new CellsWriter(doc, list).write(from.cells, to.cells);
  }
  return doc.commit();
}

function writeRest(doc: CrdtDocument, from: NotebookState, to: NotebookState): void {
  const metadata = objectAt(doc, ROOT, ROOT_KEYS.metadata, "map") ??
    doc.makeObject(ROOT, ROOT_KEYS.metadata, "map");
  if (to.snapshot !== from.snapshot && to.snapshot !== null) {
    doc.put(metadata, METADATA_KEYS.snapshot, ["str", to.snapshot]);
  }
  if (to.nbformatMinor !== from.nbformatMinor && to.nbformatMinor !== null) {
    doc.put(metadata, METADATA_KEYS.nbformatMinor, ["int", to.nbformatMinor]);
  }
  changeMap(doc, metadata, METADATA_KEYS.notebook, from.metadata, to.metadata);
  changeMap(doc, metadata, METADATA_KEYS.extra, from.extra, to.extra);
}

/** Where the cells of one state are found in the other. */
interface Plan {
  /** For each cell of the new state, the one that it was; null for a new one. */
  origins: (number | null)[];
  /** The cells before that stay where they are. */
  staying: ReadonlySet<number>;
}

class CellsWriter {
  readonly #doc: CrdtDocument;
  readonly #list: ObjectId;

  constructor(doc: CrdtDocument, list: ObjectId) {
    this.#doc = doc;
    this.#list = list;
  }

  write(from: readonly NotebookCell[], to: readonly NotebookCell[]): void {
    const plan = planCells(from, to);
    const elements = this.#elements();
    const objects = elements.filter((element) => element !== null);
    for (const [index, origin] of plan.origins.entries()) {
      if (origin === null || !plan.staying.has(origin)) continue;
      const [before, after, object] = [from[origin], to[index], objects[origin]];
      if (before === undefined || after === undefined || object === undefined) continue;
      if (before !== after) this.#writeFields(object, before, after);
    }
    this.#writeOrder(elements, to, plan);
  }

  /** The objects of the list's elements; null for what isn't a cell, which stays where it is. */
  #elements(): (ObjectId | null)[] {
    const elements: (ObjectId | null)[] = [];
    for (let index = 0; index < this.#doc.length(this.#list); index++) {
      const value = this.#doc.get(this.#list, index);
      elements.push(value?.[0] === "map" ? value[1] : null);
    }
    return elements;
  }

  #writeOrder(
    elements: readonly (ObjectId | null)[],
    to: readonly NotebookCell[],
    { origins, staying }: Plan,
  ): void {
    const left = this.#deleteOthers(elements, staying);
    let at = 0;
    for (const [index, origin] of origins.entries()) {
      const cell = to[index];
      if (cell === undefined) continue;
      if (origin !== null && staying.has(origin)) {
        while (left[at] === null) at++;
        at++;
        continue;
      }
      left.splice(at, 0, writeCell(this.#doc, this.#list, at, snapshotOf(cell)));
      at++;
    }
  }

  /** Deletes the cells that go or move, from the end on. */
  #deleteOthers(
    elements: readonly (ObjectId | null)[],
    staying: ReadonlySet<number>,
  ): (ObjectId | null)[] {
    const left = [...elements];
    let cell = elements.filter((element) => element !== null).length;
    for (let index = elements.length - 1; index >= 0; index--) {
      if (elements[index] === null) continue;
      cell--;
      if (staying.has(cell)) continue;
      this.#doc.delete(this.#list, index);
      left.splice(index, 1);
    }
    return left;
  }

  #writeFields(object: ObjectId, before: NotebookCell, after: NotebookCell): void {
    const doc = this.#doc;
    if (before.cellType !== after.cellType) {
      doc.put(object, CELL_KEYS.cellType, ["str", after.cellType]);
    }
    if (before.executionCount !== after.executionCount) {
      doc.put(object, CELL_KEYS.executionCount, ["str", countText(after.executionCount)]);
    }
    if (before.source !== after.source) this.#writeSource(object, after.source);
    if (before.outputs !== after.outputs) this.#writeOutputs(object, before.outputs, after.outputs);
    for (const key of [CELL_KEYS.metadata, CELL_KEYS.attachments, CELL_KEYS.extra] as const) {
      changeMap(doc, object, key, before[key], after[key]);
    }
  }

  #writeSource(object: ObjectId, source: string): void {
    const text = objectAt(this.#doc, object, CELL_KEYS.source, "text");
    if (text === null) {
      this.#doc.makeText(object, CELL_KEYS.source, source);
      return;
    }
    for (const hunk of textHunks(this.#doc.text(text), source.toWellFormed())) {
      this.#doc.spliceText(text, hunk.index, hunk.deleteCount, hunk.insert);
    }
  }

  /** Replaces what lies between the outputs that both have at their start and at their end. */
  #writeOutputs(object: ObjectId, before: readonly string[], after: readonly string[]): void {
    const list = objectAt(this.#doc, object, CELL_KEYS.outputs, "list");
    if (list === null || this.#doc.length(list) !== before.length) {
      this.#doc.putTree(object, CELL_KEYS.outputs, after.map(scalarString));
      return;
    }
    const shorter = Math.min(before.length, after.length);
    let start = 0;
    while (start < shorter && before[start] === after[start]) start++;
    let end = 0;
    while (end < shorter - start && before.at(-1 - end) === after.at(-1 - end)) end++;
    const added = after.slice(start, after.length - end).map(scalarString);
    const removed = before.length - end - start;
    if (added.length > 0 || removed > 0) this.#doc.spliceList(list, start, removed, added);
  }
}

function planCells(from: readonly NotebookCell[], to: readonly NotebookCell[]): Plan {
  const places = new Map<string, number[]>();
  for (const [index, { id }] of from.entries()) {
    const there = places.get(id);
    if (there === undefined) places.set(id, [index]);
    else there.push(index);
  }
  const origins = to.map(({ id }) => places.get(id)?.shift() ?? null);
  const kept = origins.filter((origin) => origin !== null);
  const staying = new Set(longestRising(kept).map((position) => kept[position] ?? -1));
  return { origins, staying };
}

function countText(count: number | null): string {
  return count === null ? NO_EXECUTION_COUNT : String(count);
}

function snapshotOf(cell: NotebookCell): CellSnapshot {
  const { id, cellType, source, executionCount, outputs, metadata, attachments, extra } = cell;
  return {
    id,
    cell_type: cellType,
    source,
    execution_count: countText(executionCount),
    outputs: [...outputs],
    ...(metadata === undefined ? {} : { metadata }),
    ...(attachments === undefined ? {} : { attachments }),
    ...(extra === undefined ? {} : { extra }),
  };
}
