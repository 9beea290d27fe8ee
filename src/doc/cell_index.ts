/**
 * Finds cells by id without reading all of them for every keystroke.
 *
 * @module
 */

import type { CrdtDocument, ObjectId } from "./crdt_document.ts";
import { CELL_KEYS } from "./schema.ts";
import { cellsList, readString } from "./snapshot.ts";

/** Where a cell is. */
export interface CellLocation {
  /** The cell's map. */
  object: ObjectId;
  /** The list that it is in. */
  list: ObjectId;
  /** Its position in that list. */
  index: number;
}

/**
 * Remembers which object each cell id names. What it remembers is checked against the document
 * whenever it is used, so that it needn't be told of changes; the list is read again only after a
 * change and only for an id that isn't found.
 */
export class CellIndex {
  readonly #doc: CrdtDocument;
  #objects = new Map<string, ObjectId>();
  #readAt: string | null = null;

  /** Finds cells of this document. */
  constructor(doc: CrdtDocument) {
    this.#doc = doc;
  }

  /** Finds a cell, or null if there is none with this id. Of two with one id, either. */
  find(id: string): CellLocation | null {
    const known = this.#locate(id);
    if (known !== null) return known;
    const heads = this.#doc.heads().join();
    if (this.#readAt === heads) return null;
    this.#readAt = heads;
    this.#read(this.#objects);
    const found = this.#locate(id);
    if (found !== null) return found;
    // Someone gave a known cell another id, or there is none with this one.
    this.#read(new Map());
    return this.#locate(id);
  }

  #locate(id: string): CellLocation | null {
    const object = this.#objects.get(id);
    const list = object === undefined ? null : cellsList(this.#doc);
    if (object === undefined || list === null) return null;
    if (readString(this.#doc, object, CELL_KEYS.id) !== id) return null;
    const index = this.#doc.path(object)?.[1];
    if (typeof index !== "number") return null;
    // A cell that lost a conflict, or sits in another list, has a path but isn't what is seen there.
    const seen = this.#doc.get(list, index);
    return seen?.[1] === object ? { object, list, index } : null;
  }

  /** Reads the list and the ids of cells not known yet; of two cells with one id the first counts. */
  #read(known: ReadonlyMap<string, ObjectId>): void {
    const ids = new Map<ObjectId, string>();
    for (const [id, object] of known) ids.set(object, id);
    this.#objects = new Map();
    const list = cellsList(this.#doc);
    if (list === null) return;
    for (const [index, element] of this.#doc.keys(list).entries()) {
      // An element that was inserted as a map has the map's own id.
      const object = ids.has(element) ? element : this.#objectAt(list, index);
      if (object === null) continue;
      const id = ids.get(object) ?? readString(this.#doc, object, CELL_KEYS.id);
      if (id !== null && !this.#objects.has(id)) this.#objects.set(id, object);
    }
  }

  #objectAt(list: ObjectId, index: number): ObjectId | null {
    const value = this.#doc.get(list, index);
    return value?.[0] === "map" ? value[1] : null;
  }
}
