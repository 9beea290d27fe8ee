import { assert } from "@std/assert";
import { frame, json } from "./helpers/bytes.ts";
import { TestDaemon } from "./helpers/daemon.ts";
import { notebookText } from "./helpers/notebook_file.ts";
import { PoolClient } from "./helpers/pool_client.ts";
import { CAN_MEASURE, openFiles, residentBytes, threads } from "./helpers/process_resources.ts";
import { V2Client } from "./helpers/v2_client.ts";
import { codeCell } from "./helpers/v2_document.ts";

const MIB = 1024 * 1024;

/** Connects, perhaps says something, and closes without reading. */
async function connectAndClose(socket: string, bytes: Uint8Array): Promise<void> {
  const conn = await Deno.connect({ transport: "unix", path: socket });
  try {
    if (bytes.length > 0) await conn.write(bytes);
  } finally {
    conn.close();
  }
}

async function churn(daemon: TestDaemon, count: number, kinds: Uint8Array[]): Promise<void> {
  const abreast = 20;
  await Promise.all(Array.from({ length: abreast }, async (_, lane) => {
    for (let index = lane; index < count; index += abreast) {
      await connectAndClose(daemon.socket, kinds[index % kinds.length] ?? new Uint8Array());
    }
  }));
}

Deno.test({
  name: "10,000 connects and closes leave the daemon's files and memory where they were",
  ignore: !CAN_MEASURE,
  fn: async () => {
    await using daemon = await TestDaemon.start();
    const path = await daemon.home.write("a.ipynb", notebookText({ cells: 2 }));
    await using bystander = await V2Client.open(daemon.socket, path);
    await using pool = await PoolClient.connect(daemon.socket);
    const kinds = [
      new Uint8Array(),
      frame(json({ channel: "pool" })),
      frame(json({ channel: "open_notebook", path })),
      frame(json({ channel: "teleport" })),
      Uint8Array.of(0, 0, 0),
    ];
    await churn(daemon, 1000, kinds);
    await pool.until(async () => (await pool.rooms())[0]?.active_peers === 1, "all have left");
    const files = await openFiles(daemon.pid);
    const memory = await residentBytes(daemon.pid);
    await churn(daemon, 10_000, kinds);
    await pool.until(async () => (await pool.rooms())[0]?.active_peers === 1, "all have left");
    await pool.until(async () => await openFiles(daemon.pid) <= files + 2, "the files are closed");
    await pool.until(
      async () => await residentBytes(daemon.pid) < memory + 64 * MIB,
      "the memory is within 64 MiB of what it was",
    );
    const grown = (await residentBytes(daemon.pid) - memory) / MIB;
    console.log(
      `    ${await openFiles(daemon.pid)} files, ${grown.toFixed(1)} MiB more than before`,
    );
    await bystander.edit((doc) => doc.cells.push(codeCell("fine", "1")));
  },
});

Deno.test({
  name: "opening and leaving many notebooks leaves no worker and no file behind",
  ignore: !CAN_MEASURE,
  fn: async () => {
    await using daemon = await TestDaemon.start({ keepAlive: 0 });
    await using pool = await PoolClient.connect(daemon.socket);
    const round = async (number: number) => {
      const paths = await Promise.all(
        Array.from(
          { length: 12 },
          (_, index) => daemon.home.write(`${number}-${index}.ipynb`, notebookText({ cells: 3 })),
        ),
      );
      await Promise.all(paths.map(async (path) => {
        await using client = await V2Client.open(daemon.socket, path);
        assert(client.cells.length === 3);
      }));
      await pool.until(async () => (await pool.rooms()).length === 0, "all rooms have gone");
    };
    await round(0);
    const files = await openFiles(daemon.pid);
    const before = await threads(daemon.pid);
    for (let number = 1; number <= 5; number++) await round(number);
    await pool.until(async () => await openFiles(daemon.pid) <= files + 2, "the files are closed");
    await pool.until(async () => await threads(daemon.pid) <= before + 4, "the workers are gone");
  },
});
