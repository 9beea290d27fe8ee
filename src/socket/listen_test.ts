import { assertEquals, assertExists, assertRejects, assertStringIncludes } from "@std/assert";
import { exists } from "@std/fs";
import { NotebookdError } from "../errors.ts";
import { encodeFrame } from "../wire/frame.ts";
import { ManualClock } from "../../tests/helpers/manual_clock.ts";
import { RecordingLogger } from "../../tests/helpers/recording_logger.ts";
import { TempFolder } from "../../tests/helpers/temp_folder.ts";
import { publishDaemonFile } from "../storage/daemon_file.ts";
import { listen, type SocketListener } from "./listen.ts";

const options = () => ({ clock: new ManualClock(), logger: new RecordingLogger() });

async function refusal(path: string): Promise<NotebookdError> {
  return await assertRejects(() => listen(path, options()), NotebookdError);
}

/** Leaves a socket file behind as a daemon that was killed does. */
async function leaveDeadSocket(path: string): Promise<void> {
  const code = `Deno.listen({ transport: "unix", path: ${JSON.stringify(path)} }); Deno.exit(0);`;
  const { success } = await new Deno.Command(Deno.execPath(), { args: ["eval", code] }).output();
  assertEquals(success, true);
  assertEquals((await Deno.lstat(path)).isSocket, true);
}

Deno.test("listen() makes a socket that only its owner can reach, and takes it away", async () => {
  await using folder = await TempFolder.make();
  const path = folder.join("run/d.sock");
  const before = Deno.umask(0);
  const listener = await listen(path, options());
  Deno.umask(before);
  assertEquals(((await Deno.lstat(path)).mode ?? 0) & 0o777, 0o600);
  assertEquals(((await Deno.lstat(folder.join("run"))).mode ?? 0) & 0o777, 0o700);
  await listener[Symbol.asyncDispose]();
  await listener[Symbol.asyncDispose]();
  assertEquals(await exists(path), false);
});

Deno.test("accept() gives connections with names of their own, and null after closing", async () => {
  await using folder = await TempFolder.make();
  const path = folder.join("d.sock");
  await using listener = await listen(path, options());
  using first = await Deno.connect({ transport: "unix", path });
  using _second = await Deno.connect({ transport: "unix", path });
  await using one = await listener.accept() ?? undefined;
  await using two = await listener.accept() ?? undefined;
  assertEquals([one?.id, two?.id], ["c1", "c2"]);
  await first.write(encodeFrame(Uint8Array.of(1, 2)));
  assertEquals(await one?.readFrame(() => 10), Uint8Array.of(1, 2));
  const waiting = listener.accept();
  listener.close();
  assertEquals(await waiting, null);
  assertEquals(await listener.accept(), null);
});

Deno.test("listen() refuses a second daemon with the first one's process id", async () => {
  await using folder = await TempFolder.make();
  const path = folder.join("d.sock");
  await using _first = await listen(path, { ...options(), pid: 4242 });
  const error = await refusal(path);
  assertEquals(error.code, "already_running");
  assertStringIncludes(error.message, "process 4242");
  assertEquals((await Deno.lstat(path)).isSocket, true);
});

Deno.test("close() keeps a successor waiting until the listener is disposed", async () => {
  await using folder = await TempFolder.make();
  const path = folder.join("d.sock");
  const first = await listen(path, options());
  first.close();
  assertEquals(await exists(path), false);
  assertEquals((await refusal(path)).code, "already_running");
  await first[Symbol.asyncDispose]();
  await using _second = await listen(path, options());
});

Deno.test("listen() refuses where a program that takes no lock listens", async () => {
  await using folder = await TempFolder.make();
  const path = folder.join("d.sock");
  using _other = Deno.listen({ transport: "unix", path });
  const unnamed = await refusal(path);
  assertEquals(unnamed.code, "already_running");
  assertStringIncludes(unnamed.message, "another process");
  await using _file = await publishDaemonFile({
    endpoint: path,
    pid: 77,
    version: "2",
    started_at: "2026-01-01T00:00:00Z",
    blob_port: 1,
  });
  assertStringIncludes((await refusal(path)).message, "process 77");
});

Deno.test("listen() replaces the socket of a daemon that died", async () => {
  await using folder = await TempFolder.make();
  const path = folder.join("d.sock");
  await leaveDeadSocket(path);
  await using listener = await listen(path, options());
  using _client = await Deno.connect({ transport: "unix", path });
  await using connection = await listener.accept() ?? undefined;
  assertExists(connection);
});

Deno.test("listen() lets exactly one of many that start at once have a dead socket", async () => {
  await using folder = await TempFolder.make();
  const path = folder.join("d.sock");
  await leaveDeadSocket(path);
  const results = await Promise.allSettled(
    Array.from({ length: 10 }, () => listen(path, options())),
  );
  const winners: SocketListener[] = [];
  for (const result of results) {
    if (result.status === "fulfilled") winners.push(result.value);
    else assertEquals(result.reason.code, "already_running");
  }
  assertEquals(winners.length, 1);
  await winners[0]?.[Symbol.asyncDispose]();
});

Deno.test("listen() gives the right to the socket back when the process dies", async () => {
  await using folder = await TempFolder.make();
  const path = folder.join("d.sock");
  const code = `
    const file = await Deno.open(${JSON.stringify(`${path}.lock`)}, { write: true, create: true });
    await file.lock(true);
    console.log("locked");
    await new Promise((resolve) => Deno.addSignalListener("SIGINT", resolve));
  `;
  const child = new Deno.Command(Deno.execPath(), { args: ["eval", code], stdout: "piped" })
    .spawn();
  const reader = child.stdout.getReader();
  await reader.read();
  assertEquals((await refusal(path)).code, "already_running");
  child.kill("SIGKILL");
  await child.status;
  await reader.cancel();
  await using listener = await listen(path, options());
  assertExists(listener);
});

Deno.test("listen() leaves what isn't a socket alone", async () => {
  await using folder = await TempFolder.make();
  await Deno.writeTextFile(folder.join("file"), "precious");
  await Deno.mkdir(folder.join("folder"));
  await Deno.symlink("missing", folder.join("link"));
  for (const name of ["file", "folder", "link"]) {
    assertEquals((await refusal(folder.join(name))).code, "not_a_file", name);
  }
  assertEquals(await Deno.readTextFile(folder.join("file")), "precious");
  assertEquals(await Deno.readLink(folder.join("link")), "missing");
});

Deno.test("listen() refuses a folder that others may enter", async () => {
  await using folder = await TempFolder.make();
  await Deno.chmod(folder.path, 0o755);
  const error = await refusal(folder.join("d.sock"));
  assertEquals(error.code, "permission_denied");
  assertEquals(await exists(folder.join("d.sock")), false);
});

Deno.test("listen() takes the longest path that a socket can have and no longer one", async () => {
  await using folder = await TempFolder.make();
  const longest = Deno.build.os === "linux" ? 107 : 103;
  const fits = folder.join("x".repeat(longest - folder.path.length - 1));
  await using listener = await listen(fits, options());
  assertExists(listener);
  const error = await refusal(`${fits}x`);
  assertEquals(error.code, "invalid_argument");
  assertStringIncludes(error.message, `${longest + 1} bytes`);
});
