/**
 * The layer check: imports of `src/` go down only, there is no cycle and no barrel, and no file is
 * longer than it may be. Run by `deno task layers`; prints each finding and ends with code 1 if
 * there is one.
 *
 * @module
 */

import { dirname, join, normalize } from "@std/path";
import { mayTouchMachine, partOf, PARTS, PURE_NODE_MODULES } from "./layout.ts";
import { readSources } from "./sources.ts";

/** A file of the program: its path from the project's folder, and its text. */
export interface Source {
  /** Such as `src/wire/frame.ts`. */
  readonly path: string;
  /** The whole text. */
  readonly text: string;
}

/** What {@linkcode checkLayers} goes by. */
export interface CheckLayersOptions {
  /** The names of the import map that lead to local files, such as `@/` to `./src/`. */
  readonly localNames: Readonly<Record<string, string>>;
}

const MAX_LINES = 500;
/** The entry of the package is the one file that may do nothing but re-export. */
const ALLOWED_BARREL = "src/client/mod.ts";

/**
 * Checks every source and gives the findings, each one line that starts with the file.
 *
 * @param sources The files of `src/` and `main.ts`, tests left out.
 * @param options How names of the import map are read.
 */
export function checkLayers(sources: readonly Source[], options: CheckLayersOptions): string[] {
  const graph = new Map<string, string[]>();
  const findings: string[] = [];
  for (const source of sources) {
    const local: string[] = [];
    for (const specifier of importsOf(source.text)) {
      const target = localTarget(source.path, specifier, options);
      if (target !== undefined) local.push(target);
      const finding = target === undefined
        ? checkPackage(source.path, specifier)
        : checkEdge(source.path, target);
      if (finding !== undefined) findings.push(`${source.path}: ${finding}`);
    }
    graph.set(source.path, local);
    findings.push(...checkShape(source).map((finding) => `${source.path}: ${finding}`));
  }
  return [...findings, ...findCycles(graph)];
}

/**
 * Lists what a module imports or re-exports from, dynamic imports included. The formatter puts each
 * such statement at the start of a line, which tells it from the examples in comments.
 *
 * @param text The text of the module.
 */
export function importsOf(text: string): string[] {
  const statements = /^(?:import|export)\b(?:[^"';]*?\bfrom)?\s*"([^"]+)"/gm;
  const dynamic = /^[^*/]*?\bimport\(\s*"([^"]+)"/gm;
  return [statements, dynamic].flatMap((pattern) =>
    [...text.matchAll(pattern)].flatMap((match) => match[1] ?? [])
  );
}

function localTarget(
  from: string,
  specifier: string,
  options: CheckLayersOptions,
): string | undefined {
  if (specifier.startsWith(".")) return normalize(join(dirname(from), specifier));
  for (const [name, target] of Object.entries(options.localNames)) {
    if (specifier === name) return normalize(target);
    if (name.endsWith("/") && specifier.startsWith(name)) {
      return normalize(target + specifier.slice(name.length));
    }
  }
  return undefined;
}

function checkEdge(from: string, to: string): string | undefined {
  if (!from.startsWith("src/") || to.startsWith("std/") || to === "deno.json") return undefined;
  if (!to.startsWith("src/")) return `imports "${to}", which isn't part of src/`;
  const [fromFile, toFile] = [from.slice("src/".length), to.slice("src/".length)];
  const [fromPart, toPart] = [partOf(fromFile), partOf(toFile)];
  const part = PARTS[fromPart];
  if (part === undefined) return `part "${fromPart}" isn't in scripts/layout.ts`;
  if (fromPart === toPart || part.imports.includes(toPart) || part.imports.includes(toFile)) {
    return undefined;
  }
  return `"${fromPart}" may not import "${toFile}"`;
}

function checkPackage(from: string, specifier: string): string | undefined {
  if (/^(npm|jsr|https?|file|data):/.test(specifier)) {
    return `imports "${specifier}": name it in deno.json and import the name`;
  }
  if (!specifier.startsWith("node:") || !from.startsWith("src/")) return undefined;
  if (PURE_NODE_MODULES.includes(specifier) || mayTouchMachine(from.slice("src/".length))) {
    return undefined;
  }
  return `imports "${specifier}", which touches the machine`;
}

function checkShape(source: Source): string[] {
  const findings: string[] = [];
  const lines = source.text.split("\n").length - 1;
  if (lines > MAX_LINES) findings.push(`has ${lines} lines; ${MAX_LINES} is the end`);
  if (source.path === "main.ts" && lines >= 80) {
    findings.push(`has ${lines} lines; keep it under 80`);
  }
  const onlyReexports = /^export\b[^"';]*?\bfrom\s*"/m.test(source.text) &&
    !/^(?:export )?(?:async )?(?:function|const|let|class|interface|type|enum|abstract|declare)\b(?! \{)/m
      .test(source.text);
  if (onlyReexports && source.path !== ALLOWED_BARREL) {
    findings.push(`is a barrel: only "${ALLOWED_BARREL}" may be one`);
  }
  return findings;
}

/** Walks in depth first; an edge back to a file on the way closes a cycle. */
function findCycles(graph: ReadonlyMap<string, readonly string[]>): string[] {
  const findings: string[] = [];
  const done = new Set<string>();
  function visit(path: string, way: readonly string[]): void {
    const start = way.indexOf(path);
    if (start !== -1) {
      findings.push(`${path}: is in a cycle: ${[...way.slice(start), path].join(" → ")}`);
      return;
    }
    if (done.has(path)) return;
    for (const next of graph.get(path) ?? []) visit(next, [...way, path]);
    done.add(path);
  }
  for (const path of graph.keys()) visit(path, []);
  return findings;
}

/** Reads from the import map the names that lead to files of the project. */
export function localNamesOf(imports: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(imports).filter(([, target]) => target.startsWith("./")),
  );
}

if (import.meta.main) {
  const config: { imports: Record<string, string> } = JSON.parse(
    Deno.readTextFileSync("deno.json"),
  );
  const sources = readSources(["src", "main.ts"]).filter(({ path }) => !path.endsWith("_test.ts"));
  const findings = checkLayers(sources, { localNames: localNamesOf(config.imports) });
  for (const finding of findings) console.error(finding);
  console.log(`layers: ${sources.length} files, ${findings.length} findings`);
  if (findings.length > 0) Deno.exit(1);
}
