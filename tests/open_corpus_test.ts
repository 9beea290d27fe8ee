import { assert, assertEquals } from "@std/assert";
import { basename } from "@std/path";
import { TestDaemon } from "./helpers/daemon.ts";
import { type FileCell, fileCells, wellFormed } from "./helpers/notebook_file.ts";
import { CORPUS } from "./helpers/repository.ts";
import { V2Client } from "./helpers/v2_client.ts";
import { type DocumentCell, documentTypes, plainJson } from "./helpers/v2_document.ts";
import { REFUSED } from "./helpers/corpus.ts";

/** The types of protocol.md's chapter 4; not every notebook has each of them. */
const TYPES = [
  "cell.attachments: map",
  "cell.cell_type: str",
  "cell.execution_count: str",
  "cell.extra: map",
  "cell.id: str",
  "cell.metadata: map",
  "cell.output: str",
  "cell.outputs: list",
  "cell.source: text",
  "cell: map",
  "cells: list",
  "metadata.notebook_metadata: str",
  "metadata.runtime: str",
  "metadata: map",
  "notebook_id: str",
];

/** A document's cell in the form of the file's; the id only where the file has one to keep. */
function asFileCell(cell: DocumentCell, keepId: boolean): FileCell {
  const { metadata, attachments } = cell;
  return wellFormed({
    ...keepId ? { id: cell.id.toString() } : {},
    cell_type: cell.cell_type.toString(),
    source: cell.source,
    execution_count: cell.execution_count.toString(),
    outputs: [...cell.outputs].map((output) => JSON.parse(output.toString())),
    ...metadata === undefined ? {} : { metadata: plainJson(metadata) },
    ...attachments === undefined ? {} : { attachments: plainJson(attachments) },
    extra: plainJson(cell.extra ?? {}),
  }) as FileCell;
}

/** The file's cells with the ids that a later cell repeats taken out. */
function withoutRepeatedIds(cells: FileCell[]): FileCell[] {
  const seen = new Set<string>();
  return cells.map((cell) => {
    const { id, ...rest } = cell;
    if (id === undefined || seen.has(id)) return rest;
    seen.add(id);
    return cell;
  });
}

function checkSnapshot(text: string, file: { metadata?: Record<string, unknown> }): void {
  const snapshot = JSON.parse(text);
  assertEquals(typeof snapshot.runt?.schema_version, "string", "A v2 client parses none of it");
  assert(!Object.values(snapshot).includes(null), "An absent part is null");
  const { kernelspec } = file.metadata ?? {};
  if (isComplete(kernelspec)) {
    assertEquals(snapshot.kernelspec.name, kernelspec.name);
    assertEquals(snapshot.kernelspec.display_name, kernelspec.display_name);
  } else assertEquals(snapshot.kernelspec, undefined);
}

function isComplete(value: unknown): value is { name: string; display_name: string } {
  return typeof value === "object" && value !== null && "name" in value && "display_name" in value;
}

async function checkNotebook(daemon: TestDaemon, path: string, bytes: Uint8Array): Promise<void> {
  await using client = await V2Client.open(daemon.socket, path);
  const expected = withoutRepeatedIds(fileCells(bytes));
  assertEquals(client.answer.error, undefined);
  assertEquals(client.answer.notebook_id, path);
  assertEquals(client.answer.cell_count, expected.length);
  assertEquals(client.doc.notebook_id.toString(), path);
  const actual = client.doc.cells.map((cell, index) =>
    asFileCell(cell, expected[index]?.id !== undefined)
  );
  assertEquals(actual, expected);
  const ids = client.cells.map((cell) => cell.id);
  assert(ids.every((id) => id !== ""), "A cell has no id");
  assertEquals(new Set(ids).size, ids.length, "Two cells share an id");
  const unexpected = documentTypes(client.doc).filter((line) => !TYPES.includes(line));
  assertEquals(unexpected, []);
  const file = JSON.parse(new TextDecoder().decode(bytes));
  checkSnapshot(client.doc.metadata.notebook_metadata.toString(), file);
}

Deno.test("open_notebook gives every corpus notebook cell by cell when it is valid", async (t) => {
  await using daemon = await TestDaemon.start();
  const names: string[] = [];
  for await (const entry of Deno.readDir(CORPUS)) {
    if (entry.name.endsWith(".ipynb") && !(entry.name in REFUSED)) names.push(entry.name);
  }
  assert(names.length > 50, `Only ${names.length} notebooks found`);
  for (const name of names) await Deno.copyFile(CORPUS + name, daemon.home.path(name));
  const before = await daemon.home.listing();
  for (const name of names.sort()) {
    await t.step(name, async () => {
      const path = daemon.home.path(name);
      await checkNotebook(daemon, path, await Deno.readFile(path));
    });
  }
  assertEquals(await daemon.home.listing(), before, "Opening touched the notebooks' folder");
});

Deno.test("open_notebook shows the canonical path when the path has links and dots", async () => {
  await using daemon = await TestDaemon.start();
  const { home } = daemon;
  await Deno.mkdir(home.path("folder"));
  const name = "jupyter__nbformat__tests-test4plus.ipynb";
  const path = home.path("folder", "real.ipynb");
  await Deno.copyFile(CORPUS + name, path);
  await Deno.symlink("folder/real.ipynb", home.path("link.ipynb"));
  await Deno.symlink("folder", home.path("linked"));
  const spellings = [
    home.path("link.ipynb"),
    `${home.root}/linked/real.ipynb`,
    `${home.root}/folder/../linked/./real.ipynb`,
    `${home.root}//folder///real.ipynb`,
  ];
  for (const spelling of spellings) {
    await using client = await V2Client.open(daemon.socket, spelling);
    assertEquals(client.answer.notebook_id, path);
    assertEquals(basename(client.answer.notebook_id ?? ""), "real.ipynb");
  }
});

Deno.test("open_notebook says the scalar and Text types when the low-level handle is asked", async () => {
  await using daemon = await TestDaemon.start();
  const name = "made__unknown-keys-everywhere-unsorted.ipynb";
  await Deno.copyFile(CORPUS + name, daemon.home.path(name));
  await using client = await V2Client.open(daemon.socket, daemon.home.path(name));
  assertEquals(documentTypes(client.doc), TYPES);
});
