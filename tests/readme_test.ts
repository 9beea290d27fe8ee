import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { clientProgram } from "./helpers/client_program.ts";
import { command, TestDaemon } from "./helpers/daemon.ts";
import { within } from "./helpers/deadline.ts";
import { CORPUS, REPOSITORY } from "./helpers/repository.ts";

/** The notebook of the README's session. */
const NOTEBOOK = "denoland__deno__integration-test.ipynb";

/** The program that the README shows for the client module. */
async function readmeProgram(): Promise<string> {
  const readme = await Deno.readTextFile(join(REPOSITORY, "README.md"));
  const blocks = [...readme.matchAll(/^```ts[^\n]*\n(.*?)^```$/gms)].map((match) => match[1] ?? "");
  const program = blocks.find((block) => block.includes('from "@notebookd/notebookd"'));
  assert(program !== undefined, "The README shows no program with the client module");
  return program;
}

Deno.test("the README's two windows see one notebook when one of them is its program", async () => {
  await using daemon = await TestDaemon.start();
  const { home } = daemon;
  const path = home.path("tour.ipynb");
  await Deno.copyFile(CORPUS + NOTEBOOK, path);
  await using following = (await command(home, ["open", path, "--follow"])).spawn();
  const reader = following.stdout.pipeThrough(new TextDecoderStream()).getReader();
  let printed = "";
  const untilPrinted = async (wanted: string) => {
    while (!printed.includes(wanted)) {
      const { value, done } = await within(reader.read(), `"${wanted}" in the first window`);
      if (done) throw new Error(`The first window ended:\n${printed}`);
      printed += value;
    }
  };
  await untilPrinted("182aef1d");
  assertStringIncludes(printed, "runtime   deno");

  const program = await clientProgram(home, await readmeProgram(), [path]);
  const { code, stdout, stderr } = await within(program.output(), "the end of the program");
  const decoder = new TextDecoder();
  assertEquals(code, 0, decoder.decode(stderr));
  const lines = decoder.decode(stdout).split("\n");
  assertEquals(lines[0], `${path} 34 cells`);
  assertEquals(lines[1], "print(40 + 2)");

  await untilPrinted("inserted at 0");
  following.kill("SIGINT");
  assertEquals((await within(following.status, "the first window's end")).code, 0);
  await reader.cancel();
  await following.stderr.cancel();
});
