import { assert } from "@std/assert";
import { frame, json } from "./helpers/bytes.ts";
import { TestDaemon } from "./helpers/daemon.ts";
import { notebookText } from "./helpers/notebook_file.ts";
import { PoolClient } from "./helpers/pool_client.ts";
import { CAN_MEASURE, openFiles, residentBytes, threads } from "./helpers/process_resources.ts";
import { V2Client } from "./helpers/v2_client.ts";
import { codeCell } from "./helpers/v2_document.ts";

const MIB = 1024 * 1024;

/** Connects; while the system's queue of the socket is full, an answered ping is the time to wait. */
async function connect(pool: PoolClient, path: string): Promise<Deno.UnixConn> {
  for (;;) {
    try {
      return await Deno.connect({ transport: "unix", path });
    } catch (error) {
      if (!(error instanceof Deno.errors.WouldBlock)) throw error;
      await pool.expect("pong", { type: "ping" });
    }
  }
}

/** Perhaps says something, and closes without reading. */
async function sayAndClose(conn: Deno.UnixConn, bytes: Uint8Array): Promise<void> {
  try {
    if (bytes.length > 0) await conn.write(bytes);
  } catch (error) {
    // The daemon closes what is above its bound of connections.
    if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
  } finally {
    conn.close();
  }
}

/** The pool connection is there from the start: a new one could be above the bound by now. */
async function churn(
  daemon: TestDaemon,
  pool: PoolClient,
  { count, kinds }: { count: number; kinds: Uint8Array[] },
): Promise<void> {
  const abreast = 20;
  await Promise.all(Array.from({ length: abreast }, async (_, lane) => {
    for (let index = lane; index < count; index += abreast) {
      await sayAndClose(
        await connect(pool, daemon.socket),
        kinds[index % kinds.length] ?? new Uint8Array(),
      );
    }
  }));
}

/**
 * Whether two more rounds, 10,000 connections, cost next to nothing. The garbage collector takes its
 * time, so the first rounds say nothing. Objects that every connection leaves behind add up to far
 * more: 170 MiB, when it was one object with a buffer.
 */
function levelled(memory: readonly number[]): boolean {
  const [before, , after] = memory.slice(-3);
  return before !== undefined && after !== undefined && after - before < 32 * MIB;
}

function inMib(bytes: number): string {
  return (bytes / MIB).toFixed(0);
}

Deno.test({
  name: "10,000 connects and closes leave the daemon's files and memory where they were",
  ignore: !CAN_MEASURE,
  fn: async () => {
    await using daemon = await TestDaemon.start();
    const path = await daemon.home.write("a.ipynb", notebookText({ cells: 2 }));
    await using bystander = await V2Client.open(daemon.socket, path);
    await using pool = await PoolClient.connect(daemon.socket);
    const open = frame(json({ channel: "open_notebook", path }));
    const mixed = [
      new Uint8Array(),
      frame(json({ channel: "pool" })),
      open,
      frame(json({ channel: "teleport" })),
      Uint8Array.of(0, 0, 0),
    ];
    const allHaveLeft = async () => (await pool.rooms())[0]?.active_peers === 1;
    const files = await openFiles(daemon.pid);
    for (const kinds of [mixed, [open]]) {
      const memory: number[] = [];
      while (!levelled(memory)) {
        assert(memory.length < 12, `Memory grows and grows: ${memory.map(inMib).join(", ")} MiB`);
        await churn(daemon, pool, { count: 5000, kinds });
        await pool.until(allHaveLeft, "all have left");
        memory.push(await residentBytes(daemon.pid));
      }
      console.log(`    memory after each round: ${memory.map(inMib).join(", ")} MiB`);
    }
    await pool.until(async () => await openFiles(daemon.pid) <= files + 2, "the files are closed");
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
