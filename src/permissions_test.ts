import { assert, assertEquals, assertFalse, assertThrows } from "@std/assert";
import { type ConfigFlags, ENV_NAMES, loadConfig } from "./config.ts";
import { NotebookdError } from "./errors.ts";
import { clientFlags, daemonFlags } from "./permissions.ts";

const BUNDLE = { kind: "bundle" } as const;
const ENV = { HOME: "/home/ada", XDG_RUNTIME_DIR: "/run/user/7" };

function config(flags: ConfigFlags = {}, env: Record<string, string> = {}) {
  return loadConfig({ ...ENV, ...env }, { root: ["/data"], ...flags }, { cwd: "/" });
}

function flagValues(flags: readonly string[], name: string): string[] {
  const found = flags.filter((flag) => flag.startsWith(`${name}=`));
  assertEquals(found.length, 1, `${name} is given once`);
  return found.join("").slice(name.length + 1).split(",");
}

Deno.test("daemonFlags() grants roots, state, config and socket folder and no more", () => {
  const flags = daemonFlags(config(), BUNDLE);
  const folders = [
    "/data",
    "/home/ada/.local/state/notebookd",
    "/home/ada/.config/notebookd",
    "/run/user/7/notebookd",
  ];
  assertEquals(flagValues(flags, "--allow-read"), folders);
  assertEquals(flagValues(flags, "--allow-write"), folders);
  assertEquals(flagValues(flags, "--allow-net"), [
    "unix:/run/user/7/notebookd/notebookd.sock",
    "127.0.0.1",
  ]);
});

Deno.test("daemonFlags() never prompts, runs nothing and grants nothing whole", () => {
  const flags = daemonFlags(config(), { kind: "source", folder: "/program" });
  assertEquals(flags[0], "--no-prompt");
  for (const flag of flags.slice(1)) {
    assert(/^--allow-[a-z]+=.+$/.test(flag), flag);
    assertFalse(/^--allow-(run|ffi|import|all)/.test(flag), flag);
  }
});

Deno.test("daemonFlags() names every variable of the configuration", () => {
  const names = flagValues(daemonFlags(config(), BUNDLE), "--allow-env");
  for (const name of ENV_NAMES) assert(names.includes(name), name);
});

Deno.test("daemonFlags() lets the program read its modules but not write them", () => {
  const flags = daemonFlags(config(), { kind: "source", folder: "/program" });
  const read = flagValues(flags, "--allow-read");
  const write = flagValues(flags, "--allow-write");
  assert(read.includes("/program/src"));
  assertEquals(read.filter((path) => path.startsWith("/program")), ["/program/src"]);
  assertFalse(write.some((path) => path.startsWith("/program")));
});

Deno.test("daemonFlags() grants both spellings when a root is a link", () => {
  const resolveLinks = (path: string) => path.replace(/^\/data/, "/disk/data");
  const flags = daemonFlags(config({ root: ["/data/a", "/b"] }), BUNDLE, { resolveLinks });
  for (const name of ["--allow-read", "--allow-write"]) {
    const values = flagValues(flags, name);
    assert(values.includes("/data/a"));
    assert(values.includes("/disk/data/a"));
    assertEquals(values.filter((value) => value === "/b").length, 1);
  }
});

Deno.test("daemonFlags() grants the folder of a trust key when it lies elsewhere", () => {
  const flags = daemonFlags(config({}, { NOTEBOOKD_TRUST_KEY: "/keys/k" }), BUNDLE);
  assert(flagValues(flags, "--allow-write").includes("/keys"));
});

Deno.test("daemonFlags() refuses when a path holds a comma", () => {
  const cases: [ConfigFlags, string][] = [
    [{ root: ["/a,/etc"] }, "/a,/etc"],
    [{ state: "/s,t" }, "/s,t"],
    [{ socket: "/x,y/d.sock" }, "/x,y"],
  ];
  for (const [flags, path] of cases) {
    const error = assertThrows(() => daemonFlags(config(flags), BUNDLE), NotebookdError);
    assertEquals(error.code, "invalid_argument");
    assert(error.message.includes(`"${path}"`), error.message);
  }
});

Deno.test("daemonFlags() refuses when a link leads to a path with a comma", () => {
  assertThrows(
    () => daemonFlags(config(), BUNDLE, { resolveLinks: (path) => `${path},x` }),
    NotebookdError,
  );
});

Deno.test("clientFlags() grants the socket alone", () => {
  const flags = clientFlags("/run/d.sock");
  assertEquals(flagValues(flags, "--allow-read"), ["/run/d.sock"]);
  assertEquals(flagValues(flags, "--allow-write"), ["/run/d.sock"]);
  assertEquals(flagValues(flags, "--allow-net"), ["unix:/run/d.sock"]);
  assertThrows(() => clientFlags("/a,b"), NotebookdError);
});
