/**
 * The known parts of a notebook's metadata, and which types their fields have.
 *
 * A v2 client reads the snapshot into structs and parses none of it when one known field has a wrong
 * type. So a part enters the snapshot only if it fits. Fields that no shape names are always allowed.
 *
 * @module
 */

import { isJsonObject, type JsonObject } from "../json.ts";

/** Type of a field. Where it is optional, null counts as absent; a list may be absent but not null. */
export type FieldType = "text" | "optional text" | "optional flag" | "optional list of texts";

/** The known fields of one part. */
export type Shape = Readonly<Record<string, FieldType>>;

/** `metadata.kernelspec`. */
export const KERNELSPEC_SHAPE: Shape = {
  name: "text",
  display_name: "text",
  language: "optional text",
};

/** `metadata.language_info`. */
export const LANGUAGE_INFO_SHAPE: Shape = { name: "text", version: "optional text" };

/** The sections of `metadata.runt`, in the order of the snapshot. */
export const RUNT_SECTIONS = {
  uv: { dependencies: "optional list of texts", "requires-python": "optional text" },
  conda: {
    dependencies: "optional list of texts",
    channels: "optional list of texts",
    python: "optional text",
  },
  pixi: {
    dependencies: "optional list of texts",
    pypi_dependencies: "optional list of texts",
    channels: "optional list of texts",
    python: "optional text",
  },
  deno: {
    permissions: "optional list of texts",
    import_map: "optional text",
    config: "optional text",
    flexible_npm_imports: "optional flag",
  },
} as const satisfies Record<string, Shape>;

/** Name of a section of `metadata.runt`. */
export type RuntSection = keyof typeof RUNT_SECTIONS;

/** The sections that name packages to install, in the order of existing signatures. */
export const DEPENDENCY_SECTIONS = ["uv", "conda", "pixi"] as const satisfies RuntSection[];

/** Name of a section that names packages to install. */
export type DependencySection = typeof DEPENDENCY_SECTIONS[number];

/** Tells whether a value is an object whose known fields have the types of the shape. */
export function fitsShape(value: unknown, shape: Shape): value is JsonObject {
  if (!isJsonObject(value)) return false;
  return Object.entries(shape).every(([field, type]) => fitsType(value[field], type));
}

function fitsType(value: unknown, type: FieldType): boolean {
  switch (type) {
    case "text":
      return typeof value === "string";
    case "optional text":
      return value === undefined || value === null || typeof value === "string";
    case "optional flag":
      return value === undefined || value === null || typeof value === "boolean";
    case "optional list of texts":
      return value === undefined ||
        (Array.isArray(value) && value.every((item) => typeof item === "string"));
    default: {
      const never: never = type;
      throw new TypeError(`Unknown field type "${never}"`);
    }
  }
}
