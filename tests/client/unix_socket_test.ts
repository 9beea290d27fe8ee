import { join } from "@std/path";
import { assert, assertEquals, assertRejects } from "@std/assert";
import { dialUnixSocket } from "@/client/connection.ts";
import { NotebookdError } from "@/errors.ts";
import { REPOSITORY } from "../helpers/repository.ts";
import { TempFolder } from "../helpers/temp_folder.ts";

async function refusal(socket: string): Promise<NotebookdError> {
  return await assertRejects(() => dialUnixSocket(socket), NotebookdError);
}

Deno.test("dialUnixSocket() says that no daemon runs when there is no socket", async () => {
  await using folder = await TempFolder.make();
  assertEquals((await refusal(folder.join("n.sock"))).code, "daemon_not_running");
});

Deno.test("dialUnixSocket() says that no daemon runs when a dead one left its socket", async () => {
  await using folder = await TempFolder.make();
  const socket = folder.join("n.sock");
  const listener = Deno.listen({ transport: "unix", path: folder.join("live.sock") });
  // A hard link outlives the listener, which unlinks only its own name.
  await Deno.link(folder.join("live.sock"), socket);
  listener.close();
  assertEquals((await refusal(socket)).code, "daemon_not_running");
});

Deno.test("dialUnixSocket() names the missing permissions when it isn't granted any", async () => {
  await using folder = await TempFolder.make();
  const socket = folder.join("n.sock");
  const module = new URL("../../src/client/connection.ts", import.meta.url).href;
  const program = `import { dialUnixSocket } from ${JSON.stringify(module)};
    await dialUnixSocket(${JSON.stringify(socket)}).catch(({ code, message }) =>
      console.log(JSON.stringify({ code, message })));`;
  const limited = new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-prompt", `--config=${join(REPOSITORY, "deno.json")}`, "-"],
    stdin: "piped",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const writer = limited.stdin.getWriter();
  await writer.write(new TextEncoder().encode(program));
  await writer.close();
  const answer = JSON.parse(new TextDecoder().decode((await limited.output()).stdout));
  assertEquals(answer.code, "permission_denied");
  assert(answer.message.includes(`--allow-net=unix:${socket}`));
});

Deno.test("dialUnixSocket() gives a stream that carries bytes both ways until it is closed", async () => {
  await using folder = await TempFolder.make();
  const socket = folder.join("n.sock");
  using listener = Deno.listen({ transport: "unix", path: socket });
  const [stream, connection] = await Promise.all([dialUnixSocket(socket), listener.accept()]);
  // More than a socket's buffer holds, so that it takes several writes.
  const bytes = new Uint8Array(4 * 1024 * 1024).fill(7);
  const writing = stream.write(bytes);
  const buffer = new Uint8Array(bytes.length);
  let received = 0;
  while (received < bytes.length) received += await connection.read(buffer) ?? 0;
  await writing;
  await connection.write(Uint8Array.of(1, 2, 3));
  assertEquals(await stream.read(buffer), 3);
  const reading = stream.read(buffer).catch((error: NotebookdError) => error.code);
  stream.close();
  stream.close();
  assert(["closed", null].includes(await reading as string | null));
  assertEquals(
    (await assertRejects(() => stream.write(bytes), NotebookdError)).code,
    "closed",
  );
  connection.close();
});
