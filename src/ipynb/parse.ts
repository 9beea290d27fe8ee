/**
 * From the bytes of an .ipynb file to a {@linkcode Notebook}.
 *
 * @module
 */

import { NotebookdError } from "../errors.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../json.ts";
import { type CellWithoutId, parseCell } from "./cell.ts";
import { parseExact } from "./exact.ts";
import { assignIds } from "./ids.ts";
import type { IdRepair, Notebook, NotebookCell } from "./notebook.ts";
import { formatPosition, positionAt } from "./position.ts";
import { describeType, notebookRefusal, partRefusal, syntaxRefusal } from "./refuse.ts";
import { scanJson } from "./scan.ts";
import { findSyntaxFault } from "./syntax.ts";
import { decodeUtf8 } from "./utf8.ts";

/** The bounds of a notebook. The size of the file is bounded before it is read, not here. */
export interface ParseLimits {
  /** Nested levels of arrays and objects. */
  depth: number;
  /** Cells. */
  cells: number;
}

/** The bounds unless told otherwise. */
export const DEFAULT_PARSE_LIMITS: Readonly<ParseLimits> = { depth: 1000, cells: 100_000 };

/** Options of {@linkcode parseNotebook}. */
export interface ParseOptions {
  /** Bounds that differ from {@linkcode DEFAULT_PARSE_LIMITS}. */
  limits?: Partial<ParseLimits>;
}

/** What {@linkcode parseNotebook} gives. */
export interface ParsedNotebook {
  /** The notebook. Strings are as JSON gives them, lone surrogates included. */
  notebook: Notebook;
  /** The cells whose id isn't the one in the file. */
  repairs: IdRepair[];
  /** Whether the file begins with a UTF-8 byte order mark. */
  byteOrderMark: boolean;
}

/** The major version of nbformat that this build reads. */
const NBFORMAT = 4;

/**
 * Reads a notebook of nbformat 4, whatever its minor version. It takes more than nbformat's schema
 * does (unknown cell and output types, missing keys that have an obvious default) and drops nothing.
 *
 * @param bytes The whole file.
 * @param options Bounds.
 * @throws {NotebookdError} with code `invalid_json` when the bytes aren't UTF-8 or JSON;
 * `invalid_notebook` when the JSON isn't a notebook of nbformat 4; `limit_reached` when it nests too
 * deep or has too many cells. The message names the place and quotes no content.
 *
 * @example
 * ```ts
 * import { parseNotebook } from "@/ipynb/parse.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const cells = '[{"id": "a", "cell_type": "raw", "source": ["1\\n", "2"]}]';
 * const file = `{"nbformat": 4, "metadata": {}, "cells": ${cells}}`;
 * const { notebook } = parseNotebook(new TextEncoder().encode(file));
 * assertEquals(notebook.cells, [
 *   { id: "a", cellType: "raw", source: "1\n2", executionCount: null, outputs: [] },
 * ]);
 * ```
 */
export function parseNotebook(bytes: Uint8Array, options: ParseOptions = {}): ParsedNotebook {
  const limits = { ...DEFAULT_PARSE_LIMITS, ...options.limits };
  const { text, byteOrderMark } = decodeUtf8(bytes);
  const { tooDeepAt, respelledNumber } = scanJson(bytes, limits.depth);
  if (tooDeepAt !== null) throw tooDeep(bytes, tooDeepAt, limits.depth);
  const top = parseJson(text);
  if (!isJsonObject(top)) {
    throw notebookRefusal(
      `the top of the file must be an object but is ${describeType(top)}, at line 1; ` +
        "open a file that holds a notebook, this one is untouched",
    );
  }
  const nbformatMinor = readVersion(top, text);
  const { cells, metadata = {} } = top;
  if (!Array.isArray(cells)) throw partRefusal(text, ["cells"], "a list of objects", cells);
  if (cells.length > limits.cells) throw tooManyCells(cells.length, limits.cells);
  if (!isJsonObject(metadata)) throw partRefusal(text, ["metadata"], "an object", metadata);
  const exact = respelledNumber ? parseExact(text) : undefined;
  const { assigned, repairs } = readCells(cells, text, exact);
  const notebook = {
    nbformat: NBFORMAT,
    nbformatMinor,
    cells: assigned,
    metadata,
    extra: rest(top),
  };
  return { notebook, repairs, byteOrderMark };
}

function parseJson(text: string): JsonValue {
  try {
    return JSON.parse(text) as JsonValue;
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    // No cause on the new error: the engine's message quotes the content.
    const fault = findSyntaxFault(text) ?? { offset: 0, problem: "the file is not JSON" };
    throw syntaxRefusal(text, fault);
  }
}

function readCells(
  cells: JsonValue[],
  text: string,
  exactTop: unknown,
): { assigned: NotebookCell[]; repairs: IdRepair[] } {
  // The exact tree is the same JSON parsed once more, so its shape is the one checked here.
  const exactCells = (exactTop as { cells: unknown[] } | undefined)?.cells;
  const parsed: CellWithoutId[] = cells.map((cell, index) =>
    parseCell(cell, { text, index, exact: exactCells?.[index] })
  );
  const { ids, repairs } = assignIds(parsed.map(({ cellType, source }, index) => ({
    id: (cells[index] as JsonObject).id,
    cellType,
    source,
  })));
  return { assigned: parsed.map((cell, index) => ({ id: ids[index] ?? "", ...cell })), repairs };
}

/** Checks nbformat and gives nbformat_minor. */
function readVersion(top: JsonObject, text: string): number {
  const { nbformat, nbformat_minor: minor = 0 } = top;
  if (typeof nbformat !== "number" || !Number.isSafeInteger(nbformat)) {
    throw partRefusal(text, ["nbformat"], `the integer ${NBFORMAT}`, nbformat);
  }
  if (nbformat < NBFORMAT) {
    throw notebookRefusal(
      `it is an nbformat ${nbformat} notebook, and this build reads nbformat ${NBFORMAT}; upgrade ` +
        `it, for example with "jupyter nbconvert --to notebook --nbformat ${NBFORMAT}", ` +
        "the file is untouched",
    );
  }
  if (nbformat > NBFORMAT) {
    throw notebookRefusal(
      `it is an nbformat ${nbformat} notebook, a later major version than nbformat ${NBFORMAT}, ` +
        "which this build reads; open it with a later version, the file is untouched",
    );
  }
  if (typeof minor !== "number" || !Number.isSafeInteger(minor) || minor < 0) {
    throw partRefusal(text, ["nbformat_minor"], "an integer of 0 or more", minor);
  }
  return minor === 0 ? 0 : minor; // -0 is spelled 0.
}

function rest(top: JsonObject): JsonObject {
  const placed = ["nbformat", "nbformat_minor", "cells", "metadata"];
  // fromEntries makes own properties, so that a key "__proto__" stays a key.
  return Object.fromEntries(Object.entries(top).filter(([key]) => !placed.includes(key)));
}

function tooDeep(bytes: Uint8Array, offset: number, depth: number): NotebookdError {
  const before = new TextDecoder().decode(bytes.subarray(0, offset));
  const where = formatPosition(positionAt(before, before.length));
  return new NotebookdError(
    "limit_reached",
    `Failed to read the notebook: its JSON nests deeper than ${depth} levels, at ${where}; ` +
      "flatten it and open it again, the file is untouched",
  );
}

function tooManyCells(count: number, limit: number): NotebookdError {
  return new NotebookdError(
    "limit_reached",
    `Failed to read the notebook: it has ${count} cells, and ${limit} is the limit; ` +
      "split it and open the parts, the file is untouched",
  );
}
