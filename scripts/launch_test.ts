import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { join } from "@std/path";
import { ENV_NAMES } from "../src/config.ts";
import { NotebookdError } from "../src/errors.ts";
import { within } from "../tests/helpers/deadline.ts";
import { TestHome } from "../tests/helpers/home.ts";
import { REPOSITORY } from "../tests/helpers/repository.ts";
import {
  flagsFor,
  type FlagsForOptions,
  resolveExistingLinks,
  START_FOLDER_NAME,
} from "./launch.ts";

const OPTIONS: FlagsForOptions = {
  env: { HOME: "/home/ada" },
  cwd: "/home/ada/work",
  shape: { kind: "source", folder: "/program" },
  resolveLinks: (path) => path,
};

Deno.test("flagsFor() computes the daemon's flags from its options and variables", () => {
  const flags = flagsFor(["daemon", "--root", "here", "--socket", "/run/d.sock"], {
    ...OPTIONS,
    env: { ...OPTIONS.env, NOTEBOOKD_STATE: "/state", NOTEBOOKD_CONFIG: "/config" },
  });
  assertEquals(flags.slice(0, 4), [
    "--no-prompt",
    "--allow-read=/home/ada/work/here,/state,/config,/run,/program/src",
    "--allow-write=/home/ada/work/here,/state,/config,/run",
    "--allow-net=unix:/run/d.sock,127.0.0.1",
  ]);
});

Deno.test("flagsFor() gives a command that connects the socket alone", () => {
  for (
    const args of [["rooms"], ["open", "/etc/a.ipynb"], ["stop"], ["new", "--runtime", "deno"]]
  ) {
    const flags = flagsFor([...args, "--socket", "/run/d.sock"], OPTIONS);
    assertEquals(flags.slice(0, 4), [
      "--no-prompt",
      "--allow-read=/run/d.sock",
      "--allow-write=/run/d.sock",
      "--allow-net=unix:/run/d.sock",
    ]);
  }
});

Deno.test("flagsFor() permits no more than printing when there is nothing to run", () => {
  const cases = [[], ["--help"], ["fly"], ["daemon", "--keep-alive", "soon"], ["rooms", "--no"]];
  for (const args of cases) {
    const flags = flagsFor(args, OPTIONS);
    assertEquals(flags, ["--no-prompt", `--allow-env=${ENV_NAMES.join(",")}`], args.join(" "));
  }
});

Deno.test("flagsFor() refuses when a path can't be put into a flag", () => {
  const error = assertThrows(
    () => flagsFor(["daemon", "--root", "/a,/etc"], OPTIONS),
    NotebookdError,
  );
  assertEquals(error.code, "invalid_argument");
});

Deno.test("resolveExistingLinks() follows links and keeps what doesn't exist yet", async () => {
  await using home = await TestHome.make();
  const link = join(home.base, "link");
  await Deno.symlink(home.root, link);
  assertEquals(resolveExistingLinks(link), home.root);
  assertEquals(resolveExistingLinks(join(link, "new", "deeper")), join(home.root, "new", "deeper"));
  assertEquals(resolveExistingLinks(home.root), home.root);
  assertEquals(resolveExistingLinks("/"), "/");
});

Deno.test("the tasks grant by name, and the launcher every variable it reads", () => {
  const config: { tasks: Record<string, string> } = JSON.parse(
    Deno.readTextFileSync(join(REPOSITORY, "deno.json")),
  );
  for (const [name, task] of Object.entries(config.tasks)) {
    assert(!/(^|\s)(-A|--allow-all|--allow-run(\s|$))/.test(task), name);
    // With such a variable set, Deno starts a program only for a process that may run everything.
    if (task.includes("--allow-run=")) assert(task.startsWith("unset LD_LIBRARY_PATH "), name);
  }
  const names = [...ENV_NAMES, START_FOLDER_NAME].join(",");
  for (const name of ["daemon", "notebookd"]) {
    assertStringIncludes(config.tasks[name] ?? "", `--allow-env=${names} `);
  }
});

/** Starts `deno task daemon` as a person would: from a folder of theirs, with a relative root. */
function daemonTask(home: TestHome): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), {
    args: [
      "task",
      "--quiet",
      "--config",
      join(REPOSITORY, "deno.json"),
      "daemon",
      "--root",
      "root",
    ],
    cwd: home.base,
    env: {
      NOTEBOOKD_SOCKET: home.socket,
      NOTEBOOKD_STATE: home.state,
      NOTEBOOKD_CONFIG: home.config,
      // Whoever started the tests stood elsewhere.
      INIT_CWD: home.base,
    },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) {
  Deno.test(`deno task daemon closes in order when it gets ${signal}`, async () => {
    await using home = await TestHome.make();
    await using child = daemonTask(home);
    const log = new Response(child.stderr).text();
    const output = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
    const { value } = await within(output.read(), "the ready line");
    assertStringIncludes(value ?? "", `"${home.root}"`);
    assertStringIncludes(value ?? "", home.socket);
    child.kill(signal);
    const { code } = await within(child.status, `the end after ${signal}`);
    const lines = await log;
    assertEquals(code, 0, lines);
    assertEquals(lines.split("Asked to end").length, 2, lines);
    assert(!/ERROR|Uncaught| {4}at /.test(lines), lines);
    assertThrows(() => Deno.lstatSync(home.socket), Deno.errors.NotFound);
    assertEquals((await output.read()).done, true);
  });
}
