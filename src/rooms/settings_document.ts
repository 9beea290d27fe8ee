/**
 * The settings as an Automerge document that clients share.
 *
 * @module
 */

import { CrdtDocument, type ObjectId, ROOT, type Scalar } from "../doc/crdt_document.ts";
import { objectAt } from "../doc/snapshot.ts";
import type { JsonObject, JsonValue } from "../json.ts";

/** How each setting at the root stands in the document. */
const SCALARS = {
  theme: "str",
  default_runtime: "str",
  default_python_env: "str",
  keep_alive_secs: "int",
  onboarding_completed: "boolean",
} as const;

/** The maps that hold a list of package names. */
const PACKAGE_MAPS = ["uv", "conda"] as const;

const PACKAGES = "default_packages";

/** Makes the first change of every settings document, so that all of them share it. */
const GENESIS_ACTOR = "6e6f7465626f6f6b642d736574740001";

/** Begins the settings document. It begins alike in every run and on every machine. */
export function beginSettingsDocument(): CrdtDocument {
  using genesis = CrdtDocument.create({ actor: GENESIS_ACTOR });
  for (const key of PACKAGE_MAPS) {
    genesis.makeObject(genesis.makeObject(ROOT, key, "map"), PACKAGES, "list");
  }
  genesis.commit();
  return genesis.fork();
}

/** Reads what the document says; what a client damaged is left out. */
export function readSettings(document: CrdtDocument): JsonObject {
  const settings: JsonObject = {};
  for (const [key, type] of Object.entries(SCALARS)) {
    const value = document.get(ROOT, key);
    if (value !== null && isOfType(value, type)) settings[key] = value[1];
  }
  for (const key of PACKAGE_MAPS) {
    const list = packageList(document, key);
    if (list !== null) settings[key] = { [PACKAGES]: readStrings(document, list) };
  }
  return settings;
}

/**
 * Puts values into the document; those that are there already are left alone.
 *
 * @returns Whether the document changed.
 */
export function writeSettings(document: CrdtDocument, values: JsonObject): boolean {
  const now = readSettings(document);
  for (const [key, value] of Object.entries(values)) {
    if (JSON.stringify(now[key]) !== JSON.stringify(value)) write(document, key, value);
  }
  return document.commit();
}

function write(document: CrdtDocument, key: string, value: JsonValue): void {
  const scalar = toScalar(key, value);
  if (scalar !== null) document.put(ROOT, key, scalar);
  else if (isPackageMap(key)) writePackages(document, key, value);
}

function toScalar(key: string, value: JsonValue): Scalar | null {
  if (!Object.hasOwn(SCALARS, key)) return null;
  const type = SCALARS[key as keyof typeof SCALARS];
  if (type === "int" && typeof value === "number") return ["int", Math.round(value)];
  if (type === "str" && typeof value === "string") return ["str", value];
  if (type === "boolean" && typeof value === "boolean") return ["boolean", value];
  return null;
}

function writePackages(document: CrdtDocument, key: string, value: JsonValue): void {
  const names = (value as JsonObject)[PACKAGES];
  const list = packageList(document, key) ?? makePackageList(document, key);
  for (let index = document.length(list) - 1; index >= 0; index--) document.delete(list, index);
  if (!Array.isArray(names)) return;
  names.forEach((name, index) => document.insert(list, index, ["str", String(name)]));
}

function makePackageList(document: CrdtDocument, key: string): ObjectId {
  const map = objectAt(document, ROOT, key, "map") ?? document.makeObject(ROOT, key, "map");
  return document.makeObject(map, PACKAGES, "list");
}

function packageList(document: CrdtDocument, key: string): ObjectId | null {
  const map = objectAt(document, ROOT, key, "map");
  return map === null ? null : objectAt(document, map, PACKAGES, "list");
}

function readStrings(document: CrdtDocument, list: ObjectId): string[] {
  const strings: string[] = [];
  for (let index = 0; index < document.length(list); index++) {
    const value = document.get(list, index);
    if (value?.[0] === "str") strings.push(value[1]);
  }
  return strings;
}

function isOfType(
  value: readonly [string, unknown],
  type: string,
): value is readonly [string, string | number | boolean] {
  return value[0] === type && typeof value[1] !== "bigint";
}

function isPackageMap(key: string): key is typeof PACKAGE_MAPS[number] {
  return PACKAGE_MAPS.some((name) => name === key);
}
