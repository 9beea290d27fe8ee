import { assertEquals, assertThrows } from "@std/assert";
import { type Environment, loadConfig, loadSocketPath } from "./config.ts";
import { defaultSocketPath } from "./client/socket_path.ts";
import { NotebookdError } from "./errors.ts";
import { DEFAULT_LIMITS } from "./limits.ts";

const HOME: Environment = { HOME: "/home/ada" };
const CWD = { cwd: "/work/here" };

function invalid(run: () => unknown, ...fragments: string[]): void {
  const error = assertThrows(run, NotebookdError);
  assertEquals(error.code, "invalid_argument");
  for (const fragment of fragments) {
    assertEquals(error.message.includes(fragment), true, error.message);
  }
}

Deno.test("loadConfig() uses folders in HOME when nothing else is named", () => {
  assertEquals(loadConfig(HOME, {}, CWD), {
    roots: ["/home/ada"],
    socketPath: "/home/ada/.local/state/notebookd/notebookd.sock",
    stateFolder: "/home/ada/.local/state/notebookd",
    configFolder: "/home/ada/.config/notebookd",
    trustKeyPath: "/home/ada/.config/notebookd/trust-key",
    autosave: true,
    baseFolder: "/work/here",
    limits: DEFAULT_LIMITS,
    logFormat: "text",
    logLevel: "info",
  });
});

Deno.test("loadConfig() prefers the XDG folders to HOME", () => {
  const config = loadConfig(
    {
      ...HOME,
      XDG_RUNTIME_DIR: "/run/user/7",
      XDG_STATE_HOME: "/x/state",
      XDG_CONFIG_HOME: "/x/config",
    },
    {},
    CWD,
  );
  assertEquals(config.socketPath, "/run/user/7/notebookd/notebookd.sock");
  assertEquals(config.stateFolder, "/x/state/notebookd");
  assertEquals(config.configFolder, "/x/config/notebookd");
});

Deno.test("loadConfig() ignores an XDG folder when it is relative or empty", () => {
  const config = loadConfig(
    { ...HOME, XDG_RUNTIME_DIR: "run", XDG_STATE_HOME: "", XDG_CONFIG_HOME: "./c" },
    {},
    CWD,
  );
  assertEquals(config, loadConfig(HOME, {}, CWD));
});

Deno.test("loadConfig() prefers its own variables to the XDG folders", () => {
  const config = loadConfig(
    {
      ...HOME,
      XDG_RUNTIME_DIR: "/run/user/7",
      XDG_STATE_HOME: "/x/state",
      XDG_CONFIG_HOME: "/x/config",
      NOTEBOOKD_SOCKET: "/own/d.sock",
      NOTEBOOKD_STATE: "state",
      NOTEBOOKD_CONFIG: "/own/config/",
      NOTEBOOKD_ROOTS: "/a:rel::/a",
      NOTEBOOKD_TRUST_KEY: "/keys/../keys/k",
    },
    {},
    CWD,
  );
  assertEquals(config.socketPath, "/own/d.sock");
  assertEquals(config.stateFolder, "/work/here/state");
  assertEquals(config.configFolder, "/own/config");
  assertEquals(config.roots, ["/a", "/work/here/rel"]);
  assertEquals(config.trustKeyPath, "/keys/k");
});

Deno.test("loadConfig() prefers flags to its own variables", () => {
  const config = loadConfig(
    { ...HOME, NOTEBOOKD_SOCKET: "/own/d.sock", NOTEBOOKD_STATE: "/own", NOTEBOOKD_ROOTS: "/a" },
    {
      root: ["one", "/two/", "./one"],
      socket: "../s.sock",
      state: "/st",
      keepAlive: "0.25",
      logFormat: "json",
      logLevel: "debug",
    },
    CWD,
  );
  assertEquals(config.roots, ["/work/here/one", "/two"]);
  assertEquals(config.socketPath, "/work/s.sock");
  assertEquals(config.stateFolder, "/st");
  assertEquals(config.keepAliveSeconds, 0.25);
  assertEquals(config.logFormat, "json");
  assertEquals(config.logLevel, "debug");
});

Deno.test("loadConfig() puts the socket into --state when there is no runtime folder", () => {
  assertEquals(loadConfig(HOME, { state: "/st" }, CWD).socketPath, "/st/notebookd.sock");
});

