/**
 * The groups in which tests run, each with the permissions it needs, and the sum of what they
 * reported.
 *
 * @module
 */

import { PARTS } from "./layout.ts";

/** Tests that run in one process. */
export interface TestGroup {
  /** What it is called in the output. */
  readonly name: string;
  /** The folders and files that are tested, examples in their documentation included. */
  readonly paths: readonly string[];
  /** The permission flags. */
  readonly flags: readonly string[];
  /** In which form the tests start the program. */
  readonly shape: "source" | "bundle";
}

/** How many tests passed, failed and were left out. */
export interface TestCounts {
  /** How many passed. */
  readonly passed: number;
  /** How many failed, a module that couldn't be run counted as one. */
  readonly failed: number;
  /** How many were marked as ignored. */
  readonly ignored: number;
}

/**
 * Gives the groups: what touches nothing runs with no permission at all, the rest with what real
 * files, sockets and processes take, and the tests that start the program once more on the bundle.
 *
 * @param denoPath The absolute path of the Deno that tests may start.
 * @param startingTests The paths of the tests that start the program.
 */
export function testGroups(denoPath: string, startingTests: readonly string[]): TestGroup[] {
  const parts = Object.entries(PARTS);
  const pathsOf = (touching: boolean) =>
    parts.filter(([, part]) => part.touchesMachine === touching).flatMap(([name]) => [
      `src/${name}`,
      `src/${name}.ts`,
      `src/${name}_test.ts`,
    ]);
  const flags = [
    "--no-prompt",
    // Unscoped: making a symbolic link takes read and write so, sockets have random names, and the
    // flag doesn't know "umask".
    "--allow-read",
    "--allow-write",
    "--allow-net",
    "--allow-env",
    "--allow-sys",
    `--allow-run=${denoPath},cat,ls,mkfifo`,
  ];
  const realPaths = [...pathsOf(true), "std", "scripts", "tests"];
  return [
    { name: "pure", paths: pathsOf(false), flags: ["--no-prompt"], shape: "source" },
    { name: "real", paths: realPaths, flags, shape: "source" },
    { name: "bundle", paths: startingTests, flags, shape: "bundle" },
  ];
}

/**
 * Counts the tests of a JUnit report as `deno test` writes it.
 *
 * @param report The XML.
 * @param exitCode How the process ended: where it failed and no test did, a module couldn't be run,
 *   and that counts as one failure.
 */
export function countTests(report: string, exitCode: number): TestCounts {
  const total = attributeOf(report, "tests");
  const failures = attributeOf(report, "failures") + attributeOf(report, "errors");
  const ignored = report.split("<skipped").length - 1;
  const failed = exitCode !== 0 && failures === 0 ? 1 : failures;
  return { passed: Math.max(0, total - failures - ignored), failed, ignored };
}

function attributeOf(report: string, name: string): number {
  const root = /<testsuites\b[^>]*>/.exec(report)?.[0] ?? "";
  return Number(new RegExp(`\\b${name}="(\\d+)"`).exec(root)?.[1] ?? 0);
}

/** Adds what groups reported. */
export function sumCounts(counts: readonly TestCounts[]): TestCounts {
  return counts.reduce((sum, next) => ({
    passed: sum.passed + next.passed,
    failed: sum.failed + next.failed,
    ignored: sum.ignored + next.ignored,
  }), { passed: 0, failed: 0, ignored: 0 });
}
