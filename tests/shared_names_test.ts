import { assert, assertEquals } from "@std/assert";
import config from "../deno.json" with { type: "json" };
import jsrConfig from "../deno.jsr.json" with { type: "json" };
import { readSources } from "../scripts/sources.ts";

/** The names that the default provider of each `@std` module and its JSR original share. */
const SHARED_NAMES: Readonly<Record<string, readonly string[]>> = {
  "@std/assert": [
    "assert",
    "assertAlmostEquals",
    "assertEquals",
    "assertExists",
    "assertFalse",
    "AssertionError",
    "assertInstanceOf",
    "assertMatch",
    "assertNotEquals",
    "assertObjectMatch",
    "assertRejects",
    "assertStrictEquals",
    "assertStringIncludes",
    "assertThrows",
    "fail",
    "unreachable",
  ],
  "@std/fs": ["ensureDir", "exists"],
  "@std/msgpack": ["decode", "encode"],
  "@std/path": [
    "basename",
    "dirname",
    "extname",
    "isAbsolute",
    "join",
    "normalize",
    "relative",
    "resolve",
  ],
  "@std/uuid": ["validate"],
};

const ROOTS = ["main.ts", "src", "std", "scripts", "bench", "tests"];

/** Every way of naming a module: `from "…"`, `import "…"`, `import("…")`. */
const SPECIFIER = /\b(?:from|import)\s*\(?\s*["'](@std\/[^"']*)["']/g;

/** The one way that is allowed: names in braces, in code or in an example in a comment. */
const NAMED_IMPORT = /\bimport\s+(?:type\s+)?\{([^{}]*)\}\s*from\s*["'](@std\/[^"']*)["']/g;

interface NamedImport {
  readonly module: string;
  readonly names: readonly string[];
}

function namedImports(text: string): NamedImport[] {
  return [...text.matchAll(NAMED_IMPORT)].map(([, list = "", module = ""]) => ({
    module,
    names: list.split(",")
      .map((entry) => entry.replace(/^[\s*]*(?:type\s+)?/, "").split(/\s+as\s+/)[0]?.trim() ?? "")
      .filter((name) => name !== ""),
  }));
}

/** What a file imports of `@std` beyond the shared names. */
function unshared(text: string): string[] {
  const named = namedImports(text);
  const problems = named.flatMap(({ module, names }) =>
    names.filter((name) => !SHARED_NAMES[module]?.includes(name))
      .map((name) => `${module}: ${name}`)
  );
  const others = [...text.matchAll(SPECIFIER)].length - named.length;
  return others === 0 ? problems : [...problems, `${others} imports that aren't names in braces`];
}

Deno.test("unshared() finds each import when it isn't of a shared name", () => {
  assertEquals(unshared('import { join, type resolve as r } from "@std/path";'), []);
  assertEquals(unshared(' * import {\n *   assert,\n * } from "@std/assert";'), []);
  const cases = [
    'import { join, sep } from "@std/path";',
    'import { join } from "@std/path/posix";',
    'import * as path from "@std/path";',
    'import path from "@std/path";',
    'const { join } = await import("@std/path");',
    'export { join } from "@std/path";',
    'import { deepMerge } from "@std/collections";',
  ];
  for (const text of cases) assert(unshared(text).length > 0, text);
});

Deno.test("every import of an @std module takes shared names only when the sources are read", () => {
  const sources = readSources(ROOTS).filter(({ path }) => path !== "tests/shared_names_test.ts");
  assert(sources.length > 0);
  const problems = sources.flatMap(({ path, text }) =>
    unshared(text).map((problem) => `${path}: ${problem}`)
  );
  assertEquals(problems, []);
});

Deno.test("deno.jsr.json differs from deno.json in its @std providers alone when compared", () => {
  const { imports, ...rest } = config;
  const { imports: jsrImports, lock, ...jsrRest } = jsrConfig;
  assertEquals(lock, false);
  assertEquals<unknown>(jsrRest, rest);
  const expected = Object.entries(imports).map(([name, target]) => [
    name,
    Object.hasOwn(SHARED_NAMES, name) ? `jsr:${name}@^1` : target,
  ]);
  assertEquals<unknown>(jsrImports, Object.fromEntries(expected));
});

Deno.test("every @std module of deno.json has a list of shared names when it is imported", () => {
  const modules = Object.keys(config.imports).filter((name) => name.startsWith("@std/"));
  assertEquals(modules.toSorted(), Object.keys(SHARED_NAMES).toSorted());
});
