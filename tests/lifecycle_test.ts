import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { dirname, join } from "@std/path";
import { json } from "./helpers/bytes.ts";
import { runDaemon, TestDaemon } from "./helpers/daemon.ts";
import { TestHome } from "./helpers/home.ts";
import { notebookText } from "./helpers/notebook_file.ts";
import { PoolClient } from "./helpers/pool_client.ts";
import { RawSocket } from "./helpers/raw_socket.ts";
import { V2Client } from "./helpers/v2_client.ts";

const exists = (path: string) => Deno.lstat(path).then(() => true, () => false);

Deno.test("the daemon says in one line where it listens, with which roots, and how to stop it", async () => {
  await using daemon = await TestDaemon.start();
  assertEquals(daemon.stdout.length, 1);
  const [line = ""] = daemon.stdout;
  for (const part of [daemon.socket, daemon.home.root, "Ctrl-C"]) assertStringIncludes(line, part);
});

Deno.test("a second daemon refuses with the first one's pid when the socket is in use", async () => {
  await using first = await TestDaemon.start();
  const { code, stdout, stderr } = await runDaemon(first.home);
  assertEquals(code, 8);
  assertEquals(stdout, "");
  assertStringIncludes(stderr, String(first.pid));
  assertStringIncludes(stderr, "already_running");
  await using pool = await PoolClient.connect(first.socket);
  await pool.expect("pong", { type: "ping" });
});

Deno.test("one of two daemons wins when both start at the same moment", async () => {
  await using home = await TestHome.make();
  const starts = await Promise.allSettled([1, 2, 3].map(() => TestDaemon.start({ home })));
  const running = starts.flatMap((start) => start.status === "fulfilled" ? [start.value] : []);
  assertEquals(running.length, 1);
  const [winner] = running;
  assert(winner !== undefined);
  await using daemon = winner;
  await using pool = await PoolClient.connect(daemon.socket);
  await pool.expect("pong", { type: "ping" });
});

Deno.test("a daemon replaces the socket file when its owner was killed", async () => {
  await using home = await TestHome.make();
  const path = await home.write("a.ipynb", notebookText({ cells: 1 }));
  const killed = await TestDaemon.start({ home });
  assertEquals((await killed.end("SIGKILL")).signal, "SIGKILL");
  assert(await exists(home.socket), "A killed daemon leaves its socket file");
  await using daemon = await TestDaemon.start({ home });
  await using client = await V2Client.open(daemon.socket, path);
  assertEquals(client.cells.length, 1);
});

Deno.test("a daemon refuses to replace what is at the socket's path when it is no socket", async () => {
  await using home = await TestHome.make();
  await Deno.mkdir(dirname(home.socket), { mode: 0o700 });
  await Deno.writeTextFile(home.socket, "precious");
  const { code, stderr } = await runDaemon(home);
  assert(code !== 0, stderr);
  assertEquals(await Deno.readTextFile(home.socket), "precious");
});

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  Deno.test(`the daemon closes in order when ${signal} comes`, async () => {
    await using daemon = await TestDaemon.start();
    const path = await daemon.home.write("a.ipynb", notebookText({ cells: 2 }));
    await using client = await V2Client.open(daemon.socket, path);
    await using idle = await RawSocket.connect(daemon.socket);
    await using half = await RawSocket.connect(daemon.socket);
    await half.write(Uint8Array.of(0, 0));
    await using pool = await RawSocket.connect(daemon.socket);
    await pool.send(json({ channel: "pool" }));
    assertEquals(await daemon.end(signal), { code: 0, signal: null });
    for (const socket of [client.socket, idle, half, pool]) await socket.untilEnd();
    assertEquals(await exists(daemon.socket), false, "The socket file outlived the daemon");
    assertEquals(daemon.log.matching((line) => line.level === "error"), []);
  });
}

Deno.test("the daemon ends once when signals come twice", async () => {
  await using daemon = await TestDaemon.start();
  await using _client = await V2Client.create(daemon.socket, { runtime: "python" });
  daemon.signal("SIGINT");
  daemon.signal("SIGTERM");
  assertEquals(await daemon.ended(), { code: 0, signal: null });
});

Deno.test("a daemon that was stopped while a notebook loads ends in order", async () => {
  await using daemon = await TestDaemon.start();
  const text = notebookText({ cells: 3000, sourceLength: 400 });
  const path = await daemon.home.write("big.ipynb", text);
  await using socket = await RawSocket.connect(daemon.socket);
  await socket.send(json({ channel: "open_notebook", path }));
  await daemon.log.waitFor((line) => line.message === "Notebook read", "the load began");
  assertEquals(await daemon.end(), { code: 0, signal: null });
});

Deno.test("the daemon's folders and files are its owner's alone whatever the umask is", async () => {
  await using home = await TestHome.make();
  const before = Deno.umask(0);
  try {
    await using daemon = await TestDaemon.start({ home });
    const modes = await Promise.all(
      [dirname(home.socket), home.socket, home.state, home.config].map(async (path) =>
        ((await Deno.lstat(path)).mode ?? 0) & 0o777
      ),
    );
    assertEquals(modes, [0o700, 0o600, 0o700, 0o700]);
    await using _client = await V2Client.create(daemon.socket, {
      runtime: "python",
      dependencies: ["numpy"],
    });
    const key = await Deno.lstat(join(home.config, "trust-key"));
    assertEquals((key.mode ?? 0) & 0o777, 0o600);
    assertEquals(key.size, 32);
  } finally {
    Deno.umask(before);
  }
});

Deno.test("a daemon refuses the socket's folder when others may enter it", async () => {
  await using home = await TestHome.make();
  await Deno.mkdir(dirname(home.socket));
  await Deno.chmod(dirname(home.socket), 0o777);
  const { code, stderr } = await runDaemon(home);
  if (code === 0) throw new Error("It started in an open folder");
  assertStringIncludes(stderr, dirname(home.socket));
});

Deno.test("a daemon refuses the socket's folder when it is a link", async () => {
  await using home = await TestHome.make();
  await Deno.mkdir(join(home.base, "elsewhere"), { mode: 0o700 });
  await Deno.symlink(join(home.base, "elsewhere"), dirname(home.socket));
  const { code, stderr } = await runDaemon(home);
  assert(code !== 0, stderr);
});

Deno.test("a notebook that nobody edited keeps its bytes when its daemon has ended", async () => {
  await using home = await TestHome.make();
  const path = await home.write("a.ipynb", notebookText({ cells: 2 }));
  const bytes = await Deno.readFile(path);
  const before = await home.listing();
  {
    await using daemon = await TestDaemon.start({ home, keepAlive: 0 });
    await using client = await V2Client.open(daemon.socket, path);
    assertEquals(client.cells.length, 2);
  }
  assertEquals(await Deno.readFile(path), bytes);
  assertEquals(await home.listing(), before);
});
