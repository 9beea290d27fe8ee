/**
 * Bringing a notebook back from its journal.
 *
 * @module
 */

import { isAbsolute } from "@std/path";
import { isAutomergeAlive } from "../doc/automerge.ts";
import { CrdtDocument, ROOT } from "../doc/crdt_document.ts";
import { CELL_KEYS, ROOT_KEYS } from "../doc/schema.ts";
import { toNotebookdError } from "../errors.ts";
import type { NotebookCell } from "../ipynb/notebook.ts";
import type { ParsedNotebook } from "../ipynb/parse.ts";
import { type Baseline, baselineOf } from "./baseline.ts";
import type { BuildParts, BuiltNotebook } from "./built_notebook.ts";
import { headsKey } from "./heads.ts";
import type { FileContent, JournaledNotebook, NotebookSeed, RecordedContent } from "./ports.ts";

/**
 * Makes the document of a notebook from its journal.
 *
 * @returns The document, or null where there is no journal or the library refuses what is in it: it
 * is put aside then.
 * @throws {NotebookdError} with code `internal` when the library broke over it, `storage_failed` or
 * `permission_denied` when the journal can't be written to.
 */
export async function restoreNotebook(
  seed: NotebookSeed,
  parts: BuildParts,
): Promise<BuiltNotebook | null> {
  const { journal } = seed;
  if (journal === undefined || parts.storage === undefined) return null;
  const document = load(journal);
  if (!(document instanceof CrdtDocument)) {
    await parts.storage.refuse(document.reason);
    return null;
  }
  try {
    return await standAgainstFile(document, journal, seed, parts);
  } catch (error) {
    document[Symbol.dispose]();
    throw error;
  }
}

function load({ snapshot, log }: JournaledNotebook): CrdtDocument | { reason: string } {
  const bytes = new Uint8Array(snapshot.length + log.length);
  bytes.set(snapshot);
  bytes.set(log, snapshot.length);
  try {
    return CrdtDocument.load(bytes);
  } catch (error) {
    if (!isAutomergeAlive()) throw error;
    return { reason: toNotebookdError(error, "Cannot load the journal").message };
  }
}

/** Tells which content of the file the document knows, and which it has yet to take in. */
async function standAgainstFile(
  document: CrdtDocument,
  journal: JournaledNotebook,
  seed: NotebookSeed,
  parts: BuildParts,
): Promise<BuiltNotebook> {
  const file = seed.kind === "file" ? seed.file : null;
  const known = file === null ? journal.baseline : knownContent(file, document, journal);
  const recorded = known ?? journal.baseline;
  if (file !== null && known !== null && known.hash !== journal.baseline?.hash) {
    const clean = headsKey(known.heads) === headsKey(document.heads());
    await parts.storage?.rebase({ ...known, chunk: new Uint8Array(), clean });
  }
  parts.logger.info("Notebook brought back from its journal", { notebook: seed.notebookId });
  const baseline = recorded === null ? null : recordedBaseline(recorded, document);
  return {
    document,
    path: isAbsolute(seed.notebookId) ? seed.notebookId : null,
    baseline,
    savedHeads: recorded?.heads ?? [],
    fileGone: file === null && recorded !== null,
    fresh: false,
    outside: known === null ? file : null,
  };
}

/** The record of a content that this program wrote or took in itself. */
function knownContent(
  { hash }: FileContent,
  document: CrdtDocument,
  { baseline, pending }: JournaledNotebook,
): RecordedContent | null {
  if (baseline?.hash === hash) return baseline;
  // A save that landed just before the end; its heads were synced before the file got its place.
  return pending.find((one) => one.hash === hash && document.hasHeads(one.heads)) ?? null;
}

/** Cells without an id in the file have in the document the one that they had when it was recorded. */
function recordedBaseline(recorded: RecordedContent, document: CrdtDocument): Baseline {
  return baselineOf(recorded, (parsed) => withIdsAt(recorded.heads, parsed, document));
}

function withIdsAt(
  heads: readonly string[],
  { notebook, repairs }: ParsedNotebook,
  document: CrdtDocument,
): readonly NotebookCell[] {
  const list = document.get(ROOT, ROOT_KEYS.cells, heads);
  if (repairs.length === 0 || list?.[0] !== "list") return notebook.cells;
  const cells = [...notebook.cells];
  const taken = new Set(cells.map(({ id }) => id));
  for (const { index } of repairs) {
    const cell = cells[index];
    const there = document.get(list[1], index, heads);
    const id = there?.[0] === "map" ? document.get(there[1], CELL_KEYS.id, heads) : null;
    if (cell === undefined || id?.[0] !== "str" || taken.has(id[1])) continue;
    taken.add(id[1]);
    cells[index] = { ...cell, id: id[1] };
  }
  return cells;
}
