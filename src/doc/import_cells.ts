/**
 * Puts the cells of a notebook into a document that is being made: many small cells per call, and
 * large ones piece by piece.
 *
 * @module
 */

import type { NotebookCell } from "../ipynb/notebook.ts";
import type { JsonObject } from "../json.ts";
import { type BulkValue, scalarString } from "./bulk_value.ts";
import type { CrdtDocument, ObjectId } from "./crdt_document.ts";
import { putJson, toBulk } from "./json_tree.ts";
import { ListRun } from "./list_run.ts";
import { CELL_KEYS, NO_EXECUTION_COUNT } from "./schema.ts";
import { COSTS, SLICE_COST, type Slicer } from "./slicer.ts";

/** What of a cell is inserted at once, and what has to follow in pieces. */
interface CellPlan {
  tree: { [key: string]: BulkValue };
  cost: number;
  /** The part of the source that isn't in the tree. */
  source: string;
  /** The outputs that aren't in the tree. */
  outputs: string[];
  /** The maps that aren't in the tree. */
  maps: [string, JsonObject][];
}

/** A cell that costs more than this is finished in pieces. */
const WHOLE_CELL_COST = SLICE_COST / 2;

/** Characters of Text per piece. */
const PIECE = WHOLE_CELL_COST / COSTS.textCharacter;

/** Appends cells to an empty list, and ends the last slice. */
export function* importCells(
  doc: CrdtDocument,
  slicer: Slicer,
  list: ObjectId,
  cells: readonly NotebookCell[],
): Generator<void> {
  let batch: BulkValue[] = [];
  for (const [index, cell] of cells.entries()) {
    const plan = planCell(cell);
    const unfinished = plan.source !== "" || plan.outputs.length > 0 || plan.maps.length > 0;
    if (plan.cost > slicer.left || unfinished) {
      doc.spliceList(list, index - batch.length, 0, batch);
      batch = [];
    }
    yield* slicer.room(plan.cost);
    if (!unfinished) {
      batch.push(plan.tree);
      continue;
    }
    doc.spliceList(list, index, 0, [plan.tree]);
    yield* finishCell(doc, slicer, doc.idAt(list, index), plan);
  }
  doc.spliceList(list, cells.length - batch.length, 0, batch);
  yield* slicer.cut();
}

function planCell(cell: NotebookCell): CellPlan {
  const plan: CellPlan = { tree: {}, cost: COSTS.cell, source: "", outputs: [], maps: [] };
  plan.tree = {
    [CELL_KEYS.id]: scalarString(cell.id),
    [CELL_KEYS.cellType]: scalarString(cell.cellType),
    [CELL_KEYS.source]: planSource(plan, cell.source.toWellFormed()),
    [CELL_KEYS.executionCount]: scalarString(executionCountText(cell.executionCount)),
    [CELL_KEYS.outputs]: planOutputs(plan, cell.outputs),
  };
  for (const key of [CELL_KEYS.metadata, CELL_KEYS.attachments, CELL_KEYS.extra] as const) {
    const map = cell[key];
    if (map !== undefined) planMap(plan, key, map);
  }
  return plan;
}

function planSource(plan: CellPlan, source: string): string {
  if (source.length > PIECE) {
    plan.source = source;
    return "";
  }
  plan.cost += source.length * COSTS.textCharacter;
  return source;
}

function planOutputs(plan: CellPlan, outputs: string[]): BulkValue[] {
  const cost = outputs.reduce((sum, output) => sum + outputCost(output), 0);
  if (cost > WHOLE_CELL_COST) {
    plan.outputs = outputs;
    return [];
  }
  plan.cost += cost;
  return outputs.map(scalarString);
}

function planMap(plan: CellPlan, key: string, map: JsonObject): void {
  const bulk = toBulk(map);
  if (bulk === null || bulk.cost > WHOLE_CELL_COST) {
    plan.maps.push([key, map]);
    return;
  }
  plan.cost += bulk.cost;
  plan.tree[key] = bulk.tree;
}

function* finishCell(
  doc: CrdtDocument,
  slicer: Slicer,
  cell: ObjectId,
  plan: CellPlan,
): Generator<void> {
  yield* appendText(doc, slicer, doc.idAt(cell, CELL_KEYS.source), plan.source);
  const run = new ListRun(doc, doc.idAt(cell, CELL_KEYS.outputs));
  for (const output of plan.outputs) {
    yield* slicer.each(run.add({ tree: scalarString(output), cost: outputCost(output) }));
  }
  yield* slicer.each(run.flush());
  for (const [key, map] of plan.maps) yield* slicer.each(putJson(doc, cell, key, map));
}

function* appendText(
  doc: CrdtDocument,
  slicer: Slicer,
  text: ObjectId,
  content: string,
): Generator<void> {
  for (let start = 0; start < content.length;) {
    const end = pieceEnd(content, start);
    yield* slicer.room((end - start) * COSTS.textCharacter);
    doc.spliceText(text, start, 0, content.slice(start, end));
    start = end;
  }
}

/** Where a piece ends: never between the halves of a surrogate pair. */
function pieceEnd(content: string, start: number): number {
  const end = start + PIECE;
  if (end >= content.length) return content.length;
  const unit = content.charCodeAt(end);
  return unit >= 0xdc00 && unit <= 0xdfff ? end + 1 : end;
}

function outputCost(output: string): number {
  return COSTS.treeValue + output.length * COSTS.scalarCharacter;
}

function executionCountText(count: number | null): string {
  return count === null ? NO_EXECUTION_COUNT : String(count);
}
