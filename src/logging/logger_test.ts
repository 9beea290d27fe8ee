import { assert, assertEquals, assertMatch } from "@std/assert";
import type { LogLevel } from "../log.ts";
import { createLogger } from "./logger.ts";

function capture(format: "text" | "json", level: LogLevel = "debug") {
  const lines: string[] = [];
  return { lines, logger: createLogger({ format, level, write: (line) => lines.push(line) }) };
}

Deno.test("createLogger() writes one text line when the format is text", () => {
  const { lines, logger } = capture("text");
  logger.info("Opened", { room: "/a b.ipynb", cells: 3, slow: false, error: undefined });
  assertEquals(lines.length, 1);
  assertMatch(
    lines.join(""),
    /^\d{4}-\d\d-\d\dT[\d:.]+Z INFO {4}Opened room="\/a b\.ipynb" cells=3 slow=false\n$/,
  );
});

Deno.test("createLogger() writes one JSON object a line when the format is json", () => {
  const { lines, logger } = capture("json");
  logger.with({ connection: "c1" }).warn("Refused {it}", { code: "too_large" });
  assertEquals(lines.length, 1);
  const record = JSON.parse(lines.join(""));
  assertEquals(record.message, "Refused {it}");
  assertEquals(record.connection, "c1");
  assertEquals(record.code, "too_large");
  assertMatch(record.level, /^WARN/);
});

Deno.test("createLogger() keeps the fields of every logger that with() made", () => {
  const { lines, logger } = capture("text");
  logger.with({ a: 1 }).with({ b: 2 }).error("Failed", { c: 3 });
  assert(lines.join("").endsWith("Failed a=1 b=2 c=3\n"), lines.join(""));
});

Deno.test("createLogger() drops what is below its level", () => {
  const { lines, logger } = capture("text", "warn");
  logger.debug("a");
  logger.info("b");
  logger.warn("c");
  logger.error("d");
  assertEquals(lines.length, 2);
});

Deno.test("createLogger() keeps one line when a message or a field holds control characters", () => {
  for (const format of ["text", "json"] as const) {
    const { lines, logger } = capture(format);
    logger.info("Bad \x1b[31m\nname {x} {{y}}", { path: "/a\n2026 forged\u2028\x9b" });
    assertEquals(lines.length, 1);
    const text = lines.join("");
    assertEquals(text.indexOf("\n"), text.length - 1);
    assert(!text.includes("\x1b"));
    assert(text.includes("name {x} {{y}}"), text);
  }
});
