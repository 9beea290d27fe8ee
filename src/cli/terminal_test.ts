import { assertEquals } from "@std/assert";
import { systemTerminal } from "./terminal.ts";

Deno.test("systemTerminal() reads only variables that may be read", () => {
  for (const variable of Object.keys(systemTerminal().env)) {
    assertEquals(Deno.permissions.querySync({ name: "env", variable }).state, "granted");
  }
});

Deno.test("systemTerminal() stops listening to signals when its listener is disposed", () => {
  const terminal = systemTerminal();
  {
    using _listener = terminal.onEndSignal(() => {});
  }
  using _again = terminal.onEndSignal(() => {});
});
