import { assertEquals } from "@std/assert";
import { hex, utf8 } from "./helpers/bytes.ts";
import { TestDaemon } from "./helpers/daemon.ts";
import { TestHome } from "./helpers/home.ts";
import { notebookText } from "./helpers/notebook_file.ts";
import { V2Client } from "./helpers/v2_client.ts";
import { scalar } from "./helpers/v2_document.ts";

const KEY = new Uint8Array(32).fill(9);

async function sign(canonical: string): Promise<string> {
  const key = await crypto.subtle.importKey("raw", KEY, { name: "HMAC", hash: "SHA-256" }, false, [
    "sign",
  ]);
  const signature = await crypto.subtle.sign("HMAC", key, utf8(canonical));
  return `hmac-sha256:${hex(new Uint8Array(signature))}`;
}

const UV = { dependencies: ["pandas>=2"], "requires-python": ">=3.10" };
const CONDA = { channels: ["conda-forge"], dependencies: ["numpy"] };
const SORTED = `{"conda":{"channels":["conda-forge"],"dependencies":["numpy"]},` +
  `"uv":{"dependencies":["pandas>=2"],"requires-python":">=3.10"}}`;
const AS_STORED = `{"uv":{"dependencies":["pandas>=2"],"requires-python":">=3.10"},` +
  `"conda":{"channels":["conda-forge"],"dependencies":["numpy"]}}`;

Deno.test("the info frame and get_trust tell the verdict when dependencies are signed or not", async (t) => {
  await using home = await TestHome.make();
  await Deno.mkdir(home.config, { mode: 0o700 });
  await Deno.writeFile(`${home.config}/trust-key`, KEY, { mode: 0o600 });
  await using daemon = await TestDaemon.start({ home });
  const both = { schema_version: "1", uv: UV, conda: CONDA };
  const wrong = `hmac-sha256:${"0".repeat(64)}`;
  const cases: [what: string, metadata: Record<string, unknown>, status: string][] = [
    ["nothing", {}, "no_dependencies"],
    ["empty lists", { runt: { uv: { dependencies: [] } } }, "no_dependencies"],
    ["no signature", { runt: both }, "untrusted"],
    ["sorted keys", { runt: { ...both, trust_signature: await sign(SORTED) } }, "trusted"],
    ["as stored", { runt: { ...both, trust_signature: await sign(AS_STORED) } }, "trusted"],
    ["wrong", { runt: { ...both, trust_signature: wrong } }, "signature_invalid"],
    ["no prefix", { runt: { ...both, trust_signature: "0".repeat(64) } }, "signature_invalid"],
    ["older place", { uv: { dependencies: ["numpy"] } }, "untrusted"],
  ];
  for (const [what, metadata, status] of cases) {
    await t.step(what, async () => {
      const text = notebookText({ cells: 1, metadata });
      const path = await home.write(`${what.replaceAll(" ", "-")}.ipynb`, text);
      await using client = await V2Client.open(daemon.socket, path);
      const needed = status === "untrusted" || status === "signature_invalid";
      assertEquals(client.answer.needs_trust_approval, needed);
      const trust = await client.request({ action: "get_trust" });
      assertEquals<string>(trust.result === "trust" ? trust.status : trust.result, status);
    });
  }
});

Deno.test("editing a dependency takes trust away at once", async () => {
  await using daemon = await TestDaemon.start();
  await using client = await V2Client.create(daemon.socket, {
    runtime: "python",
    dependencies: ["numpy"],
  });
  const status = async () => {
    const trust = await client.request({ action: "get_trust" });
    return trust.result === "trust" ? trust.status : trust.result;
  };
  assertEquals(await status(), "trusted");
  const original = client.doc.metadata.notebook_metadata.toString();
  const snapshot = JSON.parse(original);
  snapshot.runt.uv.dependencies.push("evil @ https://evil.example/evil.whl");
  await client.edit((doc) => {
    doc.metadata.notebook_metadata = scalar(JSON.stringify(snapshot));
  });
  assertEquals(await status(), "signature_invalid");
  await client.edit((doc) => {
    doc.metadata.notebook_metadata = scalar(original);
  });
  assertEquals(await status(), "trusted");
});
