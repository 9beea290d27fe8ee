/**
 * The program: its words in, its exit code out.
 *
 * @module
 */

import { runCli } from "./src/cli/run.ts";
import { systemTerminal } from "./src/cli/terminal.ts";

if (import.meta.main) Deno.exit(await runCli(Deno.args, systemTerminal()));
