/**
 * From a seed to a document.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { isAbsolute } from "@std/path";
import type { CrdtDocument } from "../doc/crdt_document.ts";
import { NotebookEditor } from "../doc/editor.ts";
import { importNotebook } from "../doc/import.ts";
import { newNotebook } from "../ipynb/create.ts";
import type { Notebook } from "../ipynb/notebook.ts";
import { parseNotebook } from "../ipynb/parse.ts";
import { runtimeOf } from "../ipynb/runtime.ts";
import { restOfMetadata, serialiseSnapshot, snapshotOf } from "../ipynb/snapshot.ts";
import { notebookState } from "../ipynb/write/state.ts";
import { isJsonObject } from "../json.ts";
import { signDependencies } from "../trust/signature.ts";
import { baselineOf } from "./baseline.ts";
import type { BuildParts, BuiltNotebook } from "./built_notebook.ts";
import type { NotebookSeed } from "./ports.ts";
import { restoreNotebook } from "./restore.ts";

type Of<K extends NotebookSeed["kind"]> = Extract<NotebookSeed, { kind: K }>;

/**
 * Makes the document of a notebook: brings it back from its journal, or else makes it anew and begins
 * its journal. Equal seeds without a journal give equal heads, on any machine: a client that comes
 * back to a daemon that has forgotten the room still shares its history. The one exception is the
 * signature of a new notebook's dependencies, a change of its own that holds the time.
 *
 * @throws {NotebookdError} with code `invalid_json`, `invalid_notebook`, `limit_reached` or
 * `invalid_argument` as the content calls for, and `storage_failed` or `permission_denied` when the
 * journal can't be begun.
 */
export async function buildNotebook(seed: NotebookSeed, parts: BuildParts): Promise<BuiltNotebook> {
  const restored = await restoreNotebook(seed, parts);
  if (restored !== null) return restored;
  const built = await buildAnew(seed, parts);
  try {
    const { document } = built;
    await parts.storage?.begin({ snapshot: document.save(), heads: document.heads() });
    return built;
  } catch (error) {
    built.document[Symbol.dispose]();
    throw error;
  }
}

async function buildAnew(seed: NotebookSeed, parts: BuildParts): Promise<BuiltNotebook> {
  switch (seed.kind) {
    case "file":
      return await fromFile(seed, parts);
    case "new":
      return standing(seed, await fromNothing(seed, parts));
    case "empty":
      return standing(seed, await emptyDocument(seed, parts));
  }
}

/** How a new document stands to a file that nobody has written yet. */
function standing({ notebookId }: NotebookSeed, document: CrdtDocument): BuiltNotebook {
  return {
    document,
    path: isAbsolute(notebookId) ? notebookId : null,
    baseline: null,
    savedHeads: document.heads(),
    fileGone: false,
    fresh: true,
    outside: null,
  };
}

async function fromFile(seed: Of<"file">, parts: BuildParts): Promise<BuiltNotebook> {
  const { notebook, repairs } = parseNotebook(seed.file.bytes);
  if (repairs.length > 0) {
    parts.logger.info("Cells without an id of their own got one in the document", {
      notebook: seed.notebookId,
      cells: repairs.length,
    });
  }
  const document = await importWhole(seed.notebookId, notebook, seed.file.hash, parts);
  const baseline = baselineOf(seed.file);
  const known = { state: notebookState(notebook), heads: document.heads() };
  return { ...standing(seed, document), baseline, known };
}

async function fromNothing(seed: Of<"new">, parts: BuildParts): Promise<CrdtDocument> {
  const { notebookId, runtime, packageManager, dependencies } = seed;
  const notebook = newNotebook({
    runtime,
    packageManager,
    envId: notebookId,
    dependencies,
    cellId: derivedUuid(notebookId),
  });
  const contentHash = sha256(JSON.stringify(notebook));
  const document = await importWhole(notebookId, notebook, contentHash, parts);
  if (dependencies.length > 0) await sign(document, notebook, parts);
  return document;
}

async function emptyDocument(seed: Of<"empty">, parts: BuildParts): Promise<CrdtDocument> {
  return await importNotebook({
    notebookId: seed.notebookId,
    contentHash: sha256(""),
    notebook: { nbformat: 4, nbformatMinor: 5, cells: [], extra: {} },
    runtime: "python",
    snapshot: null,
    restOfMetadata: {},
  }, { pause: parts.pause });
}

async function importWhole(
  notebookId: string,
  notebook: Notebook,
  contentHash: string,
  parts: BuildParts,
): Promise<CrdtDocument> {
  return await importNotebook({
    notebookId,
    contentHash,
    notebook,
    runtime: runtimeOf(notebook.metadata),
    snapshot: serialiseSnapshot(snapshotOf(notebook.metadata)),
    restOfMetadata: restOfMetadata(notebook.metadata),
  }, { pause: parts.pause });
}

async function sign(document: CrdtDocument, { metadata }: Notebook, parts: BuildParts) {
  const runt = isJsonObject(metadata.runt) ? metadata.runt : {};
  const signed = {
    ...metadata,
    runt: {
      ...runt,
      trust_signature: await signDependencies(metadata, parts.trustKey),
      trust_timestamp: new Date(parts.clock.now()).toISOString(),
    },
  };
  new NotebookEditor(document).setSnapshot(serialiseSnapshot(snapshotOf(signed)));
}

/** A UUID of version 4 that follows from another, so that a new notebook is built alike anew. */
function derivedUuid(uuid: string): string {
  const hex = sha256(`first cell of ${uuid}`);
  const variant = (8 + parseInt(hex.slice(16, 17), 16) % 4).toString(16);
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `4${hex.slice(13, 16)}`,
    `${variant}${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join("-");
}

function sha256(content: string): string {
  return createHash("sha256").update(content).digest("hex");
}
