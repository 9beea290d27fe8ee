import { assertEquals } from "@std/assert";
import { systemTerminal } from "./terminal.ts";

Deno.test("systemTerminal() reads only variables that may be read", {
  permissions: { env: ["HOME"] },
}, () => {
  const { env } = systemTerminal();
  assertEquals(Object.keys(env), ["HOME"]);
});

Deno.test("systemTerminal() stops listening to signals when its listener is disposed", () => {
  const terminal = systemTerminal();
  {
    using _listener = terminal.onEndSignal(() => {});
  }
  using _again = terminal.onEndSignal(() => {});
});
