/**
 * How the program under test is started, in each of its shapes.
 *
 * @module
 */

import { join } from "@std/path";
import type { TestHome } from "./home.ts";
import { REPOSITORY } from "./repository.ts";

/** The shapes that the whole suite runs on. */
export type Shape = "source" | "bundle";

/** The shape of this run, from NOTEBOOKD_TEST_SHAPE. */
export const SHAPE: Shape = readShape();

/** A program with its arguments and its whole environment. */
export interface CommandLine {
  program: string;
  args: string[];
  env: Record<string, string>;
}

/**
 * The command line of a notebookd command with the permissions that the launcher computes for it.
 *
 * @param home Where its folders and its socket are.
 * @param args The command and its arguments.
 * @param extra More variables of its environment.
 */
export async function commandLine(
  home: TestHome,
  args: readonly string[],
  extra: Readonly<Record<string, string>> = {},
): Promise<CommandLine> {
  const env = { ...await environment(home), ...extra };
  const flags = await launcherFlags(home, args, env);
  const entry = SHAPE === "source"
    ? ["--config", join(REPOSITORY, "deno.json"), join(REPOSITORY, "main.ts")]
    : ["--no-config", "--no-npm", "--cached-only", join(REPOSITORY, "dist", "notebookd.js")];
  return { program: Deno.execPath(), args: ["run", ...flags, ...entry, ...args], env };
}

/** Nothing of the person's own environment but what finds programs and the package cache. */
async function environment(home: TestHome): Promise<Record<string, string>> {
  return {
    PATH: Deno.env.get("PATH") ?? "",
    HOME: home.base,
    DENO_DIR: SHAPE === "source" ? await packageCache() : join(home.base, "deno"),
    NOTEBOOKD_SOCKET: home.socket,
    NOTEBOOKD_STATE: home.state,
    NOTEBOOKD_CONFIG: home.config,
    NO_COLOR: "1",
  };
}

async function launcherFlags(
  home: TestHome,
  args: readonly string[],
  env: Record<string, string>,
): Promise<string[]> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--no-prompt", "--allow-read", "--allow-write", "--allow-env", "--allow-sys"],
      ...["--config", join(REPOSITORY, "deno.json"), join(REPOSITORY, "scripts", "launch.ts")],
      ...["--print", ...SHAPE === "bundle" ? ["--bundle"] : [], ...args],
    ],
    env: { ...env, DENO_DIR: await packageCache() },
    clearEnv: true,
    cwd: home.base,
  }).output();
  const decoder = new TextDecoder();
  if (code !== 0) throw new Error(`The launcher failed: ${decoder.decode(stderr)}`);
  return decoder.decode(stdout).split("\n").filter((line) => line !== "");
}

let cache: Promise<string> | undefined;

function packageCache(): Promise<string> {
  return cache ??= findPackageCache();
}

async function findPackageCache(): Promise<string> {
  const { stdout } = await new Deno.Command(Deno.execPath(), { args: ["info", "--json"] }).output();
  return JSON.parse(new TextDecoder().decode(stdout)).denoDir;
}

function readShape(): Shape {
  const shape = Deno.env.get("NOTEBOOKD_TEST_SHAPE") ?? "source";
  if (shape === "source" || shape === "bundle") return shape;
  throw new Error(`NOTEBOOKD_TEST_SHAPE is "${shape}": say "source" or "bundle"`);
}
