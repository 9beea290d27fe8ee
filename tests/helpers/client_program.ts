/**
 * A program of someone else that uses the client module: in a folder of its own, with the
 * permissions that the socket takes and no other.
 *
 * @module
 */

import { join } from "@std/path";
import type { TestHome } from "./home.ts";
import { REPOSITORY, toFileUrl } from "./repository.ts";

/** What the program imports the client module as. */
const PACKAGE = "@notebookd/notebookd";

/** Writes a program and gives the command that runs it. */
export async function clientProgram(
  home: TestHome,
  source: string,
  args: readonly string[],
): Promise<Deno.Command> {
  const program = join(home.base, "program.ts");
  const map = join(home.base, "import_map.json");
  await Deno.writeTextFile(program, source);
  await Deno.writeTextFile(map, JSON.stringify({ imports: await importsOfThisPackage() }));
  const { socket } = home;
  return new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--no-prompt", "--check", `--import-map=${map}`],
      ...[`--allow-read=${socket}`, `--allow-write=${socket}`, `--allow-net=unix:${socket}`],
      ...["--allow-env=NOTEBOOKD_SOCKET", program, ...args],
    ],
    env: { NOTEBOOKD_SOCKET: socket, NO_COLOR: "1" },
    cwd: home.base,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  });
}

/** What a package registry would resolve: the package's entry, and what its modules import. */
async function importsOfThisPackage(): Promise<Record<string, string>> {
  const config = JSON.parse(await Deno.readTextFile(join(REPOSITORY, "deno.json")));
  const absolute = (target: string) =>
    target.startsWith("./") ? toFileUrl(join(REPOSITORY, target)) : target;
  const entries = Object.entries<string>({ ...config.imports, [PACKAGE]: config.exports });
  return Object.fromEntries(entries.map(([name, target]) => [
    name,
    name.endsWith("/") ? `${absolute(target).replace(/\/$/, "")}/` : absolute(target),
  ]));
}
