/**
 * The metadata snapshot: the part of a notebook's metadata that every client shares as one JSON text
 * in the document, apart from all the other metadata.
 *
 * {@linkcode snapshotOf} and {@linkcode restOfMetadata} split a file's metadata between the two places
 * without loss; {@linkcode mergeMetadata} puts it together again.
 *
 * @module
 */

import { isJsonObject, type JsonObject, type JsonValue } from "../json.ts";
import { scanJson } from "./scan.ts";
import {
  DEPENDENCY_SECTIONS,
  fitsShape,
  KERNELSPEC_SHAPE,
  LANGUAGE_INFO_SHAPE,
  RUNT_SECTIONS,
  type RuntSection,
} from "./shape.ts";

/** The known fields of a snapshot, keys as on the wire. Unknown keys may stand beside them. */
export type MetadataSnapshot = {
  /** The kernel the notebook was made for. */
  kernelspec?: { name: string; display_name: string; language?: string };
  /** The language, as the kernel gave it. */
  language_info?: { name: string; version?: string };
  /** What belongs to the environment. */
  runt: RuntMetadata;
};

/** The known fields of `runt`. */
export type RuntMetadata = {
  /** "1" today. */
  schema_version: string;
  /** UUID of the notebook's own environment. */
  env_id?: string;
  /** PEP 508 requirements, installed by uv. */
  uv?: { dependencies: string[]; "requires-python"?: string };
  /** Conda match specs. */
  conda?: { dependencies: string[]; channels: string[]; python?: string };
  /** Conda match specs, installed by pixi. */
  pixi?: { dependencies: string[]; channels: string[]; python?: string };
  /** How Deno runs. */
  deno?: {
    permissions?: string[];
    import_map?: string;
    config?: string;
    flexible_npm_imports?: boolean;
  };
  /** "hmac-sha256:" and 64 hex digits. */
  trust_signature?: string;
  /** When it was signed, RFC 3339. */
  trust_timestamp?: string;
};

/** The `schema_version` of a `runt` that has none of its own. */
export const RUNT_SCHEMA_VERSION = "1";

/** As deep as a notebook may nest: a snapshot that a client wrote gets no more. */
const MAX_SNAPSHOT_DEPTH = 1000;

const SNAPSHOT_KEYS = ["kernelspec", "language_info", "runt"];
const KERNELSPEC_KEYS = Object.keys(KERNELSPEC_SHAPE);
const LANGUAGE_INFO_KEYS = Object.keys(LANGUAGE_INFO_SHAPE);
const RUNT_TEXTS = ["schema_version", "env_id", "trust_signature", "trust_timestamp"];
const RUNT_KEYS = [
  "schema_version",
  "env_id",
  ...Object.keys(RUNT_SECTIONS),
  "trust_signature",
  "trust_timestamp",
];

/**
 * Takes the snapshot out of a notebook's metadata. A part whose known fields don't fit is left out,
 * since one misfit makes a v2 client parse nothing; it is then in {@linkcode restOfMetadata}. Unknown
 * keys inside the parts stay: readers ignore them, and the document has no other place for them.
 * `runt` is always there. Where the file has no `runt`, top-level `uv` and `conda` of older notebooks
 * are taken as its sections.
 *
 * @param metadata The whole metadata of a notebook.
 * @returns A new object with the keys in their order on the wire. Inside a section of `runt` the
 * file's order stays, as existing signatures may cover it.
 *
 * @example
 * ```ts
 * import { restOfMetadata, snapshotOf } from "@/ipynb/snapshot.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const metadata = { colab: {}, kernelspec: { display_name: "R", name: "ir" } };
 * assertEquals(snapshotOf(metadata), {
 *   kernelspec: { name: "ir", display_name: "R" },
 *   runt: { schema_version: "1" },
 * });
 * assertEquals(restOfMetadata(metadata), { colab: {} });
 * ```
 */
export function snapshotOf(metadata: JsonObject): JsonObject {
  const { kernelspec, language_info, runt } = metadata;
  const parts: JsonObject = {};
  if (fitsShape(kernelspec, KERNELSPEC_SHAPE)) {
    parts.kernelspec = ordered(kernelspec, KERNELSPEC_KEYS);
  }
  if (fitsShape(language_info, LANGUAGE_INFO_SHAPE)) {
    parts.language_info = ordered(language_info, LANGUAGE_INFO_KEYS);
  }
  const source = isJsonObject(runt) ? runt : olderSections(metadata);
  const fitting = Object.entries(source).filter(([key, value]) => fitsRunt(key, value));
  const base = { schema_version: RUNT_SCHEMA_VERSION };
  parts.runt = ordered({ ...base, ...Object.fromEntries(fitting) }, RUNT_KEYS);
  return parts;
}

