import { assert, assertEquals, assertThrows } from "@std/assert";
import { NotebookdError } from "../errors.ts";
import { checkPackageManager, checkRuntime, PACKAGE_MANAGERS, RUNTIMES } from "./runtime.ts";
import { isUuidV4 } from "./uuid.ts";

Deno.test("checkRuntime() gives the runtime when the name is known", () => {
  assertEquals(RUNTIMES.map(checkRuntime), ["python", "deno"]);
});

Deno.test("checkRuntime() refuses with unsupported_runtime when the name is unknown", () => {
  for (const name of ["ruby", "", "Python", "__proto__"]) {
    const error = assertThrows(
      () => checkRuntime(name),
      NotebookdError,
      `Cannot create a notebook with the runtime "${name}": expected "python" or "deno"`,
    );
    assertEquals(error.code, "unsupported_runtime");
  }
});

Deno.test("checkPackageManager() lists what is allowed when the name is unknown", () => {
  assertEquals(PACKAGE_MANAGERS.map(checkPackageManager), ["uv", "conda", "pixi"]);
  const error = assertThrows(
    () => checkPackageManager("p".repeat(1000)),
    NotebookdError,
    'expected "uv", "conda" or "pixi"',
  );
  assertEquals(error.code, "unsupported_runtime");
  assert(error.message.length < 200);
});

Deno.test("isUuidV4() takes version 4 alone when providers take more", () => {
  assert(isUuidV4("5f0c3c1e-8a52-4d0b-9a39-0a4d7c9f1e22"));
  assert(isUuidV4("5F0C3C1E-8A52-4D0B-BA39-0A4D7C9F1E22"));
  const others = [
    "",
    "abc",
    "5f0c3c1e-8a52-8d0b-9a39-0a4d7c9f1e22",
    "5f0c3c1e-8a52-1d0b-9a39-0a4d7c9f1e22",
    "5f0c3c1e-8a52-4d0b-ca39-0a4d7c9f1e22",
    "5f0c3c1e8a524d0b9a390a4d7c9f1e22",
    "00000000-0000-0000-0000-000000000000",
    "ffffffff-ffff-ffff-ffff-ffffffffffff",
    " 5f0c3c1e-8a52-4d0b-9a39-0a4d7c9f1e22",
  ];
  for (const text of others) assert(!isUuidV4(text), text);
});
