/**
 * The text of a notebook that has no file yet.
 *
 * @module
 */

import { isJsonObject, type JsonObject, type JsonValue } from "../../json.ts";
import { parseExact } from "../exact.ts";
import type { NotebookCell } from "../notebook.ts";
import { mergeMetadata, RUNT_SCHEMA_VERSION } from "../snapshot.ts";
import type { NotebookText } from "./edit_notebook.ts";
import { equalJson } from "./equal.ts";
import { formatParts, formatValue, type Part, type Place } from "./format.ts";
import { splitLines } from "./lines.ts";
import { readSnapshot } from "./metadata.ts";
import { hasCellIds, writeCell } from "./new_cell.ts";
import { isWritableOutput, omittedOutputs } from "./outputs.ts";
import { minorOf, type NotebookState } from "./state.ts";
import { NBFORMAT_STYLE } from "./style.ts";

const NBFORMAT = 4;
/** For a document that doesn't say. */
const NBFORMAT_MINOR = 5;

/** MIME types besides `text/…` whose texts nbformat splits into lines. */
const SPLIT_TYPES = ["application/javascript", "image/svg+xml"];

/**
 * Writes a notebook that has no file yet, as `nbformat.write` does: indented by one space, keys
 * sorted, nothing escaped without need, sources and texts as lists of lines, a line feed at the end.
 * Numbers in outputs keep their spelling.
 *
 * @param state What the document says. Its outputs must be the JSON of outputs, not hashes of
 * manifests.
 * @throws {NotebookdError} with code `limit_reached` when the notebook would nest so deep that it
 * couldn't be opened again.
 *
 * @example
 * ```ts
 * import { newNotebookText } from "@/ipynb/write/new_notebook.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const empty = { cells: [], snapshot: null, metadata: {}, extra: {} };
 * assertEquals(
 *   newNotebookText({ ...empty, nbformat: 4, nbformatMinor: 5 }).text,
 *   '{\n "cells": [],\n "metadata": {},\n "nbformat": 4,\n "nbformat_minor": 5\n}\n',
 * );
 * ```
 */
export function newNotebookText(state: NotebookState): NotebookText {
  const minor = minorOf(state) ?? NBFORMAT_MINOR;
  const cells = state.cells.map((cell): Part => ({
    write: (place) => writeCell(splitCell(cell), hasCellIds(minor), place),
  }));
  const fields: JsonObject = {
    ...state.extra,
    metadata: metadataOf(state),
    nbformat: NBFORMAT,
    nbformat_minor: minor,
  };
  delete fields.cells;
  const parts: Part[] = Object.entries(fields).map(([key, value]) => ({
    key,
    write: (place) => formatValue(value, place),
  }));
  parts.push({ key: "cells", write: (place) => formatParts("[]", cells, place) });
  const top: Place = { indent: "", depth: 0, style: NBFORMAT_STYLE, sortKeys: true };
  return {
    text: formatParts("{}", parts, top) + NBFORMAT_STYLE.lineEnd,
    omitted: state.cells.flatMap(({ id, outputs }) => omittedOutputs(id, outputs)),
  };
}

function metadataOf({ snapshot, metadata }: NotebookState): JsonObject {
  const parts = readSnapshot(snapshot) ?? {};
  const merged = mergeMetadata(metadata, parts);
  // Every document has at least this much of `runt`; alone it says nothing.
  if (equalJson(merged.runt, { schema_version: RUNT_SCHEMA_VERSION })) delete merged.runt;
  return merged;
}

/** A cell whose texts are lists of lines where nbformat has lists. */
function splitCell(cell: NotebookCell): NotebookCell {
  const { attachments } = cell;
  const outputs = cell.outputs.map(splitOutput);
  if (attachments === undefined) return { ...cell, outputs };
  return {
    ...cell,
    outputs,
    attachments: mapObject(attachments, (_name, value) => splitBundle(value)),
  };
}

function splitOutput(json: string): string {
  if (!isWritableOutput(json)) return json;
  // Its numbers may be opaque objects, so nothing here but strings may be looked at.
  const output = parseExact(json) as JsonObject;
  switch (output.output_type) {
    case "stream":
      return JSON.stringify(replaceValue(output, "text", splitText));
    case "display_data":
    case "execute_result":
      return JSON.stringify(replaceValue(output, "data", splitBundle));
    default:
      return json;
  }
}

function replaceValue(
  object: JsonObject,
  name: string,
  change: (value: JsonValue) => JsonValue,
): JsonObject {
  return mapObject(object, (key, value) => key === name ? change(value) : value);
}

function splitBundle(bundle: JsonValue): JsonValue {
  if (!isJsonObject(bundle)) return bundle;
  return mapObject(
    bundle,
    (type, value) =>
      type.startsWith("text/") || SPLIT_TYPES.includes(type) ? splitText(value) : value,
  );
}

function splitText(value: JsonValue): JsonValue {
  return typeof value === "string" ? splitLines(value) : value;
}

function mapObject(
  object: JsonObject,
  change: (key: string, value: JsonValue) => JsonValue,
): JsonObject {
  return Object.fromEntries(
    Object.entries(object).map(([key, value]) => [key, change(key, value)]),
  );
}
