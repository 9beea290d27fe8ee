/**
 * Makes `dist/notebookd`, one binary with everything inside, from the one-file bundle. The base
 * binary `denort` comes from the network, or from the file that `DENORT_BIN` names.
 *
 * @module
 */

import { bundle, BUNDLE_PATH } from "./bundle.ts";
import { runDeno, runScript, ScriptError } from "./processes.ts";

const BINARY_PATH = "dist/notebookd";

/** A binary's permissions are fixed when it is made; what it may open, its roots decide at start. */
const BINARY_FLAGS = [
  "--no-prompt",
  "--allow-read",
  "--allow-write",
  "--allow-net",
  "--allow-env",
  "--allow-sys=uid",
];

/** Says what a person can do when there is no base binary. */
function explain(): string {
  const { version } = Deno;
  return [
    `Cannot make "${BINARY_PATH}": deno compile ended with an error, see above`,
    `It takes the base binary denort ${version.deno} for ${Deno.build.target}: run this where`,
    "dl.deno.land can be reached, or unpack denort from Deno's release and name it:",
    "  DENORT_BIN=/path/to/denort deno task compile",
    `The one-file program is there and needs only Deno: "${BUNDLE_PATH}"`,
  ].join("\n");
}

if (import.meta.main) {
  await runScript(async () => {
    await bundle();
    const output = `--output=${BINARY_PATH}`;
    const exitCode = await runDeno([
      "compile",
      "--no-config",
      ...BINARY_FLAGS,
      output,
      BUNDLE_PATH,
    ]);
    if (exitCode !== 0) throw new ScriptError(explain());
    console.log(BINARY_PATH);
    return 0;
  });
}
