/**
 * What a notebook's environment is made from, read out of the metadata with types checked.
 *
 * @module
 */

import { isJsonObject, type JsonObject, type JsonValue } from "../json.ts";
import { fitsShape, RUNT_SECTIONS, type RuntSection } from "./shape.ts";

/** The sections of `runt` that are there and well-typed. */
export interface Dependencies {
  /** For uv. */
  uv?: UvDependencies;
  /** For conda. */
  conda?: CondaDependencies;
  /** For pixi. */
  pixi?: PixiDependencies;
  /** For Deno. */
  deno?: DenoOptions;
}

/** Packages from a Python index. */
export interface UvDependencies {
  /** PEP 508 requirements. */
  dependencies: string[];
  /** Version specifier of Python, such as ">=3.10". */
  requiresPython?: string;
}

/** Packages from conda channels. */
export interface CondaDependencies {
  /** Conda match specs. */
  dependencies: string[];
  /** Channels, the first one first. */
  channels: string[];
  /** Version of Python. */
  python?: string;
}

/** Packages from conda channels and from a Python index. */
export interface PixiDependencies extends CondaDependencies {
  /** PEP 508 requirements. */
  pypiDependencies: string[];
}

/** How Deno runs a notebook. */
export interface DenoOptions {
  /** Permission flags, such as "--allow-read". */
  permissions: string[];
  /** Path of an import map. */
  importMap?: string;
  /** Path of a deno.json. */
  config?: string;
  /** Whether npm packages may be fetched without being installed first. */
  flexibleNpmImports?: boolean;
}

/**
 * Reads the sections of `runt`. A section with a field of a wrong type is left out as a whole: half
 * of what someone wrote down must not be installed.
 *
 * @param snapshot The snapshot, or any metadata with `runt`.
 *
 * @example
 * ```ts
 * import { readDependencies } from "@/ipynb/dependencies.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const snapshot = { runt: { uv: { dependencies: ["numpy"], "requires-python": ">=3.10" } } };
 * assertEquals(readDependencies(snapshot), {
 *   uv: { dependencies: ["numpy"], requiresPython: ">=3.10" },
 * });
 * ```
 */
export function readDependencies(snapshot: JsonObject): Dependencies {
  const runt = isJsonObject(snapshot.runt) ? snapshot.runt : {};
  const uv = section(runt, "uv");
  const conda = section(runt, "conda");
  const pixi = section(runt, "pixi");
  const deno = section(runt, "deno");
  return {
    ...(uv === null ? {} : { uv: readUv(uv) }),
    ...(conda === null ? {} : { conda: readConda(conda) }),
    ...(pixi === null ? {} : {
      pixi: { ...readConda(pixi), pypiDependencies: texts(pixi.pypi_dependencies) },
    }),
    ...(deno === null ? {} : { deno: readDeno(deno) }),
  };
}

function section(runt: JsonObject, name: RuntSection): JsonObject | null {
  const value = runt[name];
  return fitsShape(value, RUNT_SECTIONS[name]) ? value : null;
}

function readUv(uv: JsonObject): UvDependencies {
  const requiresPython = uv["requires-python"];
  return {
    dependencies: texts(uv.dependencies),
    ...(typeof requiresPython === "string" ? { requiresPython } : {}),
  };
}

function readConda(conda: JsonObject): CondaDependencies {
  const { python } = conda;
  return {
    dependencies: texts(conda.dependencies),
    channels: texts(conda.channels),
    ...(typeof python === "string" ? { python } : {}),
  };
}

function readDeno(deno: JsonObject): DenoOptions {
  const { import_map: importMap, config, flexible_npm_imports: flexibleNpmImports } = deno;
  return {
    permissions: texts(deno.permissions),
    ...(typeof importMap === "string" ? { importMap } : {}),
    ...(typeof config === "string" ? { config } : {}),
    ...(typeof flexibleNpmImports === "boolean" ? { flexibleNpmImports } : {}),
  };
}

/** A list whose type the shape has checked; an absent one is empty. */
function texts(value: JsonValue | undefined): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];
}
