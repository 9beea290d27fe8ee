/**
 * Cuts the making of a document into slices that each take a few milliseconds. Where a slice ends
 * is decided by what was written, never by a clock: the ends are commits, and so part of the
 * document's history, which must be the same on every machine.
 *
 * @module
 */

import type { CrdtDocument } from "./crdt_document.ts";

/** One slice may cost this much. A unit is about a microsecond, the cost of one character of Text. */
export const SLICE_COST = 8_000;

/** What things cost, in units. */
export const COSTS = {
  /** A cell without its content. */
  cell: 80,
  /** One value or one tree put on its own. */
  call: 120,
  /** One value as part of a tree. */
  treeValue: 7,
  /** One character of Text. */
  textCharacter: 1,
  /** One character of a scalar string. */
  scalarCharacter: 0.02,
} as const;

/** Counts what a slice costs, and commits where it ends. */
export class Slicer {
  readonly #doc: CrdtDocument;
  #spent = 0;

  /** Cuts what is written into this document. */
  constructor(doc: CrdtDocument) {
    this.#doc = doc;
  }

  /** What may still be spent in this slice. */
  get left(): number {
    return SLICE_COST - this.#spent;
  }

  /** Spends this much, in a slice of its own if it no longer fits into this one. */
  *room(cost: number): Generator<void> {
    if (cost > this.left && this.#spent > 0) yield* this.cut();
    this.#spent += cost;
  }

  /** Makes room for each of these costs, before what causes it is done. */
  *each(costs: Iterable<number>): Generator<void> {
    for (const cost of costs) yield* this.room(cost);
  }

  /** Ends the slice: what it wrote is one change, made at time 0. */
  *cut(): Generator<void> {
    this.#spent = 0;
    if (this.#doc.commit()) yield;
  }
}
