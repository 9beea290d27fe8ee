/**
 * What a person waits for, measured against a real daemon: opening, typing with others watching,
 * connecting. `main.ts [--smoke]`; with `--smoke` each thing is done just often enough to see that
 * it can be measured.
 *
 * @module
 */

import * as A from "@automerge/automerge";
import { json } from "../tests/helpers/bytes.ts";
import { TestDaemon } from "../tests/helpers/daemon.ts";
import { together } from "../tests/helpers/dispose.ts";
import { notebookText } from "../tests/helpers/notebook_file.ts";
import { PoolClient } from "../tests/helpers/pool_client.ts";
import { RawSocket } from "../tests/helpers/raw_socket.ts";
import { V2Client } from "../tests/helpers/v2_client.ts";
import { openNotebook } from "../src/client/mod.ts";
import { measure, type Row, row, type Sample, sampleOf, table } from "./measure.ts";

/** How often each thing is done. */
interface Effort {
  parses: number;
  opens: number;
  edits: number;
  connects: number;
}

const FULL: Effort = { parses: 50, opens: 10, edits: 200, connects: 1000 };
const SMOKE: Effort = { parses: 5, opens: 1, edits: 5, connects: 20 };

/** 1,000 cells of 360 characters, the size that design decisions were measured with. */
const THOUSAND_CELLS = notebookText({ cells: 1000, sourceLength: 360 });

/** Opens up to the info frame. */
async function untilInfo(socket: string, path: string): Promise<void> {
  await using connection = await RawSocket.connect(socket);
  await connection.send(json({ channel: "open_notebook", path }));
  await connection.nextFrame("the info");
}

/** Opens with the client module, up to the moment its document has everything. */
async function untilSynced(socket: string, path: string): Promise<void> {
  await using session = await openNotebook(path, { socket });
  if (session.info.cellCount !== 1000) throw new Error("Not the notebook that was asked for");
}

/** Opening 1,000 cells: each time another file, so that each is a load, and the same file again. */
async function benchOpening(daemon: TestDaemon, effort: Effort): Promise<Row[]> {
  const bytes = new TextEncoder().encode(THOUSAND_CELLS);
  const parse = await measure(effort.parses, () => {
    JSON.parse(new TextDecoder().decode(bytes));
  });
  const base = { sample: parse, name: "JSON.parse" };
  let files = 0;
  const fresh = () => daemon.home.write(`open-${files++}.ipynb`, bytes);
  const loads = async (open: (socket: string, path: string) => Promise<void>) => {
    const times: number[] = [];
    for (let run = 0; run < effort.opens; run++) {
      const path = await fresh();
      times.push((await measure(1, () => open(daemon.socket, path))).median);
    }
    return sampleOf(times);
  };
  const info = await loads(untilInfo);
  const synced = await loads(untilSynced);
  const path = await fresh();
  await using _first = await openNotebook(path, { socket: daemon.socket });
  const joining = await measure(effort.opens, () => untilInfo(daemon.socket, path));
  const joined = await measure(effort.opens, () => untilSynced(daemon.socket, path));
  return [
    row("JSON.parse of 1,000 cells", parse),
    row("first open, to the info frame", info, base),
    row("first open, to synced", synced, base),
    row("second window, to the info frame", joining, base),
    row("second window, to synced", joined, base),
  ];
}

/** One character typed by one client until every other client has it. */
async function fanOut(daemon: TestDaemon, peers: number, edits: number): Promise<Sample> {
  const path = await daemon.home.write(`fan-${peers}.ipynb`, notebookText({ cells: 10 }));
  const clients: V2Client[] = [];
  await using _all = together(clients);
  for (let count = 0; count < peers + 1; count++) {
    clients.push(await V2Client.open(daemon.socket, path));
  }
  const [typing, ...watching] = clients;
  if (typing === undefined) throw new Error("No client");
  return await measure(edits, async () => {
    await typing.edit((doc) => A.splice(doc, ["cells", 0, "source"], 0, 0, "k"));
    await Promise.all(watching.map((client) => client.untilCovers(typing.heads)));
  });
}

async function benchFanOut(daemon: TestDaemon, effort: Effort): Promise<Row[]> {
  const one = await fanOut(daemon, 1, effort.edits);
  const rows = [row("one character to 1 peer", one)];
  for (const peers of [8, 32]) {
    const sample = await fanOut(daemon, peers, effort.edits);
    rows.push(row(`one character to ${peers} peers`, sample, { sample: one, name: "1 peer" }));
  }
  return rows;
}

async function benchConnecting(daemon: TestDaemon, effort: Effort): Promise<Row[]> {
  const connect = async () => {
    await using pool = await PoolClient.connect(daemon.socket);
    await pool.expect("pong", { type: "ping" });
  };
  const alone = await measure(effort.connects, connect);
  const started = performance.now();
  const abreast = 16;
  await Promise.all(Array.from({ length: abreast }, async () => {
    for (let count = 0; count < effort.connects / abreast; count++) await connect();
  }));
  const each = (performance.now() - started) / effort.connects;
  const rate = { median: each, p95: NaN };
  const per = (sample: Sample) => `${Math.round(1000 / sample.median)} a second`;
  return [
    { ...row("connect, ping, close", alone), ratio: per(alone) },
    { ...row(`the same, ${abreast} abreast, each`, rate), p95: "", ratio: per(rate) },
  ];
}

async function main(args: readonly string[]): Promise<void> {
  const effort = args.includes("--smoke") ? SMOKE : FULL;
  await using daemon = await TestDaemon.start({ keepAlive: 0 });
  const rows = [
    ...await benchOpening(daemon, effort),
    ...await benchFanOut(daemon, effort),
    ...await benchConnecting(daemon, effort),
  ];
  const size = (THOUSAND_CELLS.length / 1024).toFixed(0);
  console.log(`${navigator.hardwareConcurrency} cores; the notebook has ${size} KiB\n`);
  console.log(table(rows));
}

if (import.meta.main) await main(Deno.args);
