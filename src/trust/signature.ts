/**
 * What is signed when a person trusts a notebook's dependencies, and with what.
 *
 * @module
 */

import { NotebookdError } from "../errors.ts";
import { DEPENDENCY_SECTIONS, type DependencySection } from "../ipynb/shape.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../json.ts";
import { canonicalJson, compactJson } from "./canonical.ts";

/** Bytes of a trust key. */
export const TRUST_KEY_BYTES = 32;

const PREFIX = "hmac-sha256:";

/**
 * Gives the sections that trust is about: `runt.uv`, `runt.conda` and `runt.pixi`; for a missing uv or
 * conda the one that older notebooks have at the top of the metadata. Null counts as missing.
 *
 * A notebook without pixi is thus signed over the same object as by builds that don't know pixi.
 *
 * @param metadata The whole metadata of a notebook, or a snapshot.
 * @returns The sections as they stand, whatever their type, in the order uv, conda, pixi.
 */
export function signedSections(
  metadata: JsonObject,
): Partial<Record<DependencySection, JsonValue>> {
  const runt = isJsonObject(metadata.runt) ? metadata.runt : {};
  const found: Partial<Record<DependencySection, JsonValue>> = {};
  for (const name of DEPENDENCY_SECTIONS) {
    const section = runt[name] ?? (name === "pixi" ? undefined : metadata[name]);
    if (section !== undefined && section !== null) found[name] = section;
  }
  return found;
}

/**
 * Signs the dependencies of a notebook.
 *
 * @param metadata The whole metadata of a notebook, or a snapshot.
 * @param key This machine's trust key, {@linkcode TRUST_KEY_BYTES} bytes.
 * @returns "hmac-sha256:" and 64 hex digits, for `runt.trust_signature`.
 * @throws {NotebookdError} with code `invalid_argument` when the key has another length.
 *
 * @example
 * ```ts
 * import { signDependencies, verifyDependencies } from "@/trust/signature.ts";
 * import { assert } from "@std/assert";
 *
 * const key = crypto.getRandomValues(new Uint8Array(32));
 * const metadata = { runt: { uv: { dependencies: ["numpy"] } } };
 * const signature = await signDependencies(metadata, key);
 * assert(await verifyDependencies(metadata, signature, key));
 * ```
 */
export async function signDependencies(metadata: JsonObject, key: Uint8Array): Promise<string> {
  const signed = new TextEncoder().encode(canonicalJson(signedSections(metadata)));
  const mac = await crypto.subtle.sign("HMAC", await importKey(key, "sign"), signed);
  return PREFIX + new Uint8Array(mac).toHex();
}

/**
 * Checks a signature against the dependencies that a notebook has now. Existing builds sign with keys
 * sorted at every level, or as stored; either is accepted. The comparison takes the same time
 * wherever two signatures differ.
 *
 * @param metadata The whole metadata of a notebook, or a snapshot.
 * @param signature What is in `runt.trust_signature`.
 * @param key This machine's trust key, {@linkcode TRUST_KEY_BYTES} bytes.
 * @throws {NotebookdError} with code `invalid_argument` when the key has another length.
 */
export async function verifyDependencies(
  metadata: JsonObject,
  signature: string,
  key: Uint8Array,
): Promise<boolean> {
  const hmacKey = await importKey(key, "verify");
  const hex = /^hmac-sha256:([0-9A-Fa-f]{64})$/.exec(signature)?.[1];
  if (hex === undefined) return false;
  const mac = Uint8Array.fromHex(hex);
  const sections = signedSections(metadata);
  const verdicts = await Promise.all(
    [canonicalJson(sections), compactJson(sections)].map((text) =>
      crypto.subtle.verify("HMAC", hmacKey, mac, new TextEncoder().encode(text))
    ),
  );
  return verdicts.includes(true);
}

function importKey(key: Uint8Array, usage: "sign" | "verify"): Promise<CryptoKey> {
  if (key.length !== TRUST_KEY_BYTES) {
    throw new NotebookdError(
      "invalid_argument",
      `Failed to use the trust key: it has ${key.length} bytes and must have ${TRUST_KEY_BYTES}; ` +
        "restore the key file, or delete it so that a new key is made",
    );
  }
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  return crypto.subtle.importKey("raw", new Uint8Array(key), algorithm, false, [usage]);
}
