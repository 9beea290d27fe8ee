import { assertEquals } from "@std/assert";
import { join } from "@std/path";
import { TestDaemon } from "./helpers/daemon.ts";
import { TestHome } from "./helpers/home.ts";
import { notebookText } from "./helpers/notebook_file.ts";
import { codeCell } from "./helpers/v2_document.ts";
import { V2Client } from "./helpers/v2_client.ts";

/** What becomes of the journals while no daemon runs. */
const JOURNALS: Record<string, (folder: string) => Promise<void>> = {
  there: () => Promise.resolve(),
  gone: (folder) => Deno.remove(folder, { recursive: true }),
  corrupt: async (folder) => {
    for await (const { name } of Deno.readDir(folder)) {
      for await (const file of Deno.readDir(join(folder, name))) {
        if (!file.name.startsWith("snapshot-")) continue;
        await Deno.writeTextFile(join(folder, name, file.name), "damaged");
      }
    }
  },
};

/** Changes one cell of the file and adds one, as another program would. */
async function changeFile(path: string): Promise<void> {
  const file = JSON.parse(await Deno.readTextFile(path));
  file.cells[1].source = ["OUTSIDE_EDIT\n"];
  file.cells.push({ ...file.cells[1], id: "from-outside", source: ["OUTSIDE_CELL\n"] });
  await Deno.writeTextFile(path, JSON.stringify(file));
}

/** Every text that is in a cell or waits for a decision. */
function keptTexts(client: V2Client): string {
  const { cells, conflicts = [] } = client.doc as unknown as {
    cells: { source: string }[];
    conflicts?: { toString(): string }[];
  };
  return [...cells.map(({ source }) => source), ...conflicts.map((one) => `${one}`)].join("\n");
}

for (const journal of Object.keys(JOURNALS)) {
  for (const changed of [false, true]) {
    for (const unsent of [false, true]) {
      const name =
        `a v2 client that comes back doubles no cell and loses no edit: journal ${journal}, ` +
        `file ${changed ? "changed" : "unchanged"}, ${unsent ? "unsent edits" : "nothing unsent"}`;
      Deno.test(name, async () => {
        await using home = await TestHome.make();
        const path = await home.write("a.ipynb", notebookText({ cells: 3 }));
        let document;
        {
          await using daemon = await TestDaemon.start({ home });
          await using client = await V2Client.open(daemon.socket, path);
          await client.edit((doc) => {
            if (doc.cells[0] !== undefined) doc.cells[0].source = "SAVED_EDIT\n";
          });
          await client.request({ action: "save_notebook", format_cells: false });
          if (unsent) {
            client.changeUnsent((doc) => {
              if (doc.cells[2] !== undefined) doc.cells[2].source = "UNSENT_EDIT\n";
              doc.cells.push(codeCell("typed", "UNSENT_CELL\n"));
            });
          }
          document = await client.leave();
        }
        await JOURNALS[journal]?.(join(home.state, "journals"));
        if (changed) await changeFile(path);
        await using daemon = await TestDaemon.start({ home });
        await using back = await V2Client.open(daemon.socket, path, document);
        // Its own first message brings what it has; an edit of another waits behind it.
        await back.settle();
        await using fresh = await V2Client.open(daemon.socket, path);
        const ids = fresh.cells.map(({ id }) => id);
        assertEquals([...new Set(ids)], ids, "A cell is there twice");
        const kept = keptTexts(fresh);
        const wanted = [
          "SAVED_EDIT",
          ...(changed ? ["OUTSIDE_EDIT", "OUTSIDE_CELL"] : []),
          ...(unsent ? ["UNSENT_EDIT", "UNSENT_CELL"] : []),
        ];
        assertEquals(wanted.filter((text) => !kept.includes(text)), [], kept);
        assertEquals(back.cells, fresh.cells);
      });
    }
  }
}
