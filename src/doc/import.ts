/**
 * Makes the document of a notebook. The same notebook under the same id gives the same document on
 * every machine: same actor, same operations in the same order, time 0, hence the same heads.
 *
 * @module
 */

import { createHash } from "node:crypto";
import type { Notebook } from "../ipynb/notebook.ts";
import type { JsonObject } from "../json.ts";
import { CrdtDocument, ROOT } from "./crdt_document.ts";
import { genesisDocument } from "./genesis.ts";
import { importCells } from "./import_cells.ts";
import { putJson } from "./json_tree.ts";
import { GENESIS, METADATA_KEYS, ROOT_KEYS } from "./schema.ts";
import { Slicer } from "./slicer.ts";

/** What a document is made of. */
export interface ImportInput {
  /** The notebook's canonical path, or its UUID. */
  notebookId: string;
  /** A hash of the bytes that `notebook` was parsed from: equal hashes mean equal notebooks. */
  contentHash: string;
  /** The notebook itself. Its metadata is not written as such: see `restOfMetadata`. */
  notebook: Pick<Notebook, "nbformat" | "nbformatMinor" | "cells" | "extra">;
  /** The notebook's runtime. */
  runtime: string;
  /** The JSON text of the metadata snapshot, or null for a document without one. */
  snapshot: string | null;
  /** Notebook-level metadata that the snapshot doesn't hold. */
  restOfMetadata: JsonObject;
}

/** How a document is made. */
export interface ImportOptions {
  /**
   * Called between two slices of a few milliseconds each; what it returns is awaited, so that
   * other work can run.
   */
  pause?: () => Promise<void>;
  /** The actor of what is changed afterwards; a random one if left out. */
  actor?: string;
  /** Ends the import between two slices. */
  signal?: AbortSignal;
}

/**
 * Makes the document of a notebook, ready for changes under an actor of its own.
 *
 * @example
 * ```ts
 * import { initAutomerge } from "@/doc/automerge.ts";
 * import { importNotebook } from "@/doc/import.ts";
 * import { cellCount } from "@/doc/snapshot.ts";
 * import { assertEquals } from "@std/assert";
 *
 * await initAutomerge();
 * using doc = await importNotebook({
 *   notebookId: "/home/user/empty.ipynb",
 *   contentHash: "of the file's bytes",
 *   notebook: { nbformat: 4, nbformatMinor: 5, cells: [], extra: {} },
 *   runtime: "python",
 *   snapshot: '{"runt":{"schema_version":"1"}}',
 *   restOfMetadata: {},
 * });
 * assertEquals(cellCount(doc), 0);
 * ```
 */
export async function importNotebook(
  input: ImportInput,
  options: ImportOptions = {},
): Promise<CrdtDocument> {
  using doc = beginImport(input);
  for (const _slice of importSlices(doc, input)) {
    options.signal?.throwIfAborted();
    await options.pause?.();
  }
  // The importing actor's history is a function of the content; nothing else may be added to it.
  return doc.fork(options.actor === undefined ? {} : { actor: options.actor });
}

/** Makes a document for {@linkcode importSlices}: the first change, and the actor of this import. */
export function beginImport(input: ImportInput): CrdtDocument {
  using genesis = genesisDocument();
  return genesis.fork({ actor: genesisActor(input) });
}

/**
 * Writes a notebook into a document, one committed slice per step of the generator.
 *
 * @param doc What {@linkcode beginImport} gave for the same input.
 */
export function* importSlices(doc: CrdtDocument, input: ImportInput): Generator<void> {
  const slicer = new Slicer(doc);
  doc.put(ROOT, ROOT_KEYS.notebookId, ["str", input.notebookId]);
  yield* importMetadata(doc, slicer, input);
  yield* importCells(doc, slicer, doc.idAt(ROOT, ROOT_KEYS.cells), input.notebook.cells);
}

/**
 * The actor that imports this notebook: 32 hex digits. Whatever changes the operations changes the
 * actor, because the same actor with other operations would be refused by every peer that has the
 * first ones.
 */
export function genesisActor(
  input: Pick<ImportInput, "notebookId" | "contentHash" | "runtime" | "snapshot">,
): string {
  const origin = [GENESIS, input.notebookId, input.contentHash, input.runtime, input.snapshot];
  return createHash("sha256").update(JSON.stringify(origin)).digest("hex").slice(0, 32);
}

function* importMetadata(doc: CrdtDocument, slicer: Slicer, input: ImportInput): Generator<void> {
  const metadata = doc.idAt(ROOT, ROOT_KEYS.metadata);
  doc.put(metadata, METADATA_KEYS.runtime, ["str", input.runtime]);
  if (input.snapshot !== null) doc.put(metadata, METADATA_KEYS.snapshot, ["str", input.snapshot]);
  doc.put(metadata, METADATA_KEYS.nbformat, ["int", input.notebook.nbformat]);
  doc.put(metadata, METADATA_KEYS.nbformatMinor, ["int", input.notebook.nbformatMinor]);
  const maps = [
    [METADATA_KEYS.notebook, input.restOfMetadata],
    [METADATA_KEYS.extra, input.notebook.extra],
  ] as const;
  for (const [key, value] of maps) {
    if (Object.keys(value).length === 0) continue;
    yield* slicer.each(putJson(doc, metadata, key, value));
  }
}
