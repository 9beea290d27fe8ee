/**
 * Edits a notebook document. Each edit is one change.
 *
 * @module
 */

import { NotebookdError } from "../errors.ts";
import type { JsonValue } from "../json.ts";
import { CellIndex, type CellLocation } from "./cell_index.ts";
import { writeCell, writeJson, writeOutputs } from "./cell_writer.ts";
import { type CrdtDocument, type ObjectId, ROOT } from "./crdt_document.ts";
import {
  CELL_KEYS,
  DEFAULT_CELL_TYPE,
  METADATA_KEYS,
  NO_EXECUTION_COUNT,
  ROOT_KEYS,
} from "./schema.ts";
import { cellsList, type CellSnapshot, objectAt, readCellObject, readString } from "./snapshot.ts";
import { textSplice } from "./text_diff.ts";

/** A cell to insert; what is left out is empty. */
export interface NewCell extends Partial<Omit<CellSnapshot, "execution_count">> {
  /** The JSON of an integer, or "null". */
  execution_count?: string;
}

/** How edits are made. */
export interface NotebookEditorOptions {
  /** Seconds since 1970, noted in each change; 0 if left out. */
  now?: () => number;
}

/**
 * Edits one document. Positions in sources are UTF-16 units, as in JavaScript strings.
 *
 * @example
 * ```ts
 * import { initAutomerge } from "@/doc/automerge.ts";
 * import { CrdtDocument } from "@/doc/crdt_document.ts";
 * import { NotebookEditor } from "@/doc/editor.ts";
 * import { readCells } from "@/doc/snapshot.ts";
 * import { assertEquals } from "@std/assert";
 *
 * await initAutomerge();
 * using doc = CrdtDocument.create();
 * const editor = new NotebookEditor(doc);
 * const id = editor.insertCell(0, { source: "print(1)" });
 * editor.spliceSource(id, 6, 1, "2");
 * assertEquals(readCells(doc)[0]?.source, "print(2)");
 * ```
 */
export class NotebookEditor {
  readonly #doc: CrdtDocument;
  readonly #cells: CellIndex;
  readonly #now: () => number;

  /** Edits this document; whatever else changes it may do so as well. */
  constructor(doc: CrdtDocument, options: NotebookEditorOptions = {}) {
    this.#doc = doc;
    this.#cells = new CellIndex(doc);
    this.#now = options.now ?? (() => 0);
  }

