import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { command, TestDaemon } from "./helpers/daemon.ts";
import { within } from "./helpers/deadline.ts";
import { TestHome } from "./helpers/home.ts";
import { notebookText } from "./helpers/notebook_file.ts";
import { PoolClient } from "./helpers/pool_client.ts";
import { CORPUS } from "./helpers/repository.ts";
import { V2Client } from "./helpers/v2_client.ts";
import { codeCell } from "./helpers/v2_document.ts";

/** Runs a command to its end. */
async function run(home: TestHome, ...args: string[]) {
  const { code, stdout, stderr } = await within(
    (await command(home, args)).output(),
    `the end of "${args.join(" ")}"`,
  );
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}

const ESCAPE = "\x1b";

Deno.test("open prints id, runtime, trust and a table of cells", async () => {
  await using daemon = await TestDaemon.start();
  const { home } = daemon;
  const path = home.path("real.ipynb");
  await Deno.copyFile(
    `${CORPUS}nteract__desktop__crates-notebook-fixtures-audit-test-11-rich-outputs.ipynb`,
    path,
  );
  const { code, stdout, stderr } = await run(home, "open", path);
  assertEquals([code, stderr], [0, ""]);
  for (const part of [path, "python", "no_dependencies", "cell-png", "cell-ansi"]) {
    assertStringIncludes(stdout, part);
  }
  assert(!stdout.includes(ESCAPE), "Colours on what is no terminal");
});

Deno.test("open --json prints one JSON document with every cell", async () => {
  await using daemon = await TestDaemon.start();
  const path = await daemon.home.write("a.ipynb", notebookText({ cells: 3 }));
  const { code, stdout } = await run(daemon.home, "open", path, "--json");
  assertEquals(code, 0);
  const printed = JSON.parse(stdout);
  assertEquals(printed.notebook_id, path);
  assertEquals(printed.cells.map((cell: { id: string }) => cell.id), [
    "cell-0",
    "cell-1",
    "cell-2",
  ]);
});

Deno.test("open --follow prints changes as they come until it is interrupted", async () => {
  await using daemon = await TestDaemon.start();
  const path = await daemon.home.write("a.ipynb", notebookText({ cells: 1 }));
  await using following = (await command(daemon.home, ["open", path, "--follow"])).spawn();
  let printed = "";
  const reader = following.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const untilPrinted = async (text: string) => {
    while (!printed.includes(text)) {
      const { value, done } = await within(reader.read(), `"${text}" on the terminal`);
      if (done) throw new Error(`It ended before "${text}":\n${printed}`);
      printed += value;
    }
  };
  await untilPrinted("cell-0");
  await using client = await V2Client.open(daemon.socket, path);
  await client.edit((doc) => doc.cells.push(codeCell("brand-new", "print('hello')")));
  await untilPrinted("brand-new");
  following.kill("SIGINT");
  const { code } = await within(following.status, "the end after Ctrl-C");
  assertEquals(code, 0);
  await reader.cancel();
  await following.stderr.cancel();
});

Deno.test("new makes a notebook and prints its id", async () => {
  await using daemon = await TestDaemon.start();
  const { code, stdout } = await run(
    daemon.home,
    ...["new", "--runtime", "python", "--package-manager", "conda", "--json"],
  );
  assertEquals(code, 0);
  const { notebook_id } = JSON.parse(stdout);
  assertMatch(notebook_id, /^[0-9a-f-]{36}$/);
  await using client = await V2Client.join(daemon.socket, notebook_id);
  const { runt } = JSON.parse(client.doc.metadata.notebook_metadata.toString());
  assertEquals(runt.conda, { dependencies: [], channels: ["conda-forge"] });
});

