import { assertEquals } from "@std/assert";
import { readDependencies } from "./dependencies.ts";

Deno.test("readDependencies() reads every section with its own names", () => {
  const runt = {
    uv: { dependencies: ["a"], "requires-python": null },
    conda: { dependencies: ["b"], channels: ["c"], python: "3.12" },
    pixi: { dependencies: ["d"], pypi_dependencies: ["e"], channels: ["c"] },
    deno: { permissions: ["-N"], import_map: "m", config: "n", flexible_npm_imports: false },
  };
  assertEquals(readDependencies({ runt }), {
    uv: { dependencies: ["a"] },
    conda: { dependencies: ["b"], channels: ["c"], python: "3.12" },
    pixi: { dependencies: ["d"], channels: ["c"], pypiDependencies: ["e"] },
    deno: { permissions: ["-N"], importMap: "m", config: "n", flexibleNpmImports: false },
  });
});

Deno.test("readDependencies() takes absent lists as empty", () => {
  assertEquals(readDependencies({ runt: { uv: {}, conda: {}, deno: {} } }), {
    uv: { dependencies: [] },
    conda: { dependencies: [], channels: [] },
    deno: { permissions: [] },
  });
});

Deno.test("readDependencies() leaves a section out when a field has a wrong type", () => {
  const sections = [
    { dependencies: "numpy" },
    { dependencies: ["numpy", 5] },
    { dependencies: ["numpy"], "requires-python": 3 },
    ["numpy"],
    null,
  ];
  for (const uv of sections) assertEquals(readDependencies({ runt: { uv } }), {});
  assertEquals(readDependencies({ runt: "x" }), {});
  assertEquals(readDependencies({}), {});
});
