import { assert, assertEquals, assertFalse, assertRejects } from "@std/assert";
import { NotebookdError } from "../errors.ts";
import type { JsonObject } from "../json.ts";
import { signDependencies, signedSections, verifyDependencies } from "./signature.ts";
// Signatures computed with Python's hmac and json, keys sorted and as stored, by the key 00 01 … 1f.
import golden from "./signature_golden.json" with { type: "json" };

const KEY = Uint8Array.from({ length: 32 }, (_, index) => index);

Deno.test("signDependencies() gives the golden signature over sorted keys", async () => {
  for (const { name, runt, sorted } of golden) {
    assertEquals(await signDependencies({ runt: runt as JsonObject }, KEY), sorted, name);
  }
});

Deno.test("verifyDependencies() accepts either order of keys, and hex in either case", async () => {
  for (const { name, runt, sorted, stored } of golden) {
    const metadata = { runt: runt as JsonObject };
    assert(await verifyDependencies(metadata, sorted, KEY), name);
    assert(await verifyDependencies(metadata, stored, KEY), name);
    const upper = sorted.replace(/[0-9a-f]{64}/, (hex) => hex.toUpperCase());
    assert(await verifyDependencies(metadata, upper, KEY), name);
  }
});

Deno.test("verifyDependencies() refuses other dependencies, keys and spellings", async () => {
  const metadata = { runt: { uv: { dependencies: ["numpy"] } } };
  const signature = await signDependencies(metadata, KEY);
  const other = { runt: { uv: { dependencies: ["numpy", "evil"] } } };
  assertFalse(await verifyDependencies(other, signature, KEY));
  assertFalse(await verifyDependencies(metadata, signature, new Uint8Array(32)));
  const hex = signature.slice("hmac-sha256:".length);
  const spellings = [
    "",
    hex,
    `hmac-sha1:${hex}`,
    `${signature}00`,
    signature.slice(0, -2),
    ` ${signature}`,
  ];
  for (const spelling of [...spellings, `${signature}\n`, "hmac-sha256:" + "g".repeat(64)]) {
    assertFalse(await verifyDependencies(metadata, spelling, KEY), spelling);
  }
});

Deno.test("signDependencies() and verifyDependencies() refuse a key that isn't 32 bytes", async () => {
  for (const length of [0, 16, 31, 33]) {
    const key = new Uint8Array(length);
    const signing = await assertRejects(() => signDependencies({}, key), NotebookdError);
    assertEquals(signing.code, "invalid_argument");
    await assertRejects(() => verifyDependencies({}, "hmac-sha256:", key), NotebookdError);
  }
});

Deno.test("signedSections() takes runt's sections, else those of older notebooks", () => {
  const cases: [JsonObject, JsonObject][] = [
    [{}, {}],
    [{ uv: 1, conda: 2, pixi: 3 }, { uv: 1, conda: 2 }],
    [{ runt: { uv: 4, pixi: 5, deno: 6 }, uv: 1, conda: 2 }, { uv: 4, conda: 2, pixi: 5 }],
    [{ runt: { uv: null }, uv: 1 }, { uv: 1 }],
    [{ runt: "x", conda: 2 }, { conda: 2 }],
  ];
  for (const [metadata, sections] of cases) assertEquals(signedSections(metadata), sections);
});
