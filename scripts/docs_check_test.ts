import { assert, assertEquals } from "@std/assert";
import { checkDocs, type ProgramFacts, programFacts } from "./docs_check.ts";

const FACTS: ProgramFacts = {
  options: new Set(["--root"]),
  variables: new Set(["NOTEBOOKD_ROOTS", "HOME"]),
  exitCodes: [{ code: 3, meaning: "no daemon answers" }],
  limits: new Set(["rooms"]),
  tasks: new Set(["daemon"]),
};

const GOOD = [
  "Run `npx -y deno@2.9.6 task daemon`; NOTEBOOKD_ROOTS names the roots.",
  "| option | meaning |",
  "| --- | --- |",
  "| `--root DIR` | a root |",
  "| `--help` | help |",
  "| `rooms` | how many rooms |",
  "| 3 | no daemon answers |",
].join("\n");

function check(text: string): string[] {
  return checkDocs([{ path: "README.md", text }], FACTS);
}

Deno.test("checkDocs() passes when documents and program agree", () => {
  assertEquals(check(GOOD), []);
});

Deno.test("checkDocs() reports what the program has and no document names", () => {
  assertEquals(check(""), [
    'The option "--root" is in no document: add it to a table of options',
    'The variable "NOTEBOOKD_ROOTS" is in no document: add it to a document',
    "No table has the exit code: | 3 | no daemon answers |",
    'The limit "rooms" is in no document: add it to a table of limits',
  ]);
});

Deno.test("checkDocs() reports what a document names and the program hasn't", () => {
  assertEquals(check(`${GOOD}\n| \`--rot\` | a root |`), [
    'README.md: names the option "--rot", which doesn\'t exist',
  ]);
  assertEquals(check(`${GOOD}\nNOTEBOOKD_ROTS and XDG_DATA_HOME`), [
    'README.md: names the variable "NOTEBOOKD_ROTS", which doesn\'t exist',
    'README.md: names the variable "XDG_DATA_HOME", which doesn\'t exist',
  ]);
  assertEquals(check(`${GOOD}\n\`deno task demon\``), [
    'README.md: names the task "demon", which doesn\'t exist',
  ]);
});

Deno.test("checkDocs() reports an exit code when its meaning differs", () => {
  assertEquals(check(GOOD.replace("no daemon answers", "nobody there")), [
    "No table has the exit code: | 3 | no daemon answers |",
  ]);
});

Deno.test("programFacts() asks the program for its options", () => {
  const { options, tasks } = programFacts({ tasks: { daemon: "" } });
  for (const option of ["--root", "--socket", "--follow", "--json", "--runtime"]) {
    assert(options.has(option), option);
  }
  assertEquals([...tasks], ["daemon"]);
});
