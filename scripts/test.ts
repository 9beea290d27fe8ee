/**
 * Runs every test and every example in the documentation, and says in the last line how many passed
 * and failed: `deno task test`. Words after it name groups (`pure`, `real`); without any, all run.
 *
 * @module
 */

import { runDeno } from "./processes.ts";
import {
  countTests,
  sumCounts,
  type TestCounts,
  type TestGroup,
  testGroups,
} from "./test_groups.ts";

const REPORT_FOLDER = ".deno";

async function runGroup(group: TestGroup): Promise<TestCounts> {
  const report = `${REPORT_FOLDER}/${group.name}.xml`;
  removeIfThere(report);
  const paths = group.paths.filter(exists);
  console.log(`\n${group.name}: ${group.flags.join(" ")}`);
  const exitCode = await runDeno([
    "test",
    "--doc",
    "--parallel",
    "--reporter=dot",
    `--junit-path=${report}`,
    ...group.flags,
    ...paths,
  ]);
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

function removeIfThere(path: string): void {
  if (exists(path)) Deno.removeSync(path);
}

if (import.meta.main) {
  Deno.mkdirSync(REPORT_FOLDER, { recursive: true });
  const groups = testGroups(Deno.execPath());
  const chosen = groups.filter(({ name }) => Deno.args.length === 0 || Deno.args.includes(name));
  const counts: TestCounts[] = [];
  for (const group of chosen) counts.push(await runGroup(group));
  const { passed, failed, ignored } = sumCounts(counts);
  if (ignored > 0) console.log(`${ignored} ignored`);
  console.log(`${passed} passed, ${failed} failed`);
  if (failed > 0 || passed === 0) Deno.exit(1);
}
