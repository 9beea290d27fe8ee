import { assertEquals } from "@std/assert";
import { exists } from "@std/fs";
import { TempFolder } from "../../tests/helpers/temp_folder.ts";
import {
  daemonFilePath,
  type DaemonInfo,
  publishDaemonFile,
  readDaemonFile,
} from "./daemon_file.ts";

function infoOf(folder: TempFolder, pid = 42): DaemonInfo {
  return {
    endpoint: folder.join("d.sock"),
    pid,
    version: "0.1.0",
    started_at: "2026-01-01T00:00:00.000Z",
    blob_port: 1234,
  };
}

Deno.test("publishDaemonFile() writes a private file with the keys of the protocol", async () => {
  await using folder = await TempFolder.make();
  const info = infoOf(folder);
  await using _file = await publishDaemonFile(info);
  const path = folder.join("daemon.json");
  assertEquals(daemonFilePath(info.endpoint), path);
  assertEquals(JSON.parse(await Deno.readTextFile(path)), info);
  assertEquals(((await Deno.stat(path)).mode ?? 0) & 0o777, 0o600);
  assertEquals(await readDaemonFile(info.endpoint), info);
});

Deno.test("publishDaemonFile() removes the file when it is disposed, also twice", async () => {
  await using folder = await TempFolder.make();
  const file = await publishDaemonFile(infoOf(folder));
  await file[Symbol.asyncDispose]();
  assertEquals(await exists(folder.join("daemon.json")), false);
  await file[Symbol.asyncDispose]();
});

Deno.test("publishDaemonFile() leaves the file of a successor", async () => {
  await using folder = await TempFolder.make();
  const first = await publishDaemonFile(infoOf(folder, 1));
  await using _second = await publishDaemonFile(infoOf(folder, 2));
  await first[Symbol.asyncDispose]();
  assertEquals((await readDaemonFile(folder.join("d.sock")))?.pid, 2);
});

Deno.test("readDaemonFile() gives null for what it doesn't understand", async () => {
  await using folder = await TempFolder.make();
  assertEquals(await readDaemonFile(folder.join("d.sock")), null);
  for (const text of ["", "{", "[]", `{"pid":1}`, `{"endpoint":"x","pid":"1"}`]) {
    await Deno.writeTextFile(folder.join("daemon.json"), text);
    assertEquals(await readDaemonFile(folder.join("d.sock")), null);
  }
});
