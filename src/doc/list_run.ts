/**
 * Appends many values to a list in few calls.
 *
 * @module
 */

import type { BulkValue } from "./bulk_value.ts";
import type { CrdtDocument, ObjectId } from "./crdt_document.ts";
import { COSTS, SLICE_COST } from "./slicer.ts";

/** A value ready for bulk insertion. */
export interface BulkPiece {
  /** The value. */
  tree: BulkValue;
  /** What inserting it costs, in the slicer's units. */
  cost: number;
}

/** A run that costs more than this is put before it grows further. */
const RUN_COST = SLICE_COST / 4;

/** Collects values for the end of a list, and appends them run by run. */
export class ListRun {
  readonly #doc: CrdtDocument;
  readonly #list: ObjectId;
  #length = 0;
  #values: BulkValue[] = [];
  #cost = 0;

  /**
   * Fills a list.
   *
   * @param list An empty list.
   */
  constructor(doc: CrdtDocument, list: ObjectId) {
    this.#doc = doc;
    this.#list = list;
  }

  /** Collects a value. Gives the cost of each run before it is put, in the slicer's units. */
  *add({ tree, cost }: BulkPiece): Generator<number> {
    if (this.#cost + cost > RUN_COST) yield* this.flush();
    this.#values.push(tree);
    this.#cost += cost;
  }

  /** Puts what is collected. */
  *flush(): Generator<number> {
    if (this.#values.length === 0) return;
    yield COSTS.call + this.#cost;
    this.#doc.spliceList(this.#list, this.#length, 0, this.#values);
    this.#length += this.#values.length;
    this.#values = [];
    this.#cost = 0;
  }

  /** Someone else appended a value, after a {@linkcode flush}. */
  skip(): void {
    this.#length++;
  }
}
