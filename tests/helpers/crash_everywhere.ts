/**
 * Runs something again and again, and stops it at each of its steps.
 *
 * @module
 */

import { FaultyDisk } from "./faulty_disk.ts";
import { SeededRandom } from "../../src/testing_random.ts";

/** How many ways of losing power are tried at each step, besides losing all that wasn't synced. */
const SEEDS = 16;

/** What happened to a run before its disk is looked at. */
export interface Aftermath {
  /** Before which of its steps it stopped; null if it came to its end first. */
  step: number | null;
  /** Whether what was written but not synced may be gone. */
  lost: "process" | "power";
}

/** What {@linkcode crashEverywhere} is told. */
export interface CrashEverywhereOptions {
  /** Prepares a fresh disk. */
  setup?: (disk: FaultyDisk) => void | Promise<void>;
  /** What is stopped. */
  run: (disk: FaultyDisk) => Promise<void>;
  /** Looks at the disk as the next process finds it, and fails if that isn't a legal state. */
  check: (disk: FaultyDisk, aftermath: Aftermath) => Promise<void>;
}

/**
 * Stops a run before each step, and in the middle of each write, by the death of its process and by
 * losing power; then looks at what is left. Last it lets the run come to its end, and then stops.
 *
 * @returns How many steps the run has.
 */
export async function crashEverywhere(options: CrashEverywhereOptions): Promise<number> {
  for (let step = 1;; step++) {
    let finished = false;
    for (const half of [false, true]) {
      const disk = new FaultyDisk();
      await options.setup?.(disk);
      disk.crash = { step: disk.steps + step, half };
      finished = await runUntilCrash(disk, options.run);
      await checkAll(disk, finished ? null : step, options.check);
    }
    if (finished) return step - 1;
  }
}

async function runUntilCrash(
  disk: FaultyDisk,
  run: CrashEverywhereOptions["run"],
): Promise<boolean> {
  try {
    await run(disk);
    // A step that failed may have been caught: what tells is whether it was reached.
    return disk.steps < (disk.crash?.step ?? Infinity);
  } catch (error) {
    if (!disk.dead) throw error;
    return false;
  }
}

async function checkAll(
  disk: FaultyDisk,
  step: number | null,
  check: CrashEverywhereOptions["check"],
): Promise<void> {
  const ways: [lost: Aftermath["lost"], seed?: number][] = [["process"], ["power"]];
  for (let seed = 1; seed <= SEEDS; seed++) ways.push(["power", seed]);
  for (const [lost, seed] of ways) {
    const random = seed === undefined ? undefined : new SeededRandom(seed);
    try {
      await check(disk.restart(lost, random), { step, lost });
    } catch (error) {
      const where = step === null ? "its end" : `step ${step}`;
      const how = seed === undefined ? lost : `${lost}, seed ${seed}`;
      throw new Error(`Not a legal state after a crash at ${where} (${how})`, { cause: error });
    }
  }
}
