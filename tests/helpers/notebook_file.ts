/**
 * Notebook files as tests make them and read them: with nothing but JSON.parse.
 *
 * @module
 */

/** A cell as the file says it. */
export interface FileCell {
  /** Absent where the file has none, or not a usable one. */
  id?: string;
  cell_type: string;
  source: string;
  execution_count: string;
  outputs: unknown[];
  metadata?: unknown;
  attachments?: unknown;
  /** Every key without a place above. */
  extra: Record<string, unknown>;
}

const KNOWN = [
  "id",
  "cell_type",
  "source",
  "execution_count",
  "outputs",
  "metadata",
  "attachments",
];

/** The cells of a notebook file, in its order. */
export function fileCells(bytes: Uint8Array): FileCell[] {
  const file = JSON.parse(new TextDecoder().decode(bytes));
  return file.cells.map(fileCell);
}

function fileCell(cell: Record<string, unknown>): FileCell {
  const source = cell["source"] ?? "";
  const count = cell["execution_count"] ?? null;
  // Beyond the safe integers the number read isn't the one in the file.
  const countIsInteger = count === null || Number.isSafeInteger(count);
  const extra = Object.fromEntries(
    Object.entries(cell).filter(([key, value]) =>
      !KNOWN.includes(key) ||
      (key === "execution_count" && !countIsInteger) ||
      (["metadata", "attachments"].includes(key) && !isObject(value))
    ),
  );
  return wellFormed({
    ...typeof cell["id"] === "string" && cell["id"] !== "" ? { id: cell["id"] } : {},
    cell_type: String(cell["cell_type"]),
    source: Array.isArray(source) ? source.join("") : String(source),
    execution_count: countIsInteger ? String(count) : "null",
    outputs: Array.isArray(cell["outputs"]) ? cell["outputs"] : [],
    ...isObject(cell["metadata"]) ? { metadata: cell["metadata"] } : {},
    ...isObject(cell["attachments"]) ? { attachments: cell["attachments"] } : {},
    extra,
  });
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A value with every string well-formed, since no other can live in the document. */
export function wellFormed<T>(value: T): T {
  return JSON.parse(
    JSON.stringify(value),
    (_key, part) => typeof part === "string" ? part.toWellFormed() : part,
  );
}

/** What {@linkcode notebookText} makes. */
export interface NotebookTextOptions {
  /** How many code cells. */
  cells: number;
  /** How many characters of source each has. */
  sourceLength?: number;
  /** The notebook's metadata. */
  metadata?: Record<string, unknown>;
  /** Put before each source, so that two notebooks differ. */
  mark?: string;
  /** The minor version of nbformat; below 5 cells have no ids. */
  minor?: number;
}

/** The text of a notebook with code cells of a given size. */
export function notebookText(options: NotebookTextOptions): string {
  const { cells, sourceLength = 40, metadata = {}, mark = "", minor = 5 } = options;
  const made = Array.from({ length: cells }, (_, index) => ({
    cell_type: "code",
    execution_count: null,
    ...(minor < 5 ? {} : { id: `cell-${index}` }),
    metadata: {},
    outputs: [],
    source: sourceLines(`${mark}value_${index} = `, sourceLength),
  }));
  const notebook = { cells: made, metadata, nbformat: 4, nbformat_minor: minor };
  return `${JSON.stringify(notebook, null, 1)}\n`;
}

function sourceLines(start: string, length: number): string[] {
  const text = start + "abcdefgh ".repeat(Math.ceil(length / 9)).slice(0, length - start.length);
  const lines = text.match(/.{1,72}/g) ?? [];
  return lines.map((line, index) => index < lines.length - 1 ? `${line}\n` : line);
}
