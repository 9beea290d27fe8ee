import { assertEquals, assertNotEquals, assertRejects } from "@std/assert";
import { NotebookdError } from "../errors.ts";
import { mergeMetadata, restOfMetadata, snapshotOf } from "../ipynb/snapshot.ts";
import type { JsonObject, JsonValue } from "../json.ts";
import { signDependencies } from "./signature.ts";
import type { TrustStatus } from "../wire/responses.ts";
import { needsTrustApproval, trustVerdict } from "./verdict.ts";

const KEY = Uint8Array.from({ length: 32 }, (_, index) => index);

/** Sections of runt that ask for packages. */
const DEMANDING: JsonObject[] = [
  { uv: { dependencies: ["numpy"] } },
  { conda: { dependencies: ["numpy"], channels: [] } },
  { pixi: { dependencies: ["numpy"], channels: [] } },
  { pixi: { pypi_dependencies: ["numpy"] } },
  { uv: { dependencies: [] }, conda: { dependencies: ["numpy"] } },
];

/** Sections of runt with wrong types. */
const MALFORMED: JsonObject[] = [
  { uv: { dependencies: "numpy" } },
  { uv: { dependencies: [1] } },
  { uv: { dependencies: null } },
  { uv: { dependencies: {} } },
  { uv: "numpy" },
  { uv: [] },
  { uv: false },
  { conda: { dependencies: [], channels: "c" } },
  { conda: 0 },
  { pixi: { dependencies: { numpy: "*" } } },
  { uv: { dependencies: [] }, conda: [] },
];

async function signed(runt: JsonObject): Promise<JsonObject> {
  return { runt: { ...runt, trust_signature: await signDependencies({ runt }, KEY) } };
}

Deno.test("trustVerdict() is trusted when the signature covers the dependencies", async () => {
  for (const runt of DEMANDING) {
    assertEquals(await trustVerdict(await signed(runt), KEY), "trusted", JSON.stringify(runt));
  }
});

Deno.test("trustVerdict() is untrusted when there are dependencies and no signature", async () => {
  for (const runt of [...DEMANDING, ...MALFORMED]) {
    assertEquals(await trustVerdict({ runt }, KEY), "untrusted", JSON.stringify(runt));
    assertEquals(
      await trustVerdict({ runt: { ...runt, trust_signature: null } }, KEY),
      "untrusted",
    );
  }
  assertEquals(await trustVerdict({ uv: { dependencies: ["a"] } }, KEY), "untrusted");
  assertEquals(await trustVerdict({ conda: { dependencies: ["a"] } }, KEY), "untrusted");
});

Deno.test("trustVerdict() is signature_invalid as soon as a dependency is edited", async () => {
  const metadata = await signed({ uv: { dependencies: ["numpy"] } });
  const runt = metadata.runt as JsonObject;
  const edits: JsonObject[] = [
    { uv: { dependencies: ["numpy", "evil"] } },
    { uv: { dependencies: ["numpy"], "requires-python": ">=3" } },
    { conda: { dependencies: [] } },
    { pixi: { dependencies: [], channels: [] } },
    { trust_signature: "" },
    { trust_signature: 5 },
    { trust_signature: ["x"] },
  ];
  for (const edit of edits) {
    const status = await trustVerdict({ runt: { ...runt, ...edit } }, KEY);
    assertEquals(status, "signature_invalid", JSON.stringify(edit));
  }
  assertEquals(await trustVerdict(metadata, new Uint8Array(32)), "signature_invalid");
});

Deno.test("trustVerdict() is never trusted when a section has wrong types, though signed", async () => {
  for (const runt of MALFORMED) {
    const status = await trustVerdict(await signed(runt), KEY);
    assertEquals(status, "signature_invalid", JSON.stringify(runt));
  }
});

Deno.test("trustVerdict() sees wrong types after the metadata went through the document", async () => {
  for (const runt of MALFORMED) {
    const merged = mergeMetadata(restOfMetadata({ runt }), snapshotOf({ runt }));
    assertNotEquals(await trustVerdict(merged, KEY), "no_dependencies", JSON.stringify(runt));
  }
});

Deno.test("trustVerdict() is no_dependencies when no section asks for any", async () => {
  const cases: JsonValue[] = [
    null,
    {},
    { uv: {} },
    { uv: null, conda: null },
    { uv: { dependencies: [], "requires-python": ">=3.10" }, conda: { channels: ["c"] } },
    { deno: { permissions: ["--allow-all"] } },
    { uv: { dependencies: [] }, trust_signature: "hmac-sha256:00" },
  ];
  for (const runt of cases) {
    assertEquals(await trustVerdict({ runt }, KEY), "no_dependencies", JSON.stringify(runt));
  }
  assertEquals(await trustVerdict({}, KEY), "no_dependencies");
});

Deno.test("trustVerdict() refuses a short key instead of judging with it", async () => {
  const metadata = await signed({ uv: { dependencies: ["numpy"] } });
  const error = await assertRejects(
    () => trustVerdict(metadata, new Uint8Array(0)),
    NotebookdError,
  );
  assertEquals(error.code, "invalid_argument");
});

Deno.test("needsTrustApproval() asks for approval unless trusted or without dependencies", () => {
  const cases: Record<TrustStatus, boolean> = {
    trusted: false,
    untrusted: true,
    signature_invalid: true,
    no_dependencies: false,
  };
  for (const [status, needed] of Object.entries(cases)) {
    assertEquals(needsTrustApproval(status as TrustStatus), needed, status);
  }
});
