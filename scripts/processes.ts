/**
 * Runs Deno as the scripts need it.
 *
 * @module
 */

/** A script can't go on; the message says everything a person needs. */
export class ScriptError extends Error {
  override readonly name = "ScriptError";
}

/**
 * Runs this very Deno with the terminal of this process, and gives its exit code.
 *
 * @param args The words after `deno`.
 * @param env Environment variables beside those of this process.
 */
export async function runDeno(args: string[], env: Record<string, string> = {}): Promise<number> {
  const command = new Deno.Command(Deno.execPath(), { args, env, stdin: "null" });
  return (await command.spawn().status).code;
}

/**
 * Runs a script's work and ends the process with the exit code that it gives, or with 1 after the
 * message of a {@linkcode ScriptError}.
 *
 * @param work The work.
 */
export async function runScript(work: () => Promise<number>): Promise<never> {
  try {
    Deno.exit(await work());
  } catch (error) {
    if (!(error instanceof ScriptError)) throw error;
    console.error(error.message);
    Deno.exit(1);
  }
}
