import { assert, assertEquals } from "@std/assert";
import * as A from "@automerge/automerge";
import { TestDaemon } from "./helpers/daemon.ts";
import { TestHome } from "./helpers/home.ts";
import { notebookText } from "./helpers/notebook_file.ts";
import { CORPUS } from "./helpers/repository.ts";
import { V2Client } from "./helpers/v2_client.ts";

const NOTEBOOKS = [
  "made__unknown-keys-everywhere-unsorted.ipynb",
  "made__duplicate-and-odd-ids.ipynb",
  "made__number-lexemes.ipynb",
  "made__lone-surrogates-and-escapes.ipynb",
  "jupyter__nbformat__tests-test4plus.ipynb",
  "microsoft__vscode-jupyter__src-test-datascience-notebook-withMixedMimeTypeOutput.ipynb",
];

async function headsOf(home: TestHome, paths: readonly string[]): Promise<string[]> {
  await using daemon = await TestDaemon.start({ home });
  const heads: string[] = [];
  for (const path of paths) {
    await using client = await V2Client.open(daemon.socket, path);
    heads.push(client.heads.join());
  }
  return heads;
}

Deno.test("two daemon processes give equal heads when the file's bytes are equal", async () => {
  await using home = await TestHome.make();
  const paths = await Promise.all(NOTEBOOKS.map(async (name) => {
    await Deno.copyFile(CORPUS + name, home.path(name));
    return home.path(name);
  }));
  paths.push(await home.write("big.ipynb", notebookText({ cells: 2000, sourceLength: 200 })));
  const first = await headsOf(home, paths);
  const second = await headsOf(home, paths);
  assertEquals(second, first);
  assertEquals(new Set(first).size, paths.length);
});

Deno.test("a client that comes back with its document doubles nothing when the daemon was restarted", async () => {
  await using home = await TestHome.make();
  const path = await home.write("a.ipynb", notebookText({ cells: 5 }));
  const first = await TestDaemon.start({ home });
  const client = await V2Client.open(first.socket, path);
  const { cells, heads } = client;
  const base = await client.leave();
  await first[Symbol.asyncDispose]();
  await using second = await TestDaemon.start({ home });
  await using again = await V2Client.open(second.socket, path, base);
  assertEquals(again.cells, cells);
  assertEquals(again.heads, heads);
});

Deno.test("a client with the old document can rejoin when the file's bytes have changed", async () => {
  await using home = await TestHome.make();
  const path = await home.write("a.ipynb", notebookText({ cells: 3 }));
  const first = await TestDaemon.start({ home });
  const client = await V2Client.open(first.socket, path);
  const base = await client.leave();
  await first[Symbol.asyncDispose]();

  await Deno.writeTextFile(path, notebookText({ cells: 3, mark: "changed_" }));
  await using second = await TestDaemon.start({ home });
  const mark = second.log.mark;
  await using fresh = await V2Client.open(second.socket, path);
  const freshHeads = fresh.heads;
  await using again = await V2Client.open(second.socket, path, A.clone(base));
  assert(A.hasHeads(again.doc, freshHeads), "The old client lacks the file's new content");
  const ended = second.log.matching((line) => line.level === "warn", mark);
  assertEquals(ended.map((line) => line.raw), [], "Rejoining was refused");
});

Deno.test("two notebooks with the same bytes have documents of their own", async () => {
  await using daemon = await TestDaemon.start();
  const text = notebookText({ cells: 2 });
  const one = await daemon.home.write("one.ipynb", text);
  const two = await daemon.home.write("two.ipynb", text);
  await using first = await V2Client.open(daemon.socket, one);
  await using second = await V2Client.open(daemon.socket, two, A.clone(first.doc));
  assert(A.hasHeads(second.doc, first.heads));
});
