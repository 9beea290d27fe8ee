import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { NotebookdError } from "../errors.ts";
import { silentLogger } from "../log.ts";
import { RecordingLogger } from "../../tests/helpers/recording_logger.ts";
import { TempFolder } from "../../tests/helpers/temp_folder.ts";
import { TRUST_KEY_BYTES } from "../trust/signature.ts";
import { loadTrustKey } from "./trust_key.ts";

Deno.test("loadTrustKey() makes a key that only its owner can read, and keeps it", async () => {
  await using folder = await TempFolder.make();
  const path = folder.join("trust-key");
  const before = Deno.umask(0);
  const key = await loadTrustKey(path, { logger: silentLogger });
  Deno.umask(before);
  assertEquals(key.length, TRUST_KEY_BYTES);
  assertEquals(((await Deno.lstat(path)).mode ?? 0) & 0o777, 0o600);
  assertEquals(await loadTrustKey(path, { logger: silentLogger }), key);
});

Deno.test("loadTrustKey() gives all who start at once the same key", async () => {
  await using folder = await TempFolder.make();
  const keys = await Promise.all(
    Array.from(
      { length: 10 },
      () => loadTrustKey(folder.join("key"), { logger: silentLogger }),
    ),
  );
  assertEquals(new Set(keys.map((key) => key.toHex())).size, 1);
});

Deno.test("loadTrustKey() refuses a key of another length and leaves the file", async () => {
  await using folder = await TempFolder.make();
  const path = folder.join("key");
  for (const length of [0, 31, 33, 64]) {
    await Deno.writeFile(path, new Uint8Array(length));
    const error = await assertRejects(
      () => loadTrustKey(path, { logger: silentLogger }),
      NotebookdError,
    );
    assertEquals(error.code, "storage_failed");
    assertStringIncludes(error.message, `holds ${length} bytes`);
    assertEquals((await Deno.readFile(path)).length, length);
  }
});

Deno.test("loadTrustKey() warns when others can read the key", async () => {
  await using folder = await TempFolder.make();
  const path = folder.join("key");
  await Deno.writeFile(path, new Uint8Array(TRUST_KEY_BYTES));
  const logger = new RecordingLogger();
  for (const [mode, warnings] of [[0o600, 0], [0o400, 0], [0o640, 1], [0o604, 2]] as const) {
    await Deno.chmod(path, mode);
    await loadTrustKey(path, { logger });
    assertEquals(logger.messages("warn").length, warnings);
  }
});

Deno.test("loadTrustKey() refuses what isn't a file without waiting for it", async () => {
  await using folder = await TempFolder.make();
  const path = folder.join("key");
  await new Deno.Command("mkfifo", { args: [path] }).output();
  const error = await assertRejects(
    () => loadTrustKey(path, { logger: silentLogger }),
    NotebookdError,
  );
  assertEquals(error.code, "not_a_file");
});
