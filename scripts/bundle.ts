/**
 * Makes `dist/notebookd.js`: the whole program in one file that needs no configuration, no package
 * cache and no network.
 *
 * @module
 */

import { runDeno, runScript, ScriptError } from "./processes.ts";

const FOLDER = "dist";
const WORKER_NAME = "#worker";

/** Where {@linkcode bundle} writes the program. */
export const BUNDLE_PATH = `${FOLDER}/notebookd.js`;

/**
 * Bundles the worker to one text, then the program with that text inside: a worker that starts from
 * a Blob needs no permission to read.
 *
 * @throws {ScriptError} when `deno bundle` fails; it has said why.
 */
export async function bundle(): Promise<void> {
  const parts = `${FOLDER}/parts`;
  const importMap = `${parts}/import_map.json`;
  Deno.mkdirSync(parts, { recursive: true });
  await bundleOne("src/workers/entry.ts", `${parts}/worker.js`);
  Deno.writeTextFileSync(
    `${parts}/worker_source.ts`,
    workerModule(Deno.readTextFileSync(`${parts}/worker.js`)),
  );
  Deno.writeTextFileSync(
    importMap,
    bundleImportMap(Deno.readTextFileSync("deno.json"), "./worker_source.ts"),
  );
  // A second configuration file would be ignored for modules outside its folder; a map isn't.
  await bundleOne("main.ts", BUNDLE_PATH, [`--import-map=${importMap}`]);
}

/**
 * The module that takes the place of `src/workers/source.ts`.
 *
 * @param text The bundled code of the worker.
 */
export function workerModule(text: string): string {
  return `const TEXT = ${JSON.stringify(text)};
let url: string | undefined;
export function workerUrl(): string {
  return url ??= URL.createObjectURL(new Blob([TEXT], { type: "text/javascript" }));
}
`;
}

/**
 * The project's import map with another module for the worker's code, for a folder two levels below
 * the project's.
 *
 * @param config The text of deno.json.
 * @param workerSource The module, relative to that folder.
 */
export function bundleImportMap(config: string, workerSource: string): string {
  const { imports } = JSON.parse(config);
  const moved = Object.entries<string>(imports).map(([name, target]) => [
    name,
    target.startsWith("./") ? `../../${target.slice("./".length)}` : target,
  ]);
  return JSON.stringify({ imports: { ...Object.fromEntries(moved), [WORKER_NAME]: workerSource } });
}

async function bundleOne(entry: string, output: string, flags: string[] = []): Promise<void> {
  const exitCode = await runDeno([
    "bundle",
    "--quiet",
    "--platform=deno",
    ...flags,
    `--output=${output}`,
    entry,
  ]);
  if (exitCode !== 0) {
    throw new ScriptError(`Cannot bundle "${entry}": deno ended with ${exitCode}`);
  }
}

if (import.meta.main) {
  await runScript(async () => {
    await bundle();
    const { size } = Deno.statSync(BUNDLE_PATH);
    console.log(`${BUNDLE_PATH}: ${(size / 1e6).toFixed(1)} MB`);
    return 0;
  });
}
