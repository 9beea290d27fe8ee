/**
 * Whether a notebook's dependencies may be installed without asking.
 *
 * @module
 */

import {
  DEPENDENCY_SECTIONS,
  type DependencySection,
  fitsShape,
  RUNT_SECTIONS,
} from "../ipynb/shape.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../json.ts";
import type { TrustStatus } from "../wire/responses.ts";
import { signedSections, verifyDependencies } from "./signature.ts";

/** What a section asks for. A malformed one may ask for anything. */
type Demand = "nothing" | "packages" | "malformed";

/**
 * Computes the verdict on the dependencies that a notebook has now. It fails closed: a section with
 * wrong types is never trusted, and never counts as no dependencies.
 *
 * @param metadata The whole metadata as `mergeMetadata` gives it. A snapshot will do where nothing
 * else is known.
 * @param key This machine's trust key, 32 bytes.
 * @throws {NotebookdError} with code `invalid_argument` when a signature has to be checked and the
 * key has another length.
 *
 * @example
 * ```ts
 * import { trustVerdict } from "@/trust/verdict.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const key = new Uint8Array(32);
 * assertEquals(await trustVerdict({ runt: { uv: { dependencies: ["numpy"] } } }, key), "untrusted");
 * assertEquals(await trustVerdict({ runt: { uv: { dependencies: [] } } }, key), "no_dependencies");
 * ```
 */
export async function trustVerdict(metadata: JsonObject, key: Uint8Array): Promise<TrustStatus> {
  const sections = signedSections(metadata);
  const demands = DEPENDENCY_SECTIONS.map((name) => demandOf(name, sections[name]));
  if (demands.every((demand) => demand === "nothing")) return "no_dependencies";
  const signature = isJsonObject(metadata.runt) ? metadata.runt.trust_signature : undefined;
  if (signature === undefined || signature === null) return "untrusted";
  if (typeof signature !== "string" || demands.includes("malformed")) return "signature_invalid";
  return await verifyDependencies(metadata, signature, key) ? "trusted" : "signature_invalid";
}

/** Tells whether a person must approve the dependencies before they are installed. */
export function needsTrustApproval(status: TrustStatus): boolean {
  return status === "untrusted" || status === "signature_invalid";
}

function demandOf(name: DependencySection, section: JsonValue | undefined): Demand {
  if (section === undefined) return "nothing";
  if (!fitsShape(section, RUNT_SECTIONS[name])) return "malformed";
  const lists = [section.dependencies, section.pypi_dependencies];
  return lists.some((list) => list !== undefined && !isEmptyList(list)) ? "packages" : "nothing";
}

function isEmptyList(value: JsonValue): boolean {
  return Array.isArray(value) && value.length === 0;
}
