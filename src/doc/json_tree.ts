/**
 * JSON in a document: maps, lists and scalars, both ways.
 *
 * @module
 */

import { isJsonObject, type JsonObject, type JsonValue } from "../json.ts";
import {
  type BulkValue,
  type CrdtDocument,
  type ObjectId,
  type Scalar,
  scalarString,
  type TypedValue,
} from "./crdt_document.ts";

/** Levels deeper than this aren't read: only a damaged or hostile document has them. */
const MAX_READ_DEPTH = 2_000;

/** Bulk insertion recurses inside the library, where the stack is small. */
const MAX_BULK_DEPTH = 100;

/** Larger trees are put value by value, so that whoever puts them can pause in between. */
const MAX_BULK_VALUES = 500;

/** The scalar that holds a JSON scalar: safe whole numbers as `int`, all others as `f64`. */
export function toScalar(value: null | boolean | number | string): Scalar {
  if (value === null) return ["null", null];
  if (typeof value === "boolean") return ["boolean", value];
  if (typeof value === "string") return ["str", value];
  return isPlainInteger(value) ? ["int", value] : ["f64", value];
}

/** A JSON object, ready for bulk insertion. */
export interface BulkTree {
  tree: { [key: string]: BulkValue };
  /** How many values it holds, itself included. */
  values: number;
  /** How many characters its scalars have. */
  characters: number;
}

/**
 * Gives a JSON object as a tree for bulk insertion, or null where it must be put value by value:
 * because it is deep, or large, or holds a number that bulk insertion would change.
 */
export function toBulk(value: JsonObject): BulkTree | null {
  const size = { values: 0, characters: 0 };
  const tree = bulkOf(value, 0, size);
  return tree === undefined ? null : { tree: tree as BulkTree["tree"], ...size };
}

/**
 * Puts a JSON object or array under a key of a map, value by value.
 *
 * @returns A generator that gives the length in characters (keys and scalars) of each value just
 * put; whoever drives it may commit and pause between two.
 */
export function* putJson(
  doc: CrdtDocument,
  map: ObjectId,
  key: string,
  value: JsonObject | JsonValue[],
): Generator<number> {
  const root = doc.makeObject(map, key, Array.isArray(value) ? "list" : "map");
  const pending: [ObjectId, JsonObject | JsonValue[]][] = [[root, value]];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const [object, content] = next;
    const put = Array.isArray(content)
      ? putElements(doc, object, content)
      : putProperties(doc, object, content);
    for (const { cost, child } of put) {
      if (child !== undefined) pending.push(child);
      yield cost;
    }
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

interface PutStep {
  cost: number;
  child?: [ObjectId, JsonObject | JsonValue[]];
}

function* putProperties(doc: CrdtDocument, map: ObjectId, content: JsonObject): Generator<PutStep> {
  for (const [key, value] of Object.entries(content)) {
    if (isContainer(value)) {
      const child = doc.makeObject(map, key, Array.isArray(value) ? "list" : "map");
      yield { cost: key.length, child: [child, value] };
    } else {
      doc.put(map, key, toScalar(value));
      yield { cost: key.length + scalarLength(value) };
    }
  }
}

function* putElements(doc: CrdtDocument, list: ObjectId, content: JsonValue[]): Generator<PutStep> {
  for (const [index, value] of content.entries()) {
    if (isContainer(value)) {
      const child = doc.insertObject(list, index, Array.isArray(value) ? "list" : "map");
      yield { cost: 0, child: [child, value] };
    } else {
      doc.insert(list, index, toScalar(value));
      yield { cost: scalarLength(value) };
    }
  }
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
