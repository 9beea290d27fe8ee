/**
 * What a new notebook starts with.
 *
 * @module
 */

import { NotebookdError } from "../errors.ts";
import type { Notebook } from "./notebook.ts";
import type { Runtime } from "./runtime.ts";
import { type MetadataSnapshot, RUNT_SCHEMA_VERSION, type RuntMetadata } from "./snapshot.ts";

/** Who installs the packages of a Python notebook. */
export type PackageManager = "uv" | "conda" | "pixi";

/** What {@linkcode newNotebookMetadata} is told. */
export interface NewMetadataOptions {
  /** What the notebook runs on. */
  runtime: Runtime;
  /** UUID of the notebook's own environment. */
  envId: string;
  /** Python only: "uv" unless told otherwise. Deno has none, and ignores it. */
  packageManager?: PackageManager;
  /** Python only: packages in the package manager's own notation. */
  dependencies?: readonly string[];
}

/** What {@linkcode newNotebook} is told. */
export interface NewNotebookOptions extends NewMetadataOptions {
  /** Id of the one cell. */
  cellId: string;
}

/** Launching assumes this channel, so it is written down where channels are named. */
const DEFAULT_CHANNEL = "conda-forge";

/**
 * Makes the metadata of a new notebook. It is both the whole metadata and its own snapshot.
 *
 * @throws {NotebookdError} with code `invalid_argument` when packages are named for Deno, whose
 * notebooks import theirs by name.
 *
 * @example
 * ```ts
 * import { newNotebookMetadata } from "@/ipynb/create.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const envId = "8f14e45f-ceea-467f-a0e6-6a1c5e2d7b10";
 * assertEquals(newNotebookMetadata({ runtime: "deno", envId }), {
 *   kernelspec: { name: "deno", display_name: "Deno", language: "typescript" },
 *   language_info: { name: "typescript" },
 *   runt: { schema_version: "1", env_id: envId },
 * });
 * ```
 */
export function newNotebookMetadata(options: NewMetadataOptions): MetadataSnapshot {
  const { runtime, envId, packageManager = "uv", dependencies = [] } = options;
  const runt: RuntMetadata = { schema_version: RUNT_SCHEMA_VERSION, env_id: envId };
  switch (runtime) {
    case "deno":
      if (dependencies.length > 0) throw denoWithDependencies(dependencies.length);
      return {
        kernelspec: { name: "deno", display_name: "Deno", language: "typescript" },
        language_info: { name: "typescript" },
        runt,
      };
    case "python":
      return {
        kernelspec: { name: "python3", display_name: "Python 3", language: "python" },
        language_info: { name: "python" },
        runt: { ...runt, ...newSection(packageManager, [...dependencies]) },
      };
    default: {
      const never: never = runtime;
      throw new NotebookdError(
        "unsupported_runtime",
        `Failed to create a notebook: the runtime "${never}" must be "python" or "deno"`,
      );
    }
  }
}

/**
 * Makes a new notebook: {@linkcode newNotebookMetadata} and one empty code cell.
 *
 * @throws {NotebookdError} with code `invalid_argument` when packages are named for Deno.
 */
export function newNotebook(options: NewNotebookOptions): Notebook {
  return {
    nbformat: 4,
    nbformatMinor: 5,
    cells: [{
      id: options.cellId,
      cellType: "code",
      source: "",
      executionCount: null,
      outputs: [],
      metadata: {},
    }],
    metadata: newNotebookMetadata(options),
    extra: {},
  };
}

function newSection(packageManager: PackageManager, dependencies: string[]): Partial<RuntMetadata> {
  switch (packageManager) {
    case "uv":
      return { uv: { dependencies } };
    case "conda":
      return { conda: { dependencies, channels: [DEFAULT_CHANNEL] } };
    case "pixi":
      return { pixi: { dependencies, channels: [DEFAULT_CHANNEL] } };
    default: {
      const never: never = packageManager;
      throw new NotebookdError(
        "invalid_argument",
        `Failed to create a notebook: the package manager "${never}" must be "uv", "conda" or "pixi"`,
      );
    }
  }
}

function denoWithDependencies(count: number): NotebookdError {
  return new NotebookdError(
    "invalid_argument",
    `Failed to create a Deno notebook: ${count} dependencies were given, and Deno has no list of ` +
      'them; leave them out and import packages by name in cells, such as "npm:lodash"',
  );
}
