import { assertEquals, assertStringIncludes } from "@std/assert";
import { bundleImportMap, workerModule } from "./bundle.ts";

Deno.test("bundleImportMap() keeps every name and moves those of local files", () => {
  const config = JSON.stringify({
    imports: {
      "#worker": "./src/workers/source.ts",
      "@/": "./src/",
      "@std/path": "node:path",
      uuid: "npm:uuid@14",
    },
  });
  assertEquals(JSON.parse(bundleImportMap(config, "./worker_source.ts")), {
    imports: {
      "#worker": "./worker_source.ts",
      "@/": "../../src/",
      "@std/path": "node:path",
      uuid: "npm:uuid@14",
    },
  });
});

Deno.test("workerModule() holds the code as it is, whatever characters it has", async () => {
  const code = 'const a = `${1}`; // "\\ \u2028 </script>\n';
  const text = workerModule(code).replace("let url: string | undefined;", "let url;")
    .replace("workerUrl(): string", "workerUrl()");
  const address = `data:text/javascript,${encodeURIComponent(text)}`;
  const { workerUrl }: { workerUrl: () => string } = await import(address);
  assertStringIncludes(workerUrl(), "blob:");
  assertEquals(workerUrl(), workerUrl());
  assertEquals(await (await fetch(workerUrl())).text(), code);
  URL.revokeObjectURL(workerUrl());
});
