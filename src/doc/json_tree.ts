/**
 * JSON in a document: maps, lists and scalars, both ways.
 *
 * @module
 */

import { isJsonObject, type JsonObject, type JsonValue } from "../json.ts";
import { type BulkTree, type BulkValue, scalarString } from "./bulk_value.ts";
import type { CrdtDocument, ObjectId, Scalar, TypedValue } from "./crdt_document.ts";
import { type BulkPiece, ListRun } from "./list_run.ts";
import { COSTS } from "./slicer.ts";

/** Levels deeper than this aren't read: only a damaged or hostile document has them. */
const MAX_READ_DEPTH = 2_000;

/** Bulk insertion recurses inside the library, where the stack is small. */
const MAX_BULK_DEPTH = 100;

/** Larger trees are put piece by piece, so that whoever puts them can pause in between. */
const MAX_BULK_VALUES = 500;

/** The scalar that holds a JSON scalar: safe whole numbers as `int`, all others as `f64`. */
export function toScalar(value: null | boolean | number | string): Scalar {
  if (value === null) return ["null", null];
  if (typeof value === "boolean") return ["boolean", value];
  if (typeof value === "string") return ["str", value];
  return isPlainInteger(value) ? ["int", value] : ["f64", value];
}

/**
 * Gives JSON as a tree for bulk insertion, or null where it must be put piece by piece: because it
 * is deep, or large, or holds a number that bulk insertion would change.
 */
export function toBulk(value: JsonValue): BulkPiece | null {
  const size = { values: 0, characters: 0 };
  const tree = bulkOf(value, 0, size);
  if (tree === undefined) return null;
  const { values, characters } = size;
  return { tree, cost: values * COSTS.treeValue + characters * COSTS.scalarCharacter };
}

/**
 * Puts JSON under a key of a map, in as few pieces as bulk insertion allows.
 *
 * @returns A generator that gives the cost of each piece before it is put, in the slicer's units;
 * whoever drives it may commit in between.
 */
export function* putJson(
  doc: CrdtDocument,
  map: ObjectId,
  key: string,
  value: JsonValue,
): Generator<number> {
  const pending: Container[] = [];
  yield* putProperty(doc, { object: map, pending }, [key, value]);
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const place = { object: next.object, pending };
    if (Array.isArray(next.content)) {
      yield* putElements(doc, place, next.content);
      continue;
    }
    for (const entry of Object.entries(next.content)) yield* putProperty(doc, place, entry);
  }
}

/** Reads the map or list with this id as JSON; dates become ISO 8601 text, bytes base64. */
export function readObject(doc: CrdtDocument, object: ObjectId, depth = 0): JsonObject {
  const entries: [string, JsonValue][] = [];
  for (const key of doc.keys(object)) {
    const value = doc.get(object, key);
    if (value !== null) entries.push([key, readValue(doc, value, depth + 1)]);
  }
  // Not by assignment: a key may be called "__proto__".
  return Object.fromEntries(entries);
}

/** Reads a value as JSON. A Text becomes a string; what is nested too deeply becomes null. */
export function readValue(doc: CrdtDocument, value: TypedValue, depth = 0): JsonValue {
  if (depth > MAX_READ_DEPTH) return null;
  switch (value[0]) {
    case "map":
    case "table":
      return readObject(doc, value[1], depth);
    case "list":
      return readList(doc, value[1], depth);
    case "text":
      return doc.text(value[1]);
    case "timestamp":
      return Number.isNaN(value[1].getTime()) ? null : value[1].toISOString();
    case "bytes":
      return value[1].toBase64();
    case "int":
    case "uint":
    case "counter":
      return Number(value[1]);
    case "f64":
      return Number.isFinite(value[1]) ? value[1] : null;
    case "str":
    case "boolean":
    case "null":
      return value[1];
    default:
      return value satisfies never;
  }
}

/** An object that was made empty, and what is still to be put into it. */
interface Container {
  object: ObjectId;
  content: JsonObject | JsonValue[];
}

/** Where values are put, and where what they leave to be put is noted. */
interface Place {
  object: ObjectId;
  pending: Container[];
}

function* putProperty(
  doc: CrdtDocument,
  { object, pending }: Place,
  [key, value]: readonly [string, JsonValue],
): Generator<number> {
  if (!isContainer(value)) {
    yield COSTS.call + scalarLength(value) * COSTS.scalarCharacter;
    doc.put(object, key, toScalar(value));
    return;
  }
  const bulk = toBulk(value);
  yield COSTS.call + (bulk?.cost ?? 0);
  if (bulk !== null) doc.putTree(object, key, bulk.tree as BulkTree);
  else {
    const child = doc.makeObject(object, key, Array.isArray(value) ? "list" : "map");
    pending.push({ object: child, content: value });
  }
}

function* putElements(
  doc: CrdtDocument,
  { object, pending }: Place,
  content: JsonValue[],
): Generator<number> {
  const run = new ListRun(doc, object);
  for (const [index, value] of content.entries()) {
    const bulk = toBulk(value);
    if (bulk !== null) {
      yield* run.add(bulk);
      continue;
    }
    yield* run.flush();
    yield COSTS.call;
    if (isContainer(value)) {
      const child = doc.insertObject(object, index, Array.isArray(value) ? "list" : "map");
      pending.push({ object: child, content: value });
    } else doc.insert(object, index, toScalar(value));
    run.skip();
  }
  yield* run.flush();
}

function readList(doc: CrdtDocument, list: ObjectId, depth: number): JsonValue[] {
  const values: JsonValue[] = [];
  const length = doc.length(list);
  for (let index = 0; index < length; index++) {
    const value = doc.get(list, index);
    if (value !== null) values.push(readValue(doc, value, depth + 1));
  }
  return values;
}

function bulkOf(
  value: JsonValue,
  depth: number,
  size: { values: number; characters: number },
): BulkValue | undefined {
  if (++size.values > MAX_BULK_VALUES || depth > MAX_BULK_DEPTH) return undefined;
  if (!isContainer(value)) {
    if (typeof value === "number" && !isBulkNumber(value)) return undefined;
    size.characters += scalarLength(value);
    return typeof value === "string" ? scalarString(value) : value;
  }
  const tree: [string, BulkValue][] = [];
  for (const [key, child] of Object.entries(value)) {
    const childTree = bulkOf(child, depth + 1, size);
    if (childTree === undefined) return undefined;
    tree.push([key.toWellFormed(), childTree]);
  }
  // Not by assignment: a key may be called "__proto__".
  return Array.isArray(value) ? tree.map(([, child]) => child) : Object.fromEntries(tree);
}

function isContainer(value: JsonValue): value is JsonObject | JsonValue[] {
  return Array.isArray(value) || isJsonObject(value);
}

function isPlainInteger(value: number): boolean {
  return Number.isSafeInteger(value) && !Object.is(value, -0);
}

/** Bulk insertion takes every whole number for an integer and clamps it to 64 bits. */
function isBulkNumber(value: number): boolean {
  return isPlainInteger(value) || !Number.isInteger(value);
}

function scalarLength(value: null | boolean | number | string): number {
  return typeof value === "string" ? value.length : 8;
}
