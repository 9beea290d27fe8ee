import { assertEquals } from "@std/assert";
import { checkLayers, importsOf, localNamesOf, type Source } from "./layers.ts";

const LOCAL_NAMES = { "@/": "./src/", "#worker": "./src/workers/source.ts" };

function check(files: Record<string, string>): string[] {
  const sources: Source[] = Object.entries(files).map(([path, text]) => ({ path, text }));
  return checkLayers(sources, { localNames: LOCAL_NAMES });
}

Deno.test("checkLayers() passes when imports go down", () => {
  const findings = check({
    "src/errors.ts": "export const a = 1;\n",
    "src/wire/frame.ts": 'import { a } from "../errors.ts";\nexport const b = a;\n',
    "src/handshake/info.ts": 'import { b } from "@/wire/frame.ts";\nexport const c = b;\n',
    "src/storage/file.ts":
      'import type { P } from "../rooms/ports.ts";\nimport { open } from "node:fs/promises";\n',
    "main.ts": 'import { run } from "./src/cli/run.ts";\n',
  });
  assertEquals(findings, []);
});

Deno.test("checkLayers() reports when an import goes up, whatever its form", () => {
  const forms = [
    'import { a } from "../rooms/room.ts";\n',
    'import type { A } from "../rooms/room.ts";\n',
    'import {\n  a,\n  b,\n} from "../rooms/room.ts";\n',
    'import "../rooms/room.ts";\n',
    'export { a } from "../rooms/room.ts";\nexport const b = 1;\n',
    'const a = await import("../rooms/room.ts");\n',
    'import { a } from "@/rooms/room.ts";\n',
  ];
  for (const text of forms) {
    assertEquals(check({ "src/wire/frame.ts": text }), [
      'src/wire/frame.ts: "wire" may not import "rooms/room.ts"',
    ], text);
  }
});

Deno.test("checkLayers() reports when an adapter imports more of the rooms than their port", () => {
  assertEquals(check({ "src/storage/a.ts": 'import { Room } from "../rooms/room.ts";\n' }), [
    'src/storage/a.ts: "storage" may not import "rooms/room.ts"',
  ]);
});

Deno.test("checkLayers() reports when a folder isn't in the table", () => {
  assertEquals(check({ "src/odd/a.ts": 'import { b } from "../errors.ts";\n' }), [
    'src/odd/a.ts: part "odd" isn\'t in scripts/layout.ts',
  ]);
});

Deno.test("checkLayers() reports when src/ imports from elsewhere", () => {
  assertEquals(check({ "src/cli/a.ts": 'import { b } from "../../scripts/b.ts";\n' }), [
    'src/cli/a.ts: imports "scripts/b.ts", which isn\'t part of src/',
  ]);
});

Deno.test("checkLayers() reports when a package isn't imported by its name", () => {
  for (const specifier of ["npm:uuid@14", "jsr:@std/path", "https://example.com/a.ts"]) {
    assertEquals(check({ "src/wire/a.ts": `import { b } from "${specifier}";\n` }), [
      `src/wire/a.ts: imports "${specifier}": name it in deno.json and import the name`,
    ]);
  }
});

Deno.test("checkLayers() reports when a pure folder imports a node module that does I/O", () => {
  assertEquals(
    check({
      "src/rooms/a.ts":
        'import { open } from "node:fs";\nimport { createHash } from "node:crypto";\n',
      "src/client/connection.ts": 'import { connect } from "node:net";\n',
      "src/client/session.ts": 'import { connect } from "node:net";\n',
    }),
    [
      'src/rooms/a.ts: imports "node:fs", which touches the machine',
      'src/client/session.ts: imports "node:net", which touches the machine',
    ],
  );
});

Deno.test("checkLayers() reports when modules import each other", () => {
  const findings = check({
    "src/wire/a.ts": 'import { b } from "./b.ts";\nexport const a = 1;\n',
    "src/wire/b.ts": 'import { c } from "./c.ts";\nexport const b = 1;\n',
    "src/wire/c.ts": 'import { a } from "./a.ts";\nexport const c = 1;\n',
  });
  assertEquals(findings, [
    "src/wire/a.ts: is in a cycle: " +
    "src/wire/a.ts → src/wire/b.ts → src/wire/c.ts → src/wire/a.ts",
  ]);
});

Deno.test("checkLayers() reports when a module does nothing but re-export", () => {
  const barrel = 'export * from "./a.ts";\nexport { b } from "./b.ts";\n';
  assertEquals(check({ "src/wire/mod.ts": barrel, "src/client/mod.ts": barrel }), [
    'src/wire/mod.ts: is a barrel: only "src/client/mod.ts" may be one',
  ]);
});

Deno.test("checkLayers() reports when a file is too long", () => {
  assertEquals(check({ "src/wire/a.ts": "\n".repeat(501), "src/wire/b.ts": "\n".repeat(500) }), [
    "src/wire/a.ts: has 501 lines; 500 is the end",
  ]);
  assertEquals(check({ "main.ts": "\n".repeat(80) }), [
    "main.ts: has 80 lines; keep it under 80",
  ]);
});

Deno.test("importsOf() leaves out the imports of examples in comments", () => {
  const text = '/**\n * import { a } from "@/a.ts";\n * await import("b");\n */\n// import("c")\n';
  assertEquals(importsOf(text), []);
});

Deno.test("localNamesOf() keeps the names that lead to files", () => {
  assertEquals(localNamesOf({ "@/": "./src/", uuid: "npm:uuid@14", "@std/path": "node:path" }), {
    "@/": "./src/",
  });
});