  /**
   * Inserts a cell so that it ends up at this index.
   *
   * @returns The cell's id, a new UUID where none was given.
   * @throws {NotebookdError} with code `invalid_argument` when there is such a cell already, or the
   * index is past the end.
   */
  insertCell(index: number, cell: NewCell = {}): string {
    const id = (cell.id ?? crypto.randomUUID()).toWellFormed();
    if (id === "" || this.#cells.find(id) !== null) {
      throw new NotebookdError(
        "invalid_argument",
        `Can't insert a second cell "${id}": use a new id`,
      );
    }
    const list = this.#existingList();
    this.#checkIndex(index, list === null ? 0 : this.#doc.length(list));
    this.#change(() =>
      writeCell(this.#doc, list ?? this.#newList(), index, {
        ...cell,
        id,
        cell_type: cell.cell_type ?? DEFAULT_CELL_TYPE,
        source: cell.source ?? "",
        execution_count: cell.execution_count ?? NO_EXECUTION_COUNT,
        outputs: cell.outputs ?? [],
      })
    );
    return id;
  }

  /**
   * Deletes a cell.
   *
   * @throws {NotebookdError} with code `invalid_argument` when there is no such cell.
   */
  deleteCell(id: string): void {
    const { list, index } = this.#find(id);
    this.#change(() => this.#doc.delete(list, index));
  }

  /**
   * Moves a cell so that it ends up at this index. Automerge has no move: the cell is deleted and a
   * copy with its id inserted, so what someone types into it at the same moment is lost, and two
   * people who move it at the same moment get two.
   *
   * @throws {NotebookdError} with code `invalid_argument` when there is no such cell or index.
   */
  moveCell(id: string, index: number): void {
    const cell = this.#find(id);
    this.#checkIndex(index, this.#doc.length(cell.list) - 1);
    if (cell.index === index) return;
    const copy = readCellObject(this.#doc, cell.object);
    this.#change(() => {
      this.#doc.delete(cell.list, cell.index);
      writeCell(this.#doc, cell.list, index, copy);
    });
  }

  /**
   * Replaces part of a cell's source. A position between the halves of a surrogate pair counts as
   * the one after the pair.
   *
   * @throws {NotebookdError} with code `invalid_argument` when there is no such cell or range.
   */
  spliceSource(id: string, index: number, deleteCount: number, insert: string): void {
    const { object } = this.#find(id);
    const text = objectAt(this.#doc, object, CELL_KEYS.source, "text");
    const length = text === null ? 0 : this.#doc.length(text);
    this.#checkIndex(index, length);
    this.#checkIndex(deleteCount, length - index);
    this.#change(() =>
      this.#doc.spliceText(text ?? this.#newSource(object, ""), index, deleteCount, insert)
    );
  }

  /**
   * Makes a cell's source this text. Only what lies between the common start and the common end is
   * replaced, so that it merges with what others type elsewhere in the cell.
   *
   * @throws {NotebookdError} with code `invalid_argument` when there is no such cell.
   */
  setSource(id: string, source: string): void {
    const { object } = this.#find(id);
    const text = objectAt(this.#doc, object, CELL_KEYS.source, "text");
    if (text === null) {
      this.#change(() => this.#newSource(object, source));
      return;
    }
    const splice = textSplice(this.#doc.text(text), source.toWellFormed());
    if (splice === null) return;
    this.#change(() => this.#doc.spliceText(text, splice.index, splice.deleteCount, splice.insert));
  }

  /**
   * Makes a cell "code", "markdown" or "raw".
   *
   * @throws {NotebookdError} with code `invalid_argument` when there is no such cell.
   */
  setCellType(id: string, cellType: string): void {
    this.#putString(this.#find(id).object, CELL_KEYS.cellType, cellType);
  }

  /**
   * Sets a key of a cell's metadata; `undefined` removes it.
   *
   * @throws {NotebookdError} with code `invalid_argument` when there is no such cell.
   */
  setCellMetadata(id: string, key: string, value: JsonValue | undefined): void {
    this.#setIn(this.#find(id).object, CELL_KEYS.metadata, key, value);
  }

  /** Sets a key of the notebook's metadata outside the snapshot; `undefined` removes it. */
  setNotebookMetadata(key: string, value: JsonValue | undefined): void {
    const metadata = objectAt(this.#doc, ROOT, ROOT_KEYS.metadata, "map");
    if (metadata !== null) return this.#setIn(metadata, METADATA_KEYS.notebook, key, value);
    if (value === undefined) return;
    this.#change(() => {
      const made = this.#doc.makeObject(ROOT, ROOT_KEYS.metadata, "map");
      this.#writeIn(made, METADATA_KEYS.notebook, key, value);
    });
  }

  /** Sets the JSON text of the metadata snapshot. */
  setSnapshot(text: string): void {
    this.#putMetadata(METADATA_KEYS.snapshot, text);
  }

  /** Sets the runtime. */
  setRuntime(runtime: string): void {
    this.#putMetadata(METADATA_KEYS.runtime, runtime);
  }

  /**
   * Replaces a cell's outputs.
   *
   * @param outputs Each the JSON of one Jupyter output, or the hash of a manifest blob.
   * @throws {NotebookdError} with code `invalid_argument` when there is no such cell.
   */
  setOutputs(id: string, outputs: readonly string[]): void {
    const { object } = this.#find(id);
    this.#change(() => writeOutputs(this.#doc, object, outputs));
  }

  /**
   * Empties a cell's outputs and its execution count.
   *
   * @throws {NotebookdError} with code `invalid_argument` when there is no such cell.
   */
  clearOutputs(id: string): void {
    const { object } = this.#find(id);
    this.#change(() => {
      writeOutputs(this.#doc, object, []);
      this.#doc.put(object, CELL_KEYS.executionCount, ["str", NO_EXECUTION_COUNT]);
    });
  }

  /**
   * Sets a cell's execution count: a whole number, or null for none.
   *
   * @throws {NotebookdError} with code `invalid_argument` when there is no such cell.
   */
  setExecutionCount(id: string, count: number | null): void {
    const text = count === null ? NO_EXECUTION_COUNT : String(Math.trunc(count));
    this.#putString(this.#find(id).object, CELL_KEYS.executionCount, text);
  }

  #find(id: string): CellLocation {
    const cell = this.#cells.find(id);
    if (cell !== null) return cell;
    throw new NotebookdError(
      "invalid_argument",
      `No cell "${id}" in this notebook: it may have been deleted, read the cells again`,
    );
  }

  #checkIndex(index: number, last: number): void {
    if (Number.isInteger(index) && index >= 0 && index <= last) return;
    throw new NotebookdError(
      "invalid_argument",
      `Position or length "${index}" is out of range: it must be a whole number from 0 to ${last}`,
    );
  }

  /** Runs an edit as one change, or not at all. */
  #change(edit: () => unknown): void {
    try {
      edit();
    } catch (error) {
      this.#doc.rollback();
      throw error;
    }
    this.#doc.commit({ time: this.#now() });
  }

  #existingList(): ObjectId | null {
    return cellsList(this.#doc);
  }

  #newList(): ObjectId {
    return this.#doc.makeObject(ROOT, ROOT_KEYS.cells, "list");
  }

  #newSource(cell: ObjectId, source: string): ObjectId {
    return this.#doc.makeText(cell, CELL_KEYS.source, source);
  }

  #putMetadata(key: string, text: string): void {
    const metadata = objectAt(this.#doc, ROOT, ROOT_KEYS.metadata, "map");
    if (metadata !== null) return this.#putString(metadata, key, text);
    this.#change(() => {
      const made = this.#doc.makeObject(ROOT, ROOT_KEYS.metadata, "map");
      this.#doc.put(made, key, ["str", text]);
    });
  }

  #putString(object: ObjectId, key: string, text: string): void {
    if (this.#doc.get(object, key)?.[0] === "str" && readString(this.#doc, object, key) === text) {
      return;
    }
    this.#change(() => this.#doc.put(object, key, ["str", text]));
  }

  #setIn(object: ObjectId, mapKey: string, key: string, value: JsonValue | undefined): void {
    if (value !== undefined) {
      this.#change(() => this.#writeIn(object, mapKey, key, value));
      return;
    }
    const map = objectAt(this.#doc, object, mapKey, "map");
    if (map === null || this.#doc.get(map, key) === null) return;
    this.#change(() => this.#doc.delete(map, key));
  }

  #writeIn(object: ObjectId, mapKey: string, key: string, value: JsonValue): void {
    const map = objectAt(this.#doc, object, mapKey, "map") ??
      this.#doc.makeObject(object, mapKey, "map");
    writeJson(this.#doc, map, key, value);
  }
}
