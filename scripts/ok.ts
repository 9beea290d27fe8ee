/**
 * Everything that must hold before a change is handed over, but the tests: `deno task ok`. All
 * checks run, also after one that failed, and the last lines say which did.
 *
 * @module
 */

import { runDeno, runScript } from "./processes.ts";

/** The checks, cheapest first: the words after `deno`. */
const CHECKS: readonly (readonly string[])[] = [
  ["fmt", "--check"],
  ["lint"],
  ["task", "--quiet", "check"],
  ["task", "--quiet", "doc-lint"],
  ["task", "--quiet", "layers"],
  ["task", "--quiet", "docs"],
  ["task", "--quiet", "fuzz", "--seconds", "5", "--seed", "1"],
  ["task", "--quiet", "bench", "--smoke"],
];

/** Runs every check and gives the names of those that failed. */
async function failingChecks(): Promise<string[]> {
  const failed: string[] = [];
  for (const words of CHECKS) {
    const name = words.filter((word) => word !== "task" && word !== "--quiet").join(" ");
    console.log(`\n== ${name}`);
    if (await runDeno([...words]) !== 0) failed.push(name);
  }
  return failed;
}

if (import.meta.main) {
  await runScript(async () => {
    const failed = await failingChecks();
    console.log(`\n${CHECKS.length - failed.length} of ${CHECKS.length} checks passed`);
    for (const name of failed) console.log(`failed: ${name}`);
    return failed.length === 0 ? 0 : 1;
  });
}
