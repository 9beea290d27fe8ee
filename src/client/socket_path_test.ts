import { assertEquals, assertThrows } from "@std/assert";
import { NotebookdError } from "../errors.ts";
import { checkedSocketPath, defaultSocketPath, type SocketEnvironment } from "./socket_path.ts";

const CASES: readonly [SocketEnvironment, string][] = [
  [{ NOTEBOOKD_SOCKET: "/s/own.sock", XDG_RUNTIME_DIR: "/run/u" }, "/s/own.sock"],
  [{ XDG_RUNTIME_DIR: "/run/u", NOTEBOOKD_STATE: "/st" }, "/run/u/notebookd/notebookd.sock"],
  [{ XDG_RUNTIME_DIR: "run/u", NOTEBOOKD_STATE: "/st" }, "/st/notebookd.sock"],
  [{ XDG_RUNTIME_DIR: "", XDG_STATE_HOME: "/xs", HOME: "/h" }, "/xs/notebookd/notebookd.sock"],
  [{ XDG_STATE_HOME: "xs", HOME: "/h" }, "/h/.local/state/notebookd/notebookd.sock"],
];

for (const [environment, expected] of CASES) {
  Deno.test(`defaultSocketPath() gives ${expected} when ${JSON.stringify(environment)} is set`, () => {
    assertEquals(defaultSocketPath(environment), expected);
  });
}

Deno.test("defaultSocketPath() names the option and the permission when nothing is readable", () => {
  const error = assertThrows(() => defaultSocketPath({}), NotebookdError, "--allow-env=");
  assertEquals(error.code, "invalid_argument");
});

Deno.test("checkedSocketPath() refuses when the path is relative", () => {
  const error = assertThrows(() => checkedSocketPath("a.sock", "socket"), NotebookdError, "a.sock");
  assertEquals(error.code, "invalid_argument");
});
