/**
 * Checks that the documents and the program say the same: options, environment variables, exit
 * codes, limits and tasks. Run by `deno task docs`.
 *
 * @module
 */

import { EXIT_CODES } from "../src/cli/exit_codes.ts";
import { buildProgram } from "../src/cli/invocation.ts";
import { ENV_NAMES } from "../src/config.ts";
import { DEFAULT_LIMITS } from "../src/limits.ts";
import { runScript } from "./processes.ts";
import { readSources } from "./sources.ts";

/** What the program has, that the documents must name. */
export interface ProgramFacts {
  /** The long options of all commands, such as `--root`. */
  readonly options: ReadonlySet<string>;
  /** The environment variables. */
  readonly variables: ReadonlySet<string>;
  /** The exit codes with their meanings. */
  readonly exitCodes: readonly { readonly code: number; readonly meaning: string }[];
  /** The names of the limits. */
  readonly limits: ReadonlySet<string>;
  /** The tasks of deno.json. */
  readonly tasks: ReadonlySet<string>;
}

/** A document. */
export interface Document {
  /** Where it is. */
  readonly path: string;
  /** The whole text. */
  readonly text: string;
}

/** Options that every command has and no table needs to repeat. */
const COMMON_OPTIONS = new Set(["--help", "--version"]);
/** Variables of our prefix that belong to the tests. */
const TEST_VARIABLES = new Set(["NOTEBOOKD_TEST_SHAPE"]);

/**
 * Compares documents with the program.
 *
 * @param documents Every document of the project.
 * @param facts What the program has.
 * @returns The differences, one line each.
 */
export function checkDocs(documents: readonly Document[], facts: ProgramFacts): string[] {
  return [
    ...checkOptions(documents, facts),
    ...checkVariables(documents, facts),
    ...checkExitCodes(documents, facts),
    ...checkLimits(documents, facts),
    ...checkTasks(documents, facts),
  ];
}

function checkOptions(documents: readonly Document[], { options }: ProgramFacts): string[] {
  const inTables = matches(documents, /^\|\s*`(--[a-z-]+)/gm);
  const named = new Set(inTables.map(({ value }) => value));
  return [
    ...missing(options, named, "option", "a table of options"),
    ...unknown(inTables, new Set([...options, ...COMMON_OPTIONS]), "option"),
  ];
}

function checkVariables(documents: readonly Document[], { variables }: ProgramFacts): string[] {
  const found = matches(documents, /\b(NOTEBOOKD_[A-Z_]+|XDG_[A-Z_]+)\b/g);
  const named = new Set([...found.map(({ value }) => value), "HOME"]);
  return [
    ...missing(variables, named, "variable", "a document"),
    ...unknown(found, new Set([...variables, ...TEST_VARIABLES]), "variable"),
  ];
}

function checkExitCodes(documents: readonly Document[], { exitCodes }: ProgramFacts): string[] {
  const rows = new Set(
    matches(documents, /^\|\s*(\d+\s*\|[^|\n]+?)\s*\|/gm).map(({ value }) =>
      value.replace(/\s*\|\s*/, " ")
    ),
  );
  return exitCodes
    .filter(({ code, meaning }) => !rows.has(`${code} ${meaning}`))
    .map(({ code, meaning }) => `No table has the exit code: | ${code} | ${meaning} |`);
}

function checkLimits(documents: readonly Document[], { limits }: ProgramFacts): string[] {
  const rows = new Set(matches(documents, /^\|\s*`([A-Za-z]+)`/gm).map(({ value }) => value));
  return missing(limits, rows, "limit", "a table of limits");
}

function checkTasks(documents: readonly Document[], { tasks }: ProgramFacts): string[] {
  const named = matches(documents, /\bdeno(?:@[\d.]+)? task (?:--?[a-z]+ )*([a-z][a-z-]*)/g);
  return unknown(named, tasks, "task");
}

interface Match {
  path: string;
  value: string;
}

function matches(documents: readonly Document[], pattern: RegExp): Match[] {
  return documents.flatMap(({ path, text }) =>
    [...text.matchAll(pattern)].flatMap((match) =>
      match[1] === undefined ? [] : [{ path, value: match[1] }]
    )
  );
}

function missing(
  has: ReadonlySet<string>,
  named: ReadonlySet<string>,
  kind: string,
  where: string,
): string[] {
  return [...has].filter((name) => !named.has(name))
    .map((name) => `The ${kind} "${name}" is in no document: add it to ${where}`);
}

function unknown(named: readonly Match[], known: ReadonlySet<string>, kind: string): string[] {
  const findings = named.filter(({ value }) => !known.has(value))
    .map(({ path, value }) => `${path}: names the ${kind} "${value}", which doesn't exist`);
  return [...new Set(findings)];
}

/** Asks the program itself what it has. */
export function programFacts(config: { tasks: Record<string, unknown> }): ProgramFacts {
  const program = buildProgram({ colour: false, out() {}, err() {} }, () => {});
  const options = program.commands.flatMap((command) =>
    command.options.flatMap((option) => option.long ?? [])
  );
  return {
    options: new Set(options),
    variables: new Set(ENV_NAMES),
    exitCodes: Object.values(EXIT_CODES),
    limits: new Set(Object.keys(DEFAULT_LIMITS)),
    tasks: new Set(Object.keys(config.tasks)),
  };
}

if (import.meta.main) {
  await runScript(() => {
    const roots = ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md", "docs"];
    const documents = readSources(roots, ".md");
    const facts = programFacts(JSON.parse(Deno.readTextFileSync("deno.json")));
    const findings = checkDocs(documents, facts);
    for (const finding of findings) console.error(finding);
    console.log(`docs: ${documents.length} documents, ${findings.length} findings`);
    return Promise.resolve(findings.length === 0 ? 0 : 1);
  });
}
