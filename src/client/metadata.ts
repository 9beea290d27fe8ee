/**
 * The notebook's metadata: in the document it is in two places, here it is one object.
 *
 * @module
 */
import type { NotebookMetadata } from "../doc/snapshot.ts";
import type { PackageManager } from "../handshake/runtime.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../json.ts";

/** Version of the layout of `runt`; a v2 client parses no snapshot without it. */
const RUNT_SCHEMA_VERSION = "1";

/** The fields that each key of the snapshot must have as text, or it can't be in there. */
const SNAPSHOT_KEYS: Readonly<Record<string, readonly string[]>> = {
  kernelspec: ["name", "display_name"],
  language_info: ["name"],
  runt: [],
};

/**
 * Gives the metadata as a notebook's file has it.
 *
 * @param metadata The parts, as the document has them.
 */
export function mergedMetadata(
  metadata: Pick<NotebookMetadata, "snapshot" | "notebook">,
): JsonObject {
  return { ...metadata.notebook, ...parseSnapshot(metadata.snapshot) };
}

/**
 * Tells whether a key of the metadata with this value belongs into the snapshot.
 *
 * @param key The key.
 * @param value Its value; undefined where it is to be removed.
 */
export function belongsInSnapshot(key: string, value: JsonValue | undefined): boolean {
  const required = Object.hasOwn(SNAPSHOT_KEYS, key) ? SNAPSHOT_KEYS[key] : undefined;
  if (required === undefined || !isJsonObject(value)) return false;
  return required.every((field) => typeof value[field] === "string");
}

/** Tells whether a key of the metadata can be in the snapshot at all. */
export function isSnapshotKey(key: string): boolean {
  return Object.hasOwn(SNAPSHOT_KEYS, key);
}

/**
 * Sets a key of the snapshot.
 *
 * @param text The snapshot's JSON text, or null where there is none yet.
 * @param key The key.
 * @param value Its value; undefined removes it.
 * @returns The new text.
 */
export function withSnapshotKey(
  text: string | null,
  key: string,
  value: JsonObject | undefined,
): string {
  const { [key]: _, ...rest } = parseSnapshot(text);
  const snapshot = value === undefined ? rest : { ...rest, [key]: value };
  return JSON.stringify(ordered(snapshot));
}

/**
 * Sets the dependencies of one tool; its other settings stay.
 *
 * @param text The snapshot's JSON text, or null where there is none yet.
 * @param manager The tool.
 * @param dependencies What the notebook needs, each as the tool writes it.
 * @param channels For conda and pixi: where packages come from; left out, they stay.
 * @returns The new text.
 *
 * @example
 * ```ts
 * import { withDependencies } from "@/client/metadata.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(
 *   withDependencies(null, "uv", ["pandas>=2"]),
 *   '{"runt":{"schema_version":"1","uv":{"dependencies":["pandas>=2"]}}}',
 * );
 * ```
 */
export function withDependencies(
  text: string | null,
  manager: PackageManager,
  dependencies: readonly string[],
  channels?: readonly string[],
): string {
  const runt = objectIn(parseSnapshot(text), "runt");
  const section: JsonObject = { ...objectIn(runt, manager), dependencies: [...dependencies] };
  if (channels !== undefined) section.channels = [...channels];
  return withSnapshotKey(text, "runt", { ...runt, [manager]: section });
}

function parseSnapshot(text: string | null): JsonObject {
  if (text === null) return {};
  try {
    const snapshot: unknown = JSON.parse(text);
    return isJsonObject(snapshot) ? snapshot : {};
  } catch {
    // Another client may have written anything; then there is nothing to build on.
    return {};
  }
}

function objectIn(object: JsonObject, key: string): JsonObject {
  const value = Object.hasOwn(object, key) ? object[key] : undefined;
  return isJsonObject(value) ? value : {};
}

/** `runt` is always there, with its version first; the keys come in the protocol's order. */
function ordered(snapshot: JsonObject): JsonObject {
  const { kernelspec, language_info, runt: _, ...rest } = snapshot;
  const runt = objectIn(snapshot, "runt");
  return {
    ...(kernelspec === undefined ? {} : { kernelspec }),
    ...(language_info === undefined ? {} : { language_info }),
    runt: { schema_version: RUNT_SCHEMA_VERSION, ...runt },
    ...rest,
  };
}
