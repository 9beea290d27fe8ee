import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { TestDaemon } from "./helpers/daemon.ts";
import { PoolClient } from "./helpers/pool_client.ts";
import { refused, V2Client } from "./helpers/v2_client.ts";
import { documentTypes } from "./helpers/v2_document.ts";

const UUID_V4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

const PYTHON = {
  kernelspec: { name: "python3", display_name: "Python 3", language: "python" },
  language_info: { name: "python" },
};

/** What protocol.md's chapter 5 says of a new notebook, without the env_id. */
const NEW_NOTEBOOKS: [handshake: Record<string, unknown>, runtime: string, snapshot: unknown][] = [
  [{ runtime: "python" }, "python", {
    ...PYTHON,
    runt: { schema_version: "1", uv: { dependencies: [] } },
  }],
  [{ runtime: "python", package_manager: "uv" }, "python", {
    ...PYTHON,
    runt: { schema_version: "1", uv: { dependencies: [] } },
  }],
  [{ runtime: "python", package_manager: "conda" }, "python", {
    ...PYTHON,
    runt: { schema_version: "1", conda: { dependencies: [], channels: ["conda-forge"] } },
  }],
  [{ runtime: "python", package_manager: "pixi" }, "python", {
    ...PYTHON,
    runt: { schema_version: "1", pixi: { dependencies: [], channels: ["conda-forge"] } },
  }],
  [{ runtime: "deno" }, "deno", {
    kernelspec: { name: "deno", display_name: "Deno", language: "typescript" },
    language_info: { name: "typescript" },
    runt: { schema_version: "1" },
  }],
];

Deno.test("create_notebook makes the document of each runtime when it is asked to", async (t) => {
  await using daemon = await TestDaemon.start();
  for (const [handshake, runtime, expected] of NEW_NOTEBOOKS) {
    await t.step(JSON.stringify(handshake), async () => {
      await using client = await V2Client.create(daemon.socket, handshake);
      const { notebook_id, cell_count, needs_trust_approval } = client.answer;
      assertMatch(notebook_id ?? "", UUID_V4);
      assertEquals([cell_count, needs_trust_approval], [1, false]);
      const { env_id, ...runt } = JSON.parse(client.doc.metadata.notebook_metadata.toString()).runt;
      const snapshot = JSON.parse(client.doc.metadata.notebook_metadata.toString());
      assertEquals(env_id, notebook_id);
      assertEquals({ ...snapshot, runt }, expected);
      assertEquals(client.doc.metadata.runtime.toString(), runtime);
      const [cell] = client.cells;
      assertMatch(cell?.id ?? "", UUID_V4);
      assertEquals(client.cells, [{
        id: cell?.id ?? "",
        cell_type: "code",
        source: "",
        execution_count: "null",
        outputs: [],
      }]);
      assert(documentTypes(client.doc).includes("cell.source: text"));
    });
  }
});

Deno.test("create_notebook makes another room each time it is asked", async () => {
  await using daemon = await TestDaemon.start();
  await using first = await V2Client.create(daemon.socket, { runtime: "python" });
  await using second = await V2Client.create(daemon.socket, { runtime: "python" });
  assert(first.answer.notebook_id !== second.answer.notebook_id);
  assert(first.cells[0]?.id !== second.cells[0]?.id);
  await using pool = await PoolClient.connect(daemon.socket);
  assertEquals((await pool.rooms()).length, 2);
});

Deno.test("create_notebook trusts the dependencies when its caller names them", async () => {
  await using daemon = await TestDaemon.start();
  await using client = await V2Client.create(daemon.socket, {
    runtime: "python",
    dependencies: ["pandas>=2", "numpy"],
  });
  assertEquals(client.answer.needs_trust_approval, false);
  const { runt } = JSON.parse(client.doc.metadata.notebook_metadata.toString());
  assertEquals(runt.uv.dependencies, ["pandas>=2", "numpy"]);
  assertMatch(runt.trust_signature, /^hmac-sha256:[0-9a-f]{64}$/);
  assert(!Number.isNaN(Date.parse(runt.trust_timestamp)));
  const trust = await client.request({ action: "get_trust" });
  assertEquals(trust, {
    result: "trust",
    status: "trusted",
    uv_dependencies: ["pandas>=2", "numpy"],
    conda_dependencies: [],
    conda_channels: [],
  });
});

Deno.test("create_notebook names what is allowed when it refuses", async (t) => {
  await using daemon = await TestDaemon.start();
  const cases: [fields: Record<string, unknown>, code: string, names: string[]][] = [
    [{ runtime: "ruby" }, "unsupported_runtime", ["ruby", "python", "deno"]],
    [{ runtime: "python", package_manager: "npm" }, "unsupported_runtime", ["uv", "conda", "pixi"]],
    [{}, "bad_handshake", ["runtime"]],
    [{ runtime: 7 }, "bad_handshake", ["runtime"]],
    [{ runtime: "python", dependencies: "numpy" }, "bad_handshake", ["dependencies"]],
    [{ runtime: "python", notebook_id: "not-a-uuid" }, "bad_handshake", ["notebook_id"]],
    [{ runtime: "python", working_dir: "/" }, "outside_roots", ["/"]],
    [{ runtime: "python", working_dir: daemon.home.path("gone") }, "not_found", ["gone"]],
  ];
  for (const [fields, code, names] of cases) {
    await t.step(JSON.stringify(fields), async () => {
      const answer = await refused(daemon.socket, { channel: "create_notebook", ...fields });
      assertEquals(answer.error_code, code, answer.error);
      for (const name of names) assertStringIncludes(answer.error, name);
    });
  }
  await using pool = await PoolClient.connect(daemon.socket);
  assertEquals(await pool.rooms(), []);
});

Deno.test("create_notebook takes a working folder inside the roots and null for absent fields", async () => {
  await using daemon = await TestDaemon.start();
  await Deno.mkdir(daemon.home.path("project"));
  await using client = await V2Client.create(daemon.socket, {
    runtime: "deno",
    working_dir: daemon.home.path("project"),
    package_manager: null,
    notebook_id: null,
  });
  assertEquals(client.answer.error, undefined);
  assertEquals(await daemon.home.listing(), []);
});

Deno.test("create_notebook gives a chosen id's room when that room is there", async () => {
  await using daemon = await TestDaemon.start();
  const notebookId = crypto.randomUUID();
  await using first = await V2Client.create(daemon.socket, {
    runtime: "python",
    notebook_id: notebookId,
  });
  assertEquals(first.answer.notebook_id, notebookId);
  await using again = await V2Client.create(daemon.socket, {
    runtime: "python",
    notebook_id: notebookId,
  });
  assertEquals(again.answer.notebook_id, notebookId);
  assertEquals(again.heads, first.heads);
});
