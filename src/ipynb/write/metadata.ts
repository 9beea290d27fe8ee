/**
 * The notebook's metadata as a whole, before and after: the two places that a document has for them,
 * put together again.
 *
 * @module
 */

import { isJsonObject, type JsonObject, type JsonValue } from "../../json.ts";
import { scanJson } from "../scan.ts";
import { KERNELSPEC_SHAPE, LANGUAGE_INFO_SHAPE, RUNT_SECTIONS } from "../shape.ts";
import { mergeMetadata } from "../snapshot.ts";
import { equalJson } from "./equal.ts";
import type { NotebookState } from "./state.ts";

/** The metadata that a save compares. */
export interface MetadataChange {
  /** What the document held for the file's metadata. */
  readonly before: JsonObject;
  /** What the file's metadata are to be. */
  readonly after: JsonObject;
}

/** The known keys of a part of the snapshot, and of the parts in it. */
interface Known {
  readonly keys: ReadonlySet<string>;
  readonly parts?: Readonly<Record<string, Known>>;
}

/** A client's text that nests deeper than a notebook may isn't taken for a snapshot. */
const MAX_SNAPSHOT_DEPTH = 900;

/** The sections that older notebooks have at the top of the metadata. */
const OLDER_SECTIONS = ["uv", "conda"] as const;
type OlderSection = typeof OLDER_SECTIONS[number];

const UV = knownOf(Object.keys(RUNT_SECTIONS.uv));
const CONDA = knownOf(Object.keys(RUNT_SECTIONS.conda));

/**
 * What a v2 client keeps when it writes the snapshot anew. Everything else it drops without meaning
 * to, `pixi` among it, so a save takes nothing else for removed.
 */
const SNAPSHOT: Known = {
  keys: new Set(["kernelspec", "language_info", "runt"]),
  parts: {
    kernelspec: knownOf(Object.keys(KERNELSPEC_SHAPE)),
    language_info: knownOf(Object.keys(LANGUAGE_INFO_SHAPE)),
    runt: {
      keys: new Set([
        "schema_version",
        "env_id",
        "uv",
        "conda",
        "deno",
        "trust_signature",
        "trust_timestamp",
      ]),
      parts: {
        uv: UV,
        conda: CONDA,
        deno: knownOf(Object.keys(RUNT_SECTIONS.deno)),
        pixi: knownOf(Object.keys(RUNT_SECTIONS.pixi)),
      },
    },
  },
};

/**
 * Gives the metadata before and after. Unknown keys of the snapshot's parts stay although the
 * snapshot now lacks them; a known one goes if the snapshot had it before and lacks it now. A text
 * that isn't a snapshot changes nothing.
 *
 * Where the file has no `runt`, an older notebook's `uv` and `conda` are edited where they are, and
 * `runt` is written, whole, only when something else of it changes. A section that is removed goes
 * from both places, or the one left would count as dependencies again.
 *
 * @param baseline What the document held for the file.
 * @param current What it holds now.
 * @param fileHasRunt Whether the file's metadata has an object under `runt`.
 */
export function metadataChange(
  baseline: NotebookState,
  current: NotebookState,
  fileHasRunt: boolean,
): MetadataChange {
  const oldSnapshot = readSnapshot(baseline.snapshot) ?? {};
  const newSnapshot = keepUnknown(
    oldSnapshot,
    readSnapshot(current.snapshot) ?? oldSnapshot,
    SNAPSHOT,
  );
  const before = mergeMetadata(baseline.metadata, oldSnapshot);
  const after = mergeMetadata(current.metadata, newSnapshot);
  for (const key of ["kernelspec", "language_info"]) {
    // A part that didn't fit the snapshot before, and was replaced by one that does.
    const [old, now, known] = [before[key], after[key], SNAPSHOT.parts?.[key]];
    if (newSnapshot[key] === undefined || known === undefined) continue;
    if (isJsonObject(old) && isJsonObject(now)) after[key] = keepUnknown(old, now, known);
  }
  const sections = OLDER_SECTIONS.filter((name) => baseline.metadata[name] !== undefined);
  if (fileHasRunt) removeOlder(sections, { before, after });
  else editOlder(sections, { before, after });
  return { before, after };
}

/** Reads the text of a snapshot; null where it isn't one. */
export function readSnapshot(text: string | null): JsonObject | null {
  if (text === null) return null;
  const bytes = new TextEncoder().encode(text);
  if (scanJson(bytes, MAX_SNAPSHOT_DEPTH).tooDeepAt !== null) return null;
  try {
    const value: unknown = JSON.parse(text);
    return isJsonObject(value) ? value : null;
  } catch (cause) {
    if (cause instanceof SyntaxError) return null;
    throw cause;
  }
}

/** The snapshot as it is now, with what the one before had and no v2 client knows. */
function keepUnknown(before: JsonObject, now: JsonObject, known: Known): JsonObject {
  const result = new Map<string, JsonValue>();
  for (const [key, value] of Object.entries(now)) {
    // Absent parts are left out; a client that writes null instead means the same.
    const nulled = value === null && known.keys.has(key) && before[key] !== null;
    if (!nulled) result.set(key, value);
  }
  for (const [key, old] of Object.entries(before)) {
    const value = result.get(key);
    if (value === undefined && !known.keys.has(key)) result.set(key, old);
    const part = known.parts !== undefined && Object.hasOwn(known.parts, key)
      ? known.parts[key]
      : undefined;
    if (part === undefined || !isJsonObject(old)) continue;
    if (isJsonObject(value)) result.set(key, keepUnknown(old, value, part));
    else if (value === undefined && known.keys.has(key)) {
      const rest = keepUnknown(old, {}, part);
      if (Object.keys(rest).length > 0) result.set(key, rest);
    }
  }
  return Object.fromEntries(result);
}

/** Takes a section that was removed from `runt` out of its older place as well. */
function removeOlder(sections: readonly OlderSection[], { before, after }: MetadataChange): void {
  const [oldRunt, newRunt] = [runtOf(before), runtOf(after)];
  for (const name of sections) {
    if (oldRunt[name] === undefined || newRunt[name] !== undefined) continue;
    const old = after[name];
    const rest = isJsonObject(old) ? keepUnknown(old, {}, knownSection(name)) : {};
    if (Object.keys(rest).length > 0) after[name] = rest;
    else delete after[name];
  }
}

/** Edits sections in their older place, and takes `runt` for unchanged if nothing else of it is. */
function editOlder(sections: readonly OlderSection[], { before, after }: MetadataChange): void {
  const [oldRunt, newRunt] = [runtOf(before), runtOf(after)];
  for (const name of sections) {
    const [old, now] = [oldRunt[name], newRunt[name]];
    if (old === undefined || equalJson(old, now)) continue;
    before[name] = old;
    if (now === undefined) delete after[name];
    else after[name] = now;
  }
  if (!equalJson(without(oldRunt, sections), without(newRunt, sections))) return;
  delete before.runt;
  delete after.runt;
}

function runtOf({ runt }: JsonObject): JsonObject {
  return isJsonObject(runt) ? runt : {};
}

function without(object: JsonObject, keys: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([key]) => !keys.includes(key)));
}

function knownSection(name: OlderSection): Known {
  return name === "uv" ? UV : CONDA;
}

function knownOf(keys: readonly string[]): Known {
  return { keys: new Set(keys) };
}
