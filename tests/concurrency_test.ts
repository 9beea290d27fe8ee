import { assert, assertEquals } from "@std/assert";
import { TestDaemon } from "./helpers/daemon.ts";
import { together } from "./helpers/dispose.ts";
import { notebookText } from "./helpers/notebook_file.ts";
import { PoolClient } from "./helpers/pool_client.ts";
import { refused, V2Client } from "./helpers/v2_client.ts";

/** Many ways to name one file: itself, dots, doubled slashes, links to it and to its folder. */
async function spellingsOf(daemon: TestDaemon): Promise<string[]> {
  const { home } = daemon;
  await Deno.mkdir(home.path("deep", "er"), { recursive: true });
  await Deno.symlink("real.ipynb", home.path("link.ipynb"));
  await Deno.symlink("link.ipynb", home.path("link-to-link.ipynb"));
  await Deno.symlink("..", home.path("deep", "up"));
  await Deno.symlink(home.root, home.path("absolute"));
  return [
    home.path("real.ipynb"),
    `${home.root}/deep/../real.ipynb`,
    `${home.root}/deep/er/../../real.ipynb`,
    `${home.root}/./deep/.././real.ipynb`,
    `${home.root}//real.ipynb`,
    home.path("link.ipynb"),
    home.path("link-to-link.ipynb"),
    home.path("deep", "up", "real.ipynb"),
    home.path("absolute", "real.ipynb"),
    home.path("absolute", "deep", "up", "link.ipynb"),
  ];
}

function fifty(spellings: readonly string[]): string[] {
  return Array.from({ length: 50 }, (_, index) => spellings[index % spellings.length] ?? "");
}

Deno.test("50 simultaneous opens give one read, one room and equal heads when they name one file", async () => {
  await using daemon = await TestDaemon.start();
  const path = await daemon.home.write("real.ipynb", notebookText({ cells: 20 }));
  const opens = fifty(await spellingsOf(daemon));
  const clients = await Promise.all(
    opens.map((spelling, index) =>
      index % 2 === 0
        ? V2Client.open(daemon.socket, spelling)
        : V2Client.join(daemon.socket, spelling)
    ),
  );
  await using _all = together(clients);
  const heads = new Set(clients.map((client) => client.heads.join()));
  assertEquals(heads.size, 1, "Heads differ");
  for (const client of clients) assertEquals(client.cells.length, 20);
  await using pool = await PoolClient.connect(daemon.socket);
  assertEquals((await pool.rooms()).map((room) => [room.notebook_id, room.active_peers]), [
    [path, 50],
  ]);
  const reads = daemon.log.matching((line) => line.message === "Notebook read");
  assertEquals(reads.map((line) => line.fields["notebook"]), [path], "Not exactly one read");
  const rooms = daemon.log.matching((line) => line.message === "Room opened");
  assertEquals(rooms.length, 1, "Not exactly one room");
});

Deno.test("50 simultaneous opens all fail when the file is broken, and work when it is mended", async () => {
  await using daemon = await TestDaemon.start();
  const path = await daemon.home.write("real.ipynb", "{ not a notebook");
  const opens = fifty(await spellingsOf(daemon));
  const answers = await Promise.all(
    opens.map((spelling) => refused(daemon.socket, { channel: "open_notebook", path: spelling })),
  );
  assertEquals(new Set(answers.map((answer) => answer.error_code)), new Set(["invalid_json"]));
  assertEquals(new Set(answers.map((answer) => answer.error)).size, 1, "Not one error for all");
  await using pool = await PoolClient.connect(daemon.socket);
  assertEquals(await pool.rooms(), []);

  await Deno.writeTextFile(path, notebookText({ cells: 3 }));
  const clients = await Promise.all(
    opens.map((spelling) => V2Client.open(daemon.socket, spelling)),
  );
  await using _all = together(clients);
  assertEquals(new Set(clients.map((client) => client.cells.length)), new Set([3]));
  assertEquals(new Set(clients.map((client) => client.heads.join())).size, 1);
});

Deno.test("a room is the same for all when some leave while others come", async () => {
  await using daemon = await TestDaemon.start({ keepAlive: 0 });
  const path = await daemon.home.write("real.ipynb", notebookText({ cells: 5 }));
  const heads = new Set<string>();
  await Promise.all(Array.from({ length: 8 }, async () => {
    for (let round = 0; round < 5; round++) {
      await using client = await V2Client.open(daemon.socket, path);
      assertEquals(client.cells.length, 5);
      heads.add(client.heads.join());
    }
  }));
  assertEquals(heads.size, 1, "An import isn't deterministic, or two rooms served one file");
  await using pool = await PoolClient.connect(daemon.socket);
  await pool.until(async () => (await pool.rooms()).length === 0, "the last room is gone");
});

Deno.test("a peer that goes while the notebook loads leaves the load to the others", async () => {
  await using daemon = await TestDaemon.start();
  const path = await daemon.home.write(
    "big.ipynb",
    notebookText({ cells: 500, sourceLength: 300 }),
  );
  const staying = V2Client.open(daemon.socket, path);
  const leaving = Array.from({ length: 10 }, async () => {
    const conn = await Deno.connect({ transport: "unix", path: daemon.socket });
    const body = new TextEncoder().encode(JSON.stringify({ channel: "open_notebook", path }));
    const bytes = new Uint8Array(4 + body.length);
    new DataView(bytes.buffer).setUint32(0, body.length);
    bytes.set(body, 4);
    await conn.write(bytes);
    conn.close();
  });
  await Promise.all(leaving);
  await using client = await staying;
  assertEquals(client.cells.length, 500);
  await using pool = await PoolClient.connect(daemon.socket);
  await pool.until(async () => {
    const [room] = await pool.rooms();
    return room?.active_peers === 1;
  }, "only the peer that stayed is counted");
});

Deno.test("different files have rooms of their own when their names differ", async () => {
  await using daemon = await TestDaemon.start();
  const text = notebookText({ cells: 2 });
  const paths = await Promise.all(
    ["a.ipynb", "A b.ipynb", "ü.ipynb", "a,b;c.ipynb"].map((name) => daemon.home.write(name, text)),
  );
  const clients = await Promise.all(paths.map((path) => V2Client.open(daemon.socket, path)));
  await using _all = together(clients);
  await clients[0]?.edit((doc) => doc.cells.splice(0, 1));
  await using again = await V2Client.open(daemon.socket, paths[1] ?? "");
  assertEquals(again.cells.length, 2, "An edit went into another file's room");
  await using pool = await PoolClient.connect(daemon.socket);
  const ids = (await pool.rooms()).map((room) => room.notebook_id).sort();
  assertEquals(ids, paths.toSorted());
  assert(ids.length === 4);
});
