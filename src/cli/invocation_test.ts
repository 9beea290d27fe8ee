import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { ENV_NAMES } from "../config.ts";
import { EXIT_CODES } from "./exit_codes.ts";
import { type Invocation, parseInvocation } from "./invocation.ts";

function parse(...args: string[]) {
  let out = "";
  let err = "";
  const result = parseInvocation(args, {
    colour: false,
    out: (text) => out += text,
    err: (text) => err += text,
  });
  return { result, out, err };
}

function invocation(...args: string[]): Invocation {
  const { result, err } = parse(...args);
  assert(result.kind === "invocation", err);
  return result.invocation;
}

Deno.test("parseInvocation() reads every option of daemon", () => {
  assertEquals(
    invocation(
      ...["daemon", "--root", "a", "--root=b", "--socket", "s", "--state", "t"],
      ...["--keep-alive", "0.5", "--limit", "rooms=1", "--limit", "workers=2"],
      ...["--log-format", "json", "--log-level", "debug"],
    ),
    {
      command: "daemon",
      flags: {
        root: ["a", "b"],
        socket: "s",
        state: "t",
        keepAlive: "0.5",
        limit: ["rooms=1", "workers=2"],
        logFormat: "json",
        logLevel: "debug",
      },
    },
  );
  assertEquals(invocation("daemon"), { command: "daemon", flags: {} });
});

Deno.test("parseInvocation() reads every option of the commands that connect", () => {
  assertEquals(invocation("open", "a.ipynb", "--follow", "--json", "--socket", "s"), {
    command: "open",
    file: "a.ipynb",
    follow: true,
    json: true,
    socket: "s",
  });
  assertEquals(
    invocation(
      ...["new", "--runtime", "python", "--package-manager", "conda", "--working-dir", "w"],
      ...["--dependency", "pandas>=2", "--dependency", "numpy"],
    ),
    {
      command: "new",
      runtime: "python",
      packageManager: "conda",
      dependencies: ["pandas>=2", "numpy"],
      workingDir: "w",
      json: false,
    },
  );
  assertEquals(invocation("inspect", "--json", "id"), { command: "inspect", id: "id", json: true });
  for (const command of ["rooms", "status", "stop"] as const) {
    assertEquals(invocation(command, "--socket", "s"), { command, json: false, socket: "s" });
  }
});

Deno.test("parseInvocation() keeps a file that looks like an option when it comes after --", () => {
  assertEquals(invocation("open", "--", "--help.ipynb"), {
    command: "open",
    file: "--help.ipynb",
    follow: false,
    json: false,
  });
});

Deno.test("parseInvocation() writes help to the output and ends well when asked for it", () => {
  for (const args of [["--help"], ["help"], ["-h"], ["open", "--help"], ["help", "open"]]) {
    const { result, out, err } = parse(...args);
    assertEquals(result, { kind: "done", exitCode: 0 }, args.join(" "));
    assertStringIncludes(out, "Usage: notebookd");
    assertEquals(err, "");
  }
});

Deno.test("parseInvocation() documents variables and exit codes in the help", () => {
  const { out } = parse("--help");
  for (const name of ENV_NAMES) assertStringIncludes(out, name);
  for (const { code, meaning } of Object.values(EXIT_CODES)) {
    assertStringIncludes(out, `${String(code).padStart(4)}  ${meaning}`);
  }
});

Deno.test("parseInvocation() ends with the code for usage when the words can't be used", () => {
  const cases = [
    [],
    ["fly"],
    ["open"],
    ["open", "a", "b"],
    ["open", "a", "--nonsense"],
    ["new"],
    ["rooms", "--socket"],
    ["inspect"],
  ];
  for (const args of cases) {
    const { result, out, err } = parse(...args);
    assertEquals(result, { kind: "done", exitCode: EXIT_CODES.usage.code }, args.join(" "));
    assertEquals(out, "");
    assert(err.length > 0);
  }
});
