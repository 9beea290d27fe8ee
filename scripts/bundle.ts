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
  Deno.mkdirSync(parts, { recursive: true });
  await bundleOne("src/workers/entry.ts", `${parts}/worker.js`, "deno.json");
  Deno.writeTextFileSync(
    `${parts}/worker_source.ts`,
    workerModule(Deno.readTextFileSync(`${parts}/worker.js`)),
  );
  Deno.writeTextFileSync(
    `${parts}/deno.json`,
    bundleConfig(Deno.readTextFileSync("deno.json"), "./worker_source.ts"),
  );
  await bundleOne("main.ts", BUNDLE_PATH, `${parts}/deno.json`);
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
 * The project's configuration with another module for the worker's code, for a folder two levels
 * below the project's.
 *
 * @param config The text of deno.json.
 * @param workerSource The module, relative to that folder.
 */
export function bundleConfig(config: string, workerSource: string): string {
  const { imports, compilerOptions } = JSON.parse(config);
  const moved = Object.entries<string>(imports).map(([name, target]) => [
    name,
    target.startsWith("./") ? `../../${target.slice("./".length)}` : target,
  ]);
  return JSON.stringify({
    imports: { ...Object.fromEntries(moved), [WORKER_NAME]: workerSource },
    compilerOptions,
    lock: "../../deno.lock",
  });
}

async function bundleOne(entry: string, output: string, config: string): Promise<void> {
  const exitCode = await runDeno([
    "bundle",
    "--quiet",
    "--platform=deno",
    `--config=${config}`,
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