Deno.test("rooms, inspect and status show what the daemon has", async () => {
  await using daemon = await TestDaemon.start();
  const path = await daemon.home.write("a.ipynb", notebookText({ cells: 2 }));
  await using _client = await V2Client.open(daemon.socket, path);
  const rooms = await run(daemon.home, "rooms", "--json");
  assertEquals(rooms.code, 0);
  assertStringIncludes(rooms.stdout, path);
  JSON.parse(rooms.stdout);
  assertStringIncludes((await run(daemon.home, "rooms")).stdout, path);
  const inspected = await run(daemon.home, "inspect", path, "--json");
  assertEquals(JSON.parse(inspected.stdout).cells.length, 2);
  assertStringIncludes((await run(daemon.home, "inspect", path)).stdout, "cell-1");
  const status = await run(daemon.home, "status");
  assertEquals(status.code, 0);
  JSON.parse((await run(daemon.home, "status", "--json")).stdout);
});

Deno.test("stop ends the daemon in order", async () => {
  await using daemon = await TestDaemon.start();
  assertEquals((await run(daemon.home, "stop")).code, 0);
  assertEquals(await daemon.ended(), { code: 0, signal: null });
});

Deno.test("a command says on stderr what is wrong, with an exit code of its kind", async (t) => {
  await using daemon = await TestDaemon.start();
  const { home } = daemon;
  const broken = await home.write("broken.ipynb", "{");
  const cases: [args: string[], code: number, says: string][] = [
    [["open", home.path("gone.ipynb")], 4, "gone.ipynb"],
    [["open", "/etc/passwd.ipynb"], 5, "roots"],
    [["open", broken], 6, "line 1"],
    [["open"], 2, "file"],
    [["fly"], 2, "fly"],
    [["new", "--runtime", "ruby"], 2, "ruby"],
    [["new"], 2, "--runtime"],
    [["open", broken, "--nonsense"], 2, "--nonsense"],
    [["inspect", "no-such-room"], 4, "no-such-room"],
    [["daemon", "--keep-alive", "soon"], 2, "soon"],
    [["daemon", "--limit", "rooms=many"], 2, "rooms"],
    [["daemon", "--limit", "dreams=1"], 2, "dreams"],
  ];
  for (const [args, code, says] of cases) {
    await t.step(args.join(" ").replaceAll(home.root, "ROOT"), async () => {
      const result = await run(home, ...args);
      assertEquals(result.code, code, result.stderr);
      assertEquals(result.stdout, "");
      assertStringIncludes(result.stderr, says);
      assert(!result.stderr.includes("    at "), "A stack trace");
    });
  }
});

Deno.test("a command says that no daemon runs when none does", async () => {
  await using home = await TestHome.make();
  for (const args of [["rooms"], ["status"], ["stop"], ["open", home.path("a.ipynb")]]) {
    const { code, stdout, stderr } = await run(home, ...args);
    assertEquals([code, stdout], [3, ""], stderr);
    assertStringIncludes(stderr, home.socket);
  }
});

Deno.test("--help tells every command's options and needs no daemon", async () => {
  await using home = await TestHome.make();
  const all = await run(home, "--help");
  assertEquals([all.code, all.stderr], [0, ""]);
  const commands = ["daemon", "open", "new", "rooms", "inspect", "status", "stop"];
  for (const name of commands) {
    assertStringIncludes(all.stdout, name);
    const { code, stdout } = await run(home, name, "--help");
    assertEquals(code, 0);
    assertStringIncludes(stdout, "--socket");
  }
  assertEquals((await run(home, "--version")).stdout, "0.1.0\n");
});

Deno.test("a path's control characters can't reach the terminal", async () => {
  await using daemon = await TestDaemon.start();
  const path = await daemon.home.write(`red${ESCAPE}[31m.ipynb`, notebookText({ cells: 1 }));
  const opened = await run(daemon.home, "open", path);
  assertEquals(opened.code, 0, opened.stderr);
  assert(!opened.stdout.includes(ESCAPE));
  await using pool = await PoolClient.connect(daemon.socket);
  await pool.until(async () => (await pool.rooms())[0]?.active_peers === 0, "the command left");
  const rooms = await run(daemon.home, "rooms");
  assert(!rooms.stdout.includes(ESCAPE));
});
