/// <reference lib="deno.unstable" />
import { assertEquals } from "@std/assert";
import plugin from "./lint_plugin.ts";

/** The rules that a text breaks when it stands in a file of that name. */
function broken(filename: string, text: string): string[] {
  return Deno.lint.runPlugin(plugin, `/project/${filename}`, text)
    .map((diagnostic) => diagnostic.id.replace("notebookd/", ""));
}

function longFunction(lines: number): string {
  return `function long() {\n${"  work();\n".repeat(lines - 2)}}\n`;
}

Deno.test("no-suppression reports when a comment switches a check off or puts work off", () => {
  const comments = [
    "// @ts-ignore: why",
    "// @ts-expect-error: why",
    "// deno-lint-ignore no-explicit-any",
    "/* deno-fmt-ignore */",
    "// TODO: later",
    "/** FIXME */",
  ];
  for (const comment of comments) {
    assertEquals(broken("src/wire/a.ts", `${comment}\nexport const a = 1;`), ["no-suppression"]);
  }
  assertEquals(broken("src/wire/a.ts", 'const text = "TODO"; // why\n'), []);
});

Deno.test("no-sleep-in-tests reports when a test waits for time", () => {
  for (const call of ["setTimeout(f, 5)", "globalThis.setTimeout(f)", "delay(3)", "sleep(3)"]) {
    assertEquals(broken("src/wire/a_test.ts", call), ["no-sleep-in-tests"], call);
    assertEquals(broken("tests/a.ts", call), ["no-sleep-in-tests"], call);
    assertEquals(broken("src/storage/a.ts", call), [], call);
  }
  assertEquals(broken("src/wire/a_test.ts", "clock.setTimeout(f, 5)"), []);
  assertEquals(broken("tests/helpers/deadline.ts", "setTimeout(f, 5)"), []);
});

Deno.test("no-message-matching reports when an error is told by its text", () => {
  const matches = [
    'error.message.includes("no space")',
    'error.message?.startsWith("a")',
    'err.message === "a"',
    "/gone/.test(cause.message)",
    'lastError.message.match("x")',
  ];
  for (const match of matches) {
    assertEquals(broken("src/rooms/a.ts", match), ["no-message-matching"], match);
    assertEquals(broken("src/rooms/a_test.ts", match), [], match);
  }
  assertEquals(broken("src/rooms/a.ts", 'log(error.message); frame.message === "a"'), []);
});

Deno.test("short-functions reports when a function has more than 40 lines", () => {
  assertEquals(broken("src/rooms/a.ts", longFunction(41)), ["short-functions"]);
  assertEquals(broken("src/rooms/a.ts", longFunction(40)), []);
  assertEquals(broken("src/rooms/a_test.ts", longFunction(41)), []);
  const method = `class A {\n  m${longFunction(41).slice("function long".length)}}`;
  assertEquals(broken("src/rooms/a.ts", method), ["short-functions"]);
});

Deno.test("no-machine reports when a pure folder touches the machine", () => {
  const uses = ["Deno.cwd()", "fetch(url)", "new WebSocket(url)", "new Worker(url)", "f(Deno)"];
  for (const use of uses) {
    assertEquals(broken("src/rooms/a.ts", use), ["no-machine"], use);
    assertEquals(broken("src/unknown/a.ts", use), ["no-machine"], use);
    for (const file of ["src/storage/a.ts", "src/cli/terminal.ts", "main.ts", "scripts/a.ts"]) {
      assertEquals(broken(file, use), [], `${file}: ${use}`);
    }
  }
});

Deno.test("no-machine stays silent when the name isn't the global", () => {
  for (const text of ["store.fetch(key)", "const a = { fetch: 1 }", "type A = Deno.Conn"]) {
    assertEquals(broken("src/rooms/a.ts", text), [], text);
  }
});
