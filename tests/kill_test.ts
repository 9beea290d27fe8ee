import { assert, assertEquals } from "@std/assert";
import { SeededRandom } from "../src/testing_random.ts";
import { TestDaemon } from "./helpers/daemon.ts";
import { TestHome } from "./helpers/home.ts";
import { notebookText } from "./helpers/notebook_file.ts";
import { type Document, V2Client } from "./helpers/v2_client.ts";

/** How often the daemon is killed; more with NOTEBOOKD_KILL_ROUNDS. */
const ROUNDS = Number(Deno.env.get("NOTEBOOKD_KILL_ROUNDS") ?? 8);

const SEED = 20_261_123;

/** Types until the connection breaks; tells after each token that the daemon has acknowledged it. */
async function typeTokens(
  client: V2Client,
  round: number,
  acknowledged: (token: string) => void,
): Promise<void> {
  try {
    for (let count = 0;; count++) {
      const token = `<${round}.${count}>`;
      await client.edit((doc) => {
        const cell = doc.cells[count % doc.cells.length];
        if (cell !== undefined) cell.source = `${cell.source}${token}`;
      });
      if (client.isAcknowledged()) acknowledged(token);
    }
  } catch {
    // The daemon was killed.
  }
}

function allText(document: Document): string {
  return document.cells.map(({ source }) => source).join("\n");
}

Deno.test(`kill -9 under typing, ${ROUNDS} times, loses no acknowledged edit`, async () => {
  await using home = await TestHome.make();
  const random = new SeededRandom(SEED);
  const path = await home.write("a.ipynb", notebookText({ cells: 5 }));
  const acknowledged: string[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const daemon = await TestDaemon.start({ home });
    // A fresh client each time: what it gets is what the daemon kept.
    const client = await V2Client.open(daemon.socket, path);
    const text = allText(client.doc);
    assertEquals(acknowledged.filter((token) => !text.includes(token)), [], `seed ${SEED}`);
    const killAt = acknowledged.length + 5 + random.below(60);
    await typeTokens(client, round, (token) => {
      acknowledged.push(token);
      if (acknowledged.length === killAt) daemon.signal("SIGKILL");
    });
    await client[Symbol.asyncDispose]();
    const end = await daemon.end("SIGKILL");
    assertEquals(end.signal, "SIGKILL");
    if (random.below(3) > 0) continue;
    // Now and then somebody else writes meanwhile.
    const file = JSON.parse(await Deno.readTextFile(path));
    file.metadata.outside = round;
    await Deno.writeTextFile(path, JSON.stringify(file, null, 1));
  }
  await using daemon = await TestDaemon.start({ home });
  await using client = await V2Client.open(daemon.socket, path);
  const text = allText(client.doc);
  assertEquals(acknowledged.filter((token) => !text.includes(token)), [], `seed ${SEED}`);
  assert(acknowledged.length > ROUNDS * 5);
  console.log(`${ROUNDS} kills, ${acknowledged.length} acknowledged edits, 0 lost`);
});