/**
 * Gives the metadata that isn't in {@linkcode snapshotOf}: every other key, and of kernelspec,
 * language_info and runt what the snapshot had to leave out.
 *
 * @param metadata The whole metadata of a notebook.
 * @returns A new object in the file's order of keys.
 */
export function restOfMetadata(metadata: JsonObject): JsonObject {
  const entries = Object.entries(metadata).flatMap(([key, value]): [string, JsonValue][] => {
    if (key === "kernelspec" && fitsShape(value, KERNELSPEC_SHAPE)) return [];
    if (key === "language_info" && fitsShape(value, LANGUAGE_INFO_SHAPE)) return [];
    if (key !== "runt" || !isJsonObject(value)) return [[key, value]];
    const misfits = Object.entries(value).filter(([name, part]) => !fitsRunt(name, part));
    return misfits.length === 0 ? [] : [[key, Object.fromEntries(misfits)]];
  });
  return Object.fromEntries(entries);
}

/**
 * Puts a notebook's metadata together from its two places in the document. Trust is computed over
 * this: the snapshot alone lacks a section with wrong types, which must not pass for no section.
 *
 * @param rest What {@linkcode restOfMetadata} gave, or what the document has in its place.
 * @param snapshot What {@linkcode snapshotOf} gave, or what a client made of it; it wins.
 */
export function mergeMetadata(rest: JsonObject, snapshot: JsonObject): JsonObject {
  const merged = { ...rest, ...snapshot };
  if (isJsonObject(rest.runt) && isJsonObject(snapshot.runt)) {
    merged.runt = { ...rest.runt, ...snapshot.runt };
  }
  return merged;
}

/** Writes a snapshot as the text that the document holds, its keys in their order on the wire. */
export function serialiseSnapshot(snapshot: JsonObject): string {
  const { kernelspec, language_info, runt } = snapshot;
  const parts: JsonObject = { ...snapshot };
  if (isJsonObject(kernelspec)) parts.kernelspec = ordered(kernelspec, KERNELSPEC_KEYS);
  if (isJsonObject(language_info)) parts.language_info = ordered(language_info, LANGUAGE_INFO_KEYS);
  if (isJsonObject(runt)) parts.runt = ordered(runt, RUNT_KEYS);
  return JSON.stringify(ordered(parts, SNAPSHOT_KEYS));
}

/**
 * Reads the text of a snapshot. It may come from any client, so whatever isn't the JSON of an object,
 * or nests without sense, gives the snapshot of empty metadata.
 */
export function parseSnapshot(text: string): JsonObject {
  const empty = snapshotOf({});
  if (scanJson(new TextEncoder().encode(text), MAX_SNAPSHOT_DEPTH).tooDeepAt !== null) return empty;
  try {
    const value: unknown = JSON.parse(text);
    return isJsonObject(value) ? value : empty;
  } catch (cause) {
    if (cause instanceof SyntaxError) return empty;
    throw cause;
  }
}

/** Where there is no `runt`, the sections of older notebooks stand at the top. */
function olderSections(metadata: JsonObject): JsonObject {
  const older = DEPENDENCY_SECTIONS.filter((name) =>
    name !== "pixi" && metadata[name] !== undefined
  );
  return Object.fromEntries(older.map((name) => [name, metadata[name] ?? null]));
}

/** Whether an entry of `runt` can stand in the snapshot. */
function fitsRunt(key: string, value: JsonValue): boolean {
  if (RUNT_TEXTS.includes(key)) return typeof value === "string";
  if (!Object.hasOwn(RUNT_SECTIONS, key)) return true;
  return fitsShape(value, RUNT_SECTIONS[key as RuntSection]);
}

/** The object with these keys first, in this order, and the others after them in theirs. */
function ordered(object: JsonObject, keys: readonly string[]): JsonObject {
  const first = keys.filter((key) => Object.hasOwn(object, key));
  const others = Object.keys(object).filter((key) => !keys.includes(key));
  return Object.fromEntries([...first, ...others].map((key) => [key, object[key] ?? null]));
}
