import * as A from "@automerge/automerge";
import { assert, assertEquals } from "@std/assert";
import { TestDaemon } from "./helpers/daemon.ts";
import { fromJson, json } from "./helpers/bytes.ts";
import { notebookText } from "./helpers/notebook_file.ts";
import { RawSocket } from "./helpers/raw_socket.ts";
import { V2Client } from "./helpers/v2_client.ts";

/** When to give up on a load that shares two cores with everything else, in milliseconds. */
const LOAD_MS = 180_000;

/** Round trips of one client, and the longest of them in milliseconds. */
interface Typing {
  roundTrips: number;
  longest: number;
}

/** Types while some work is under way; each keystroke waits for its answer. */
async function typeDuring(client: V2Client, work: Promise<unknown>): Promise<Typing> {
  const typing: Typing = { roundTrips: 0, longest: 0 };
  let working = true;
  const settled = work.finally(() => working = false);
  // Whoever gave the work gets its failure below, not the runtime while this still types.
  settled.catch(() => {});
  while (working) {
    const started = performance.now();
    await client.edit((doc) => A.splice(doc, ["cells", 0, "source"], 0, 0, "k"));
    typing.longest = Math.max(typing.longest, performance.now() - started);
    typing.roundTrips++;
  }
  await settled;
  return typing;
}

/**
 * Opens a notebook up to the answer and the first sync message, with no document of its own: what
 * the client does with a big document isn't what is measured here.
 */
async function openWithoutDocument(socket: string, path: string): Promise<number> {
  await using connection = await RawSocket.connect(socket);
  await connection.send(json({ channel: "open_notebook", path }));
  const info = fromJson(await connection.nextFrame("the info", LOAD_MS)) as { cell_count: number };
  await connection.nextFrame("the first sync message");
  return info.cell_count;
}

Deno.test("keystrokes go on in a room while a notebook of 10,000 cells and 10 MB loads in another", async () => {
  await using daemon = await TestDaemon.start();
  const small = await daemon.home.write("small.ipynb", notebookText({ cells: 1 }));
  const text = notebookText({ cells: 10_000, sourceLength: 850 });
  const big = await daemon.home.write("big.ipynb", text);
  assert(text.length > 9_500_000, `Only ${text.length} characters`);
  await using client = await V2Client.open(daemon.socket, small);

  const started = performance.now();
  const opening = openWithoutDocument(daemon.socket, big);
  const { roundTrips, longest } = await typeDuring(client, opening);
  const loading = performance.now() - started;
  const cells = await opening;

  assertEquals(cells, 10_000);
  console.log(
    `    ${roundTrips} keystrokes in ${loading.toFixed(0)} ms of loading, ` +
      `the longest took ${longest.toFixed(1)} ms`,
  );
  assert(roundTrips >= 20, `Only ${roundTrips} keystrokes while the notebook loaded`);
  assert(
    longest < loading / 4,
    `One keystroke took ${longest.toFixed(0)} of ${loading.toFixed(0)} ms`,
  );
});

Deno.test("a room answers while another applies a large paste", async () => {
  await using daemon = await TestDaemon.start();
  const one = await daemon.home.write("one.ipynb", notebookText({ cells: 1 }));
  const two = await daemon.home.write("two.ipynb", notebookText({ cells: 1 }));
  await using typing = await V2Client.open(daemon.socket, one);
  await using pasting = await V2Client.open(daemon.socket, two);
  const paste = "pasted ".repeat(30_000);
  const work = pasting.edit((doc) => A.splice(doc, ["cells", 0, "source"], 0, 0, paste));
  const { roundTrips } = await typeDuring(typing, work);
  assert(roundTrips > 0);
  assertEquals(pasting.cells[0]?.source.startsWith(paste), true);
});
