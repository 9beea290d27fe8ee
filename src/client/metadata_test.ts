import { assertEquals } from "@std/assert";
import {
  belongsInSnapshot,
  mergedMetadata,
  withDependencies,
  withSnapshotKey,
} from "./metadata.ts";

Deno.test("mergedMetadata() keeps what can be read when the snapshot is damaged", () => {
  for (const snapshot of [null, "", "{", "[1]", "null"]) {
    assertEquals(mergedMetadata({ snapshot, notebook: { title: "x" } }), { title: "x" });
  }
});

Deno.test("withSnapshotKey() always writes runt with its version when the snapshot has none", () => {
  const kernelspec = { name: "deno", display_name: "Deno" };
  assertEquals(
    withSnapshotKey(null, "kernelspec", kernelspec),
    '{"kernelspec":{"name":"deno","display_name":"Deno"},"runt":{"schema_version":"1"}}',
  );
  assertEquals(withSnapshotKey('{"runt":5}', "runt", undefined), '{"runt":{"schema_version":"1"}}');
});

Deno.test("withDependencies() keeps the tool's other settings when the list changes", () => {
  const before = JSON.stringify({
    runt: { schema_version: "1", env_id: "e", conda: { channels: ["bioconda"], python: "3.12" } },
  });
  assertEquals(JSON.parse(withDependencies(before, "conda", ["numpy"])), {
    runt: {
      schema_version: "1",
      env_id: "e",
      conda: { channels: ["bioconda"], python: "3.12", dependencies: ["numpy"] },
    },
  });
});

Deno.test("belongsInSnapshot() refuses what a v2 client couldn't parse", () => {
  assertEquals(belongsInSnapshot("kernelspec", { name: "python3" }), false);
  assertEquals(belongsInSnapshot("language_info", { name: "python" }), true);
  assertEquals(belongsInSnapshot("runt", "text"), false);
  assertEquals(belongsInSnapshot("title", "text"), false);
  assertEquals(belongsInSnapshot("__proto__", {}), false);
});
