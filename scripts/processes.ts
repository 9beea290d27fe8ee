/**
 * Runs Deno as the scripts need it.
 *
 * @module
 */

/** How {@linkcode runDeno} runs. */
export interface RunDenoOptions {
  /** Environment variables beside those of this process. */
  readonly env?: Record<string, string>;
  /** Where it runs; the current folder by default. */
  readonly cwd?: string;
}

/**
 * Runs this very Deno with the terminal of this process, and gives its exit code.
 *
 * @param args The words after `deno`.
 * @param options How it runs.
 */
export async function runDeno(args: string[], options: RunDenoOptions = {}): Promise<number> {
  const command = new Deno.Command(Deno.execPath(), { args, stdin: "null", ...options });
  return (await command.spawn().status).code;
}
