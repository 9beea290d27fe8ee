import { assertEquals } from "@std/assert";
import type { JsonObject } from "../json.ts";
import { detectRuntime, runtimeOf } from "./runtime.ts";

Deno.test("detectRuntime() looks at the kernel's name, its language, then language_info", () => {
  const cases: [JsonObject, "python" | "deno" | null][] = [
    [{ kernelspec: { name: "python3" } }, "python"],
    [{ kernelspec: { name: "conda-env-xPython-py" } }, "python"],
    [{ kernelspec: { name: "deno", language: "python" } }, "deno"],
    [{ kernelspec: { name: "venv", language: "Python" } }, "python"],
    [{ kernelspec: { name: "tslab", language: "typescript" } }, "deno"],
    [{ kernelspec: { name: "jslab", language: "javascript" } }, "deno"],
    [{ kernelspec: { name: "x" }, language_info: { name: "typescript" } }, "deno"],
    [{ kernelspec: { name: "x", language: "y" }, language_info: { name: "python" } }, "python"],
    [{ language_info: { name: "python" } }, "python"],
    [{ kernelspec: { name: "ir", language: "R" }, language_info: { name: "R" } }, null],
    [{ kernelspec: "python3", language_info: ["python"] }, null],
    [{ kernelspec: { name: 3, language: {} } }, null],
    [{}, null],
  ];
  for (const [metadata, runtime] of cases) {
    assertEquals(detectRuntime(metadata), runtime, JSON.stringify(metadata));
    assertEquals(runtimeOf(metadata), runtime ?? "python");
  }
});
