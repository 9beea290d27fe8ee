import { assertEquals, assertThrows } from "@std/assert";
import { NotebookdError } from "../errors.ts";
import { newNotebook, newNotebookMetadata } from "./create.ts";
import { runtimeOf } from "./runtime.ts";
import { restOfMetadata, serialiseSnapshot, snapshotOf } from "./snapshot.ts";

const envId = "8f14e45f-ceea-467f-a0e6-6a1c5e2d7b10";
const PYTHON = '{"kernelspec":{"name":"python3","display_name":"Python 3","language":"python"},' +
  `"language_info":{"name":"python"},"runt":{"schema_version":"1","env_id":"${envId}",`;

Deno.test("newNotebookMetadata() gives the metadata of each package manager", () => {
  const python = { runtime: "python", envId } as const;
  const channels = '"channels":["conda-forge"]';
  const cases = [
    [newNotebookMetadata(python), '"uv":{"dependencies":[]}}}'],
    [
      newNotebookMetadata({ ...python, packageManager: "conda" }),
      `"conda":{"dependencies":[],${channels}}}}`,
    ],
    [
      newNotebookMetadata({ ...python, packageManager: "pixi" }),
      `"pixi":{"dependencies":[],${channels}}}}`,
    ],
    [newNotebookMetadata({ ...python, dependencies: ["a"] }), '"uv":{"dependencies":["a"]}}}'],
  ] as const;
  for (const [metadata, end] of cases) assertEquals(serialiseSnapshot(metadata), PYTHON + end);
});

Deno.test("newNotebookMetadata() is its own snapshot, of the runtime asked for", () => {
  for (const runtime of ["python", "deno"] as const) {
    const metadata = newNotebookMetadata({ runtime, envId });
    assertEquals(JSON.stringify(snapshotOf(metadata)), JSON.stringify(metadata));
    assertEquals(restOfMetadata(metadata), {});
    assertEquals(runtimeOf(metadata), runtime);
  }
});

Deno.test("newNotebookMetadata() gives Deno no packages, and refuses those named for it", () => {
  const deno = { runtime: "deno", envId, packageManager: "conda" } as const;
  assertEquals(newNotebookMetadata(deno).runt, { schema_version: "1", env_id: envId });
  const error = assertThrows(
    () => newNotebookMetadata({ ...deno, dependencies: ["npm:lodash"] }),
    NotebookdError,
  );
  assertEquals(error.code, "invalid_argument");
});

Deno.test("newNotebook() has one empty code cell with the id given", () => {
  const notebook = newNotebook({ runtime: "deno", envId, cellId: "c1" });
  assertEquals(notebook.cells, [
    { id: "c1", cellType: "code", source: "", executionCount: null, outputs: [], metadata: {} },
  ]);
  assertEquals([notebook.nbformat, notebook.nbformatMinor], [4, 5]);
});
