import { assertEquals } from "@std/assert";
import { ERROR_CODES } from "../errors.ts";
import { EXIT_CODES, exitCodeOf } from "./exit_codes.ts";

Deno.test("exitCodeOf() gives every error code an exit code other than success", () => {
  const known: number[] = Object.values(EXIT_CODES).map(({ code }) => code);
  for (const code of ERROR_CODES) {
    const exitCode = exitCodeOf(code);
    assertEquals(known.includes(exitCode) && exitCode > 0, true, code);
  }
});

Deno.test("EXIT_CODES has no number twice and none that a shell takes for a signal", () => {
  const codes = Object.values(EXIT_CODES).map(({ code }) => code);
  assertEquals(new Set(codes).size, codes.length);
  assertEquals(codes.every((code) => code >= 0 && code < 126), true);
});
