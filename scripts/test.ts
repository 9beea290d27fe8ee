/**
 * Runs every test and every example in the documentation, and says in the last line how many passed
 * and failed: `deno task test`. Words after it name groups (`pure`, `real`, `bundle`); without any,
 * all run.
 *
 * @module
 */

import { bundle } from "./bundle.ts";
import { runDeno, runScript } from "./processes.ts";
import { readSources } from "./sources.ts";
import {
  countTests,
  sumCounts,
  type TestCounts,
  type TestGroup,
  testGroups,
} from "./test_groups.ts";

const REPORT_FOLDER = ".deno";
/** Whatever a test starts the program with, it starts it with this. */
const STARTER = "helpers/daemon.ts";

async function runGroup(group: TestGroup): Promise<TestCounts> {
  console.log(`\n${group.name}: ${group.flags.join(" ")}`);
  if (group.shape === "bundle") await bundle();
  const report = `${REPORT_FOLDER}/${group.name}.xml`;
  if (exists(report)) Deno.removeSync(report);
  const words = ["test", "--doc", "--parallel", `--junit-path=${report}`, ...group.flags];
  const env = { NOTEBOOKD_TEST_SHAPE: group.shape };
  const exitCode = await runDeno([...words, ...group.paths.filter(exists)], env);
  return countTests(exists(report) ? Deno.readTextFileSync(report) : "", exitCode);
}

function exists(path: string): boolean {
  try {
    Deno.lstatSync(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

function startingTests(): string[] {
  return readSources(["tests"], "_test.ts")
    .filter(({ text }) => text.includes(STARTER))
    .map(({ path }) => path);
}

async function runGroups(names: readonly string[]): Promise<number> {
  Deno.mkdirSync(REPORT_FOLDER, { recursive: true });
  const groups = testGroups(Deno.execPath(), startingTests());
  const counts: TestCounts[] = [];
  for (const group of groups) {
    if (names.length === 0 || names.includes(group.name)) counts.push(await runGroup(group));
  }
  const { passed, failed, ignored } = sumCounts(counts);
  if (ignored > 0) console.log(`${ignored} ignored`);
  console.log(`${passed} passed, ${failed} failed`);
  return failed > 0 || passed === 0 ? 1 : 0;
}

if (import.meta.main) await runScript(() => runGroups(Deno.args));
