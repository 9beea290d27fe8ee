/**
 * Reads the state of a document again and again, each time at the cost of what changed since.
 *
 * Reading 10,000 cells takes seconds, and having the library note what each keystroke changed takes
 * milliseconds of every keystroke. So what changed is asked when the state is: the operations since
 * name the objects that they touched, and an object knows the cell it is in.
 *
 * @module
 */

import type { NotebookCell } from "../ipynb/notebook.ts";
import type { NotebookState } from "../ipynb/write/state.ts";
import { type CrdtDocument, type ObjectId, ROOT } from "./crdt_document.ts";
import { cellState, type StateWithoutCells, stateWithoutCells } from "./document_state.ts";
import { ROOT_KEYS } from "./schema.ts";
import { cellsList } from "./snapshot.ts";

/** A state, and the heads of the document that says it. */
export interface ReadState {
  state: NotebookState;
  heads: string[];
}

/** What a reader may be told. */
export interface StateReaderOptions {
  /** What the document says, if somebody knows; its cells are those of the list, in order. */
  known?: { state: NotebookState; heads: readonly string[] };
}

/** How many cells are read before other rooms may run. */
const CELLS_AT_ONCE = 8;

/** See the module. */
export class StateReader {
  readonly #doc: CrdtDocument;
  #list: ObjectId | null = null;
  /** The objects of the list's elements; null for what isn't a cell. */
  #order: (ObjectId | null)[] = [];
  /** The cells that are read, by their objects. */
  #cells = new Map<ObjectId, NotebookCell>();
  #rest: StateWithoutCells | null = null;
  #heads: string[] | null = null;

  constructor(doc: CrdtDocument, { known }: StateReaderOptions = {}) {
    this.#doc = doc;
    if (known !== undefined) this.#begin(known);
  }

  /**
   * Reads what changed since the last time; all of it the first time.
   *
   * @param pause Lets other rooms run; what changes meanwhile is read as well.
   * @returns State and heads that belong together. Cells that didn't change are the same objects.
   */
  async read(pause: () => Promise<void>): Promise<ReadState> {
    for (;;) {
      this.#catchUp();
      const missing = this.#order.filter((object) => object !== null)
        .filter((object) => !this.#cells.has(object));
      for (const object of missing.slice(0, CELLS_AT_ONCE)) {
        this.#cells.set(object, cellState(this.#doc, object));
      }
      if (missing.length <= CELLS_AT_ONCE) return this.#result();
      await pause();
    }
  }

  #result(): ReadState {
    const cells: NotebookCell[] = [];
    for (const object of this.#order) {
      const cell = object === null ? undefined : this.#cells.get(object);
      if (cell !== undefined) cells.push(cell);
    }
    this.#rest ??= stateWithoutCells(this.#doc);
    return { state: { cells, ...this.#rest }, heads: this.#heads ?? this.#doc.heads() };
  }

  #begin({ state, heads }: NonNullable<StateReaderOptions["known"]>): void {
    const now = this.#doc.heads();
    if ([...heads].sort().join() !== now.join()) return;
    this.#readOrder();
    if (this.#order.length !== state.cells.length) return;
    for (const [index, object] of this.#order.entries()) {
      const cell = state.cells[index];
      if (cell !== undefined && object !== null) this.#cells.set(object, cell);
    }
    const { cells: _cells, ...rest } = state;
    this.#rest = rest;
    this.#heads = now;
  }

  #catchUp(): void {
    const now = this.#doc.heads();
    if (this.#heads === null) this.#readOrder();
    else if (this.#heads.join() !== now.join()) this.#forgetTouched(this.#heads);
    this.#heads = now;
  }

  #forgetTouched(since: readonly string[]): void {
    const touched = new Set<ObjectId>();
    for (const { operations } of this.#doc.operationsSince(since)) {
      for (const { object, puts } of operations) {
        touched.add(object);
        // An element that is another one now under the same name: nothing known of it counts.
        if (puts && object === this.#list) this.#cells.clear();
      }
    }
    const list = this.#list;
    const relist = list === null || touched.has(list) || touched.has(ROOT);
    if (touched.delete(ROOT)) this.#rest = null;
    if (list !== null) touched.delete(list);
    if (relist) this.#readOrder();
    for (const object of touched) this.#forget(object);
  }

  /** Forgets the cell that an object is in, or all that isn't a cell. */
  #forget(object: ObjectId): void {
    if (this.#cells.delete(object)) return;
    const path = this.#doc.path(object);
    if (path === null) return;
    if (path[0] !== ROOT_KEYS.cells) {
      this.#rest = null;
      return;
    }
    const cell = typeof path[1] === "number" ? this.#order[path[1]] : null;
    if (typeof cell === "string") this.#cells.delete(cell);
  }

  /** Lists the objects of the cells anew; what was read of those that are still there stays. */
  #readOrder(): void {
    const list = cellsList(this.#doc);
    const known = this.#cells;
    this.#list = list;
    this.#order = [];
    this.#cells = new Map();
    if (list === null) return;
    const elements = this.#doc.keys(list);
    for (const [index, element] of elements.entries()) {
      // An element that was inserted as a map has the map's own id.
      const object = known.has(element) ? element : this.#objectAt(list, index);
      this.#order.push(object);
      const cell = object === null ? undefined : known.get(object);
      if (object !== null && cell !== undefined) this.#cells.set(object, cell);
    }
  }

  #objectAt(list: ObjectId, index: number): ObjectId | null {
    const value = this.#doc.get(list, index);
    return value?.[0] === "map" ? value[1] : null;
  }
}
