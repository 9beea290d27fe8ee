import { assert, assertEquals } from "@std/assert";
import { TestDaemon } from "./helpers/daemon.ts";
import { CORPUS } from "./helpers/repository.ts";
import { REFUSED } from "./helpers/corpus.ts";
import { V2Client } from "./helpers/v2_client.ts";

async function validNotebooks(): Promise<string[]> {
  const names: string[] = [];
  for await (const { name } of Deno.readDir(CORPUS)) {
    if (name.endsWith(".ipynb") && REFUSED[name] === undefined) names.push(name);
  }
  return names.sort();
}

/** With its byte order mark, if it has one. */
function decode(bytes: Uint8Array): string {
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
}

/** Where two files differ, in lines: those of the one, and those of the other. */
function differingLines(before: string, after: string): { before: string[]; after: string[] } {
  const [one, other] = [before.split("\n"), after.split("\n")];
  let start = 0;
  while (start < Math.min(one.length, other.length) && one[start] === other[start]) start++;
  let end = 0;
  while (
    end < Math.min(one.length, other.length) - start && one.at(-1 - end) === other.at(-1 - end)
  ) end++;
  return {
    before: one.slice(start, one.length - end),
    after: other.slice(start, other.length - end),
  };
}

Deno.test("save_notebook keeps every byte of a notebook that nobody edited", async (t) => {
  await using daemon = await TestDaemon.start();
  for (const name of await validNotebooks()) {
    await t.step(name, async () => {
      const bytes = await Deno.readFile(CORPUS + name);
      const path = await daemon.home.write(name, bytes);
      const before = await Deno.lstat(path);
      await using client = await V2Client.open(daemon.socket, path);
      const response = await client.request({ action: "save_notebook", format_cells: false });
      assertEquals(response, { result: "notebook_saved", path });
      assertEquals(await Deno.readFile(path), bytes);
      const after = await Deno.lstat(path);
      assertEquals([after.ino, after.mtime], [before.ino, before.mtime], "It was written");
    });
  }
});

Deno.test("save_notebook changes one line for one character in one cell", async (t) => {
  await using daemon = await TestDaemon.start();
  for (const name of await validNotebooks()) {
    await t.step(name, async () => {
      const bytes = await Deno.readFile(CORPUS + name);
      const path = await daemon.home.write(name, bytes);
      await using client = await V2Client.open(daemon.socket, path);
      // A string that Automerge can't hold is replaced once somebody edits that very string.
      const index = client.cells.findIndex(({ source }) => /^[a-z][^\ufffd]*$/i.test(source));
      if (index < 0) return;
      await client.edit((doc) => {
        const cell = doc.cells[index];
        if (cell !== undefined) cell.source = `Q${cell.source}`;
      });
      await client.request({ action: "save_notebook", format_cells: false });
      const [before, after] = [bytes, await Deno.readFile(path)].map(decode);
      assert(before !== undefined && after !== undefined);
      const lines = differingLines(before, after);
      assertEquals([lines.before.length, lines.after.length], [1, 1]);
      assertEquals(lines.after[0]?.length, (lines.before[0]?.length ?? 0) + 1);
      assert(lines.after[0]?.includes("Q"));
      await client.edit((doc) => {
        const cell = doc.cells[index];
        if (cell !== undefined) cell.source = cell.source.slice(1);
      });
      await client.request({ action: "save_notebook", format_cells: false });
      assertEquals(await Deno.readFile(path), bytes, "Taking the edit back gives the file back");
    });
  }
});
