import { assert, assertEquals } from "@std/assert";
import { TestDaemon } from "./helpers/daemon.ts";
import { untilFile } from "./helpers/file_events.ts";
import { notebookText } from "./helpers/notebook_file.ts";
import { V2Client } from "./helpers/v2_client.ts";

const SOURCES = ["one = 1\n", "two = 2\n", "three = 3\n"];

/** A notebook of three cells with the sources replaced that are named. */
function text(changed: Record<number, string> = {}): string {
  const cells = SOURCES.map((source, index) => ({
    cell_type: "code",
    execution_count: null,
    id: `c${index}`,
    metadata: {},
    outputs: [],
    source: [changed[index] ?? source],
  }));
  return `${JSON.stringify({ cells, metadata: {}, nbformat: 4, nbformat_minor: 5 }, null, 1)}\n`;
}

function sourceIs(index: number, source: string) {
  return (doc: { cells: { source: string }[] }) => doc.cells[index]?.source === source;
}

const WAYS: Record<string, (path: string, content: string) => Promise<void>> = {
  "written in place": (path, content) => Deno.writeTextFile(path, content),
  "replaced by a rename": async (path, content) => {
    await Deno.writeTextFile(`${path}.new`, content);
    await Deno.rename(`${path}.new`, path);
  },
  "deleted and made again": async (path, content) => {
    await Deno.remove(path);
    await Deno.writeTextFile(path, content);
  },
  "truncated and written in halves": async (path, content) => {
    await Deno.truncate(path);
    await Deno.writeTextFile(path, content.slice(0, 100));
    await Deno.writeTextFile(path, content.slice(100), { append: true });
  },
};

for (const [way, write] of Object.entries(WAYS)) {
  Deno.test(`a file that is ${way} merges with what a window typed`, async () => {
    await using daemon = await TestDaemon.start();
    const path = await daemon.home.write("a.ipynb", text());
    await using client = await V2Client.open(daemon.socket, path);
    await client.edit((doc) => {
      if (doc.cells[0] !== undefined) doc.cells[0].source = "one = 100\n";
    });
    await write(path, text({ 1: "two = 200\n" }));
    await client.until(sourceIs(1, "two = 200\n"), "the outside edit");
    assertEquals(client.cells[0]?.source, "one = 100\n");
    await client.request({ action: "save_notebook", format_cells: false });
    assertEquals(await Deno.readTextFile(path), text({ 0: "one = 100\n", 1: "two = 200\n" }));
  });
}

Deno.test("file_changed is told once for a content that is written fifty times", async () => {
  await using daemon = await TestDaemon.start();
  const path = await daemon.home.write("a.ipynb", text());
  await using client = await V2Client.open(daemon.socket, path);
  for (let time = 0; time < 50; time++) await Deno.writeTextFile(path, text({ 2: "three = 4\n" }));
  await client.until(sourceIs(2, "three = 4\n"), "the outside edit");
  const heads = client.heads;
  for (let time = 0; time < 50; time++) await Deno.writeTextFile(path, text({ 2: "three = 4\n" }));
  await Deno.writeTextFile(path, text({ 2: "three = 5\n" }));
  await client.until(sourceIs(2, "three = 5\n"), "a later edit");
  while (client.broadcasts.filter(({ event }) => event === "file_changed").length < 2) {
    await client.step("the broadcasts");
  }
  assertEquals(client.broadcasts.map(({ event }) => event), ["file_changed", "file_changed"]);
  assertEquals(heads.length, 1);
});

Deno.test("a cell that was deleted in the file stays when a window edited it", async () => {
  await using daemon = await TestDaemon.start();
  const path = await daemon.home.write("a.ipynb", text());
  await using client = await V2Client.open(daemon.socket, path);
  await client.edit((doc) => {
    if (doc.cells[0] !== undefined) doc.cells[0].source = "edited\n";
  });
  const file = JSON.parse(text());
  file.cells.splice(0, 2);
  await Deno.writeTextFile(path, JSON.stringify(file));
  await client.until((doc) => doc.cells.length === 2, "the deletion");
  assertEquals(client.cells.map(({ id }) => id), ["c0", "c2"]);
  await client.request({ action: "save_notebook", format_cells: false });
  const ids = JSON.parse(await Deno.readTextFile(path)).cells.map(({ id }: { id: string }) => id);
  assertEquals(ids, ["c0", "c2"]);
});

Deno.test("cells without ids keep the ones that they have when a cell comes before them", async () => {
  await using daemon = await TestDaemon.start();
  const path = await daemon.home.write("a.ipynb", notebookText({ cells: 3, minor: 4 }));
  await using client = await V2Client.open(daemon.socket, path);
  const ids = client.cells.map(({ id }) => id);
  const file = JSON.parse(await Deno.readTextFile(path));
  file.cells.unshift({ cell_type: "markdown", metadata: {}, source: "# new" });
  file.cells[2].source = [`${[file.cells[2].source].flat().join("")} # edited`];
  await Deno.writeTextFile(path, JSON.stringify(file));
  await client.until((doc) => doc.cells.length === 4, "the new cell");
  assertEquals(client.cells.slice(1).map(({ id }) => id), ids);
});

Deno.test("what both sides changed is left alone on disk until somebody decides", async () => {
  await using daemon = await TestDaemon.start();
  const path = await daemon.home.write("a.ipynb", text());
  await using client = await V2Client.open(daemon.socket, path);
  await client.edit((doc) => {
    if (doc.cells[0] !== undefined) doc.cells[0].source = "one = ours\n";
  });
  const theirs = text({ 0: "one = theirs\n", 1: "two = theirs\n" });
  await Deno.writeTextFile(path, theirs);
  await client.until(sourceIs(1, "two = theirs\n"), "the outside edit");
  const save = { action: "save_notebook", format_cells: false };
  const refused = await client.request(save);
  assert(refused.result === "error");
  assertEquals(refused.error_code, "conflict");
  assertEquals(await Deno.readTextFile(path), theirs);
  assertEquals(client.cells[0]?.source, "one = ours\n");
  assertEquals(await client.request({ action: "resolve_conflict", keep: "both" }), {
    result: "conflict_resolved",
  });
  await client.until((doc) => doc.cells.length === 4, "their cell beside ours");
  assertEquals(client.cells.map(({ source }) => source), [
    "one = ours\n",
    "one = theirs\n",
    "two = theirs\n",
    "three = 3\n",
  ]);
  await untilFile(path, (now) => now?.includes("ours") ?? false, "the decision in the file");
});