Deno.test("loadConfig() names the flag and the value when it can't be used", () => {
  for (const value of ["", "x", "-1", "1e3", "Infinity", "99999999", " 1", "0x10"]) {
    invalid(() => loadConfig(HOME, { keepAlive: value }, CWD), "--keep-alive", `"${value}"`);
  }
  invalid(() => loadConfig(HOME, { logFormat: "xml" }, CWD), "--log-format", '"xml"', "json");
  invalid(() => loadConfig(HOME, { logLevel: "loud" }, CWD), "--log-level", '"loud"', "warn");
  invalid(() => loadConfig(HOME, { root: [""] }, CWD), '--root ""');
  invalid(() => loadConfig(HOME, { socket: "a\0b" }, CWD), "--socket", "NUL");
  invalid(() => loadConfig({ ...HOME, NOTEBOOKD_ROOTS: ":" }, {}, CWD), 'NOTEBOOKD_ROOTS ":"');
});

Deno.test("loadConfig() accepts whole and fractional seconds when they are in range", () => {
  const seconds = ["0", "30", "1.5", ".5", "2."].map((keepAlive) =>
    loadConfig(HOME, { keepAlive }, CWD).keepAliveSeconds
  );
  assertEquals(seconds, [0, 30, 1.5, 0.5, 2]);
});

Deno.test("loadConfig() refuses when HOME is needed and missing", () => {
  invalid(() => loadConfig({}, {}, CWD), "HOME", "NOTEBOOKD_STATE");
  invalid(() => loadConfig({ HOME: "ada" }, {}, CWD), 'HOME "ada"');
  const env = { NOTEBOOKD_CONFIG: "/c", NOTEBOOKD_STATE: "/s", NOTEBOOKD_ROOTS: "/r" };
  assertEquals(loadConfig(env, {}, CWD).roots, ["/r"]);
});

Deno.test("loadSocketPath() agrees with loadConfig() for every source of the socket", () => {
  const cases: [Environment, { socket?: string; state?: string }][] = [
    [HOME, {}],
    [HOME, { state: "/st" }],
    [HOME, { socket: "s.sock" }],
    [{ ...HOME, XDG_RUNTIME_DIR: "/run/user/7" }, { state: "/st" }],
    [{ ...HOME, NOTEBOOKD_SOCKET: "/own/d.sock" }, {}],
    [{ ...HOME, XDG_STATE_HOME: "/x" }, {}],
  ];
  for (const [env, flags] of cases) {
    assertEquals(loadSocketPath(env, flags, CWD), loadConfig(env, flags, CWD).socketPath);
  }
});

Deno.test("loadConfig() changes the limits that are named and keeps the others", () => {
  const { limits } = loadConfig(HOME, { limit: ["rooms=3", "workers=1", "rooms=4"] }, CWD);
  assertEquals(limits, { ...DEFAULT_LIMITS, rooms: 4, workers: 1 });
});

Deno.test("loadConfig() refuses a limit when its name or number can't be used", () => {
  const words = ["", "rooms", "rooms=", "rooms=0", "rooms=-1", "rooms=1.5", "rooms=1e9", "beds=1"];
  for (const word of [...words, "toString=1", "__proto__=1", "rooms=99999999999999999999"]) {
    invalid(() => loadConfig(HOME, { limit: [word] }, CWD), `--limit "${word}"`);
  }
});

Deno.test("loadSocketPath() agrees with the client module for every environment", () => {
  const environments: Environment[] = [
    HOME,
    { ...HOME, XDG_RUNTIME_DIR: "/run/user/7" },
    { ...HOME, XDG_RUNTIME_DIR: "relative", XDG_STATE_HOME: "/x" },
    { ...HOME, XDG_STATE_HOME: "relative" },
    { ...HOME, NOTEBOOKD_STATE: "/own/state", XDG_STATE_HOME: "/x" },
    { ...HOME, NOTEBOOKD_SOCKET: "/own/d.sock", XDG_RUNTIME_DIR: "/run/user/7" },
    { ...HOME, NOTEBOOKD_SOCKET: "", XDG_RUNTIME_DIR: "" },
  ];
  for (const env of environments) {
    assertEquals(loadSocketPath(env, {}, CWD), defaultSocketPath(env));
  }
});

Deno.test("loadSocketPath() needs no HOME when the socket is named", () => {
  assertEquals(loadSocketPath({}, { socket: "/d.sock" }, CWD), "/d.sock");
});
