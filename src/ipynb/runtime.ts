/**
 * What a notebook runs on.
 *
 * @module
 */

import { isJsonObject, type JsonObject, type JsonValue } from "../json.ts";

/** The runtimes that this project launches. */
export type Runtime = "python" | "deno";

/**
 * Tells which of the launchable runtimes a notebook is for: the kernelspec's name contains "deno" or
 * "python"; else the kernelspec's language; else language_info's name.
 *
 * @param metadata The whole metadata, or a snapshot.
 * @returns The runtime, or null for a notebook in another language.
 */
export function detectRuntime(metadata: JsonObject): Runtime | null {
  const kernelspec = isJsonObject(metadata.kernelspec) ? metadata.kernelspec : {};
  const language = isJsonObject(metadata.language_info) ? metadata.language_info : {};
  const kernel = lowerCase(kernelspec.name);
  if (kernel.includes("deno")) return "deno";
  if (kernel.includes("python")) return "python";
  return runtimeOfLanguage(kernelspec.language) ?? runtimeOfLanguage(language.name);
}

/**
 * Gives the document's `metadata.runtime`: {@linkcode detectRuntime}, and "python" where that knows
 * none. v2 clients know these two values only, so another language doesn't show here but in the
 * kernelspec.
 */
export function runtimeOf(metadata: JsonObject): Runtime {
  return detectRuntime(metadata) ?? "python";
}

function runtimeOfLanguage(language: JsonValue | undefined): Runtime | null {
  switch (lowerCase(language)) {
    case "python":
      return "python";
    case "typescript":
    case "javascript":
      return "deno";
    default:
      return null;
  }
}

function lowerCase(value: JsonValue | undefined): string {
  return typeof value === "string" ? value.toLowerCase() : "";
}
