import { assert, assertEquals } from "@std/assert";
import { fromJson, json } from "./helpers/bytes.ts";
import { together } from "./helpers/dispose.ts";
import { TestDaemon } from "./helpers/daemon.ts";
import { notebookText } from "./helpers/notebook_file.ts";
import { PoolClient } from "./helpers/pool_client.ts";
import { RawSocket } from "./helpers/raw_socket.ts";
import { refused, V2Client } from "./helpers/v2_client.ts";
import { codeCell } from "./helpers/v2_document.ts";

const SNAPSHOT = JSON.stringify({ runt: { schema_version: "1", env_id: "from-the-joiner" } });

Deno.test("notebook_sync answers exactly the capabilities when it succeeds", async () => {
  await using daemon = await TestDaemon.start();
  for (const protocol of [undefined, "v2"]) {
    await using socket = await RawSocket.connect(daemon.socket);
    await socket.send(json({ channel: "notebook_sync", notebook_id: "abc", protocol }));
    const answer = new TextDecoder().decode(await socket.nextFrame("the capabilities"));
    assertEquals(answer, '{"protocol":"v2"}');
  }
});

Deno.test("notebook_sync loads the file when its id is the path of one", async () => {
  await using daemon = await TestDaemon.start();
  const path = await daemon.home.write("a.ipynb", notebookText({ cells: 3 }));
  await using opened = await V2Client.open(daemon.socket, path);
  await using joined = await V2Client.join(daemon.socket, path, { protocol: "v2" });
  assertEquals(joined.cells, opened.cells);
  assertEquals(joined.heads, opened.heads);
  await using pool = await PoolClient.connect(daemon.socket);
  assertEquals((await pool.rooms()).map((room) => [room.notebook_id, room.active_peers]), [
    [path, 2],
  ]);
});

Deno.test("notebook_sync makes an empty room when its path has no file yet", async () => {
  await using daemon = await TestDaemon.start();
  const path = daemon.home.path("not-yet.ipynb");
  await using client = await V2Client.join(daemon.socket, path);
  assertEquals(client.cells, []);
  assertEquals(await daemon.home.listing(), [], "Joining made a file");
  await using pool = await PoolClient.connect(daemon.socket);
  assertEquals((await pool.rooms()).map((room) => room.notebook_id), [path]);
});

Deno.test("notebook_sync makes a room without cells when its id is no path", async () => {
  await using daemon = await TestDaemon.start();
  for (const id of [crypto.randomUUID(), "scratch", "ünï/cødé #1"]) {
    await using first = await V2Client.join(daemon.socket, id);
    assertEquals(first.cells, []);
    await first.edit((doc) => doc.cells.push(codeCell("a", "1 + 1")));
    await using second = await V2Client.join(daemon.socket, id);
    assertEquals(second.cells, first.cells);
    assertEquals(second.heads, first.heads);
  }
});

Deno.test("notebook_sync stores initial metadata only when the document has none", async () => {
  await using daemon = await TestDaemon.start();
  await using first = await V2Client.join(daemon.socket, "room", { initial_metadata: SNAPSHOT });
  const text = first.doc.metadata.notebook_metadata.toString();
  assertEquals(JSON.parse(text).runt.env_id, "from-the-joiner");
  const other = JSON.stringify({ runt: { schema_version: "1", env_id: "too late" } });
  await using second = await V2Client.join(daemon.socket, "room", { initial_metadata: other });
  assertEquals(second.doc.metadata.notebook_metadata.toString(), text);

  const path = await daemon.home.write("a.ipynb", notebookText({ cells: 1 }));
  await using file = await V2Client.join(daemon.socket, path, { initial_metadata: SNAPSHOT });
  const { runt } = JSON.parse(file.doc.metadata.notebook_metadata.toString());
  assert(runt.env_id !== "from-the-joiner", "A file's metadata was replaced");
});

Deno.test("notebook_sync converges two clients when both type", async () => {
  await using daemon = await TestDaemon.start();
  const path = await daemon.home.write("a.ipynb", notebookText({ cells: 2 }));
  await using ada = await V2Client.open(daemon.socket, path);
  await using bob = await V2Client.join(daemon.socket, path);
  await ada.edit((doc) => doc.cells.splice(1, 0, codeCell("from-ada", "a = 1")));
  await bob.untilCovers(ada.heads);
  await bob.edit((doc) => doc.cells.push(codeCell("from-bob", "b = 2")));
  await ada.untilCovers(bob.heads);
  assertEquals(ada.cells, bob.cells);
  assertEquals(ada.cells.map((cell) => cell.id), ["cell-0", "from-ada", "cell-1", "from-bob"]);
});

Deno.test("notebook_sync keeps both sides when two clients type at the same moment", async () => {
  await using daemon = await TestDaemon.start();
  const path = await daemon.home.write("a.ipynb", notebookText({ cells: 1 }));
  const clients = await Promise.all(
    Array.from({ length: 5 }, () => V2Client.open(daemon.socket, path)),
  );
  await using _all = together(clients);
  await Promise.all(clients.map(async (client, number) => {
    for (let count = 0; count < 5; count++) {
      await client.edit((doc) => doc.cells.push(codeCell(`${number}-${count}`, `x = ${count}`)));
    }
  }));
  await Promise.all(
    clients.map((client) => client.until((doc) => doc.cells.length === 26, "all 26 cells")),
  );
  const [first] = clients;
  for (const client of clients) assertEquals(client.cells, first?.cells);
});

Deno.test("notebook_sync refuses in its own form when it can't join", async (t) => {
  await using daemon = await TestDaemon.start();
  const broken = await daemon.home.write("broken.ipynb", "{");
  const cases: [fields: Record<string, unknown>, code: string][] = [
    [{ notebook_id: "/etc/notebook.ipynb" }, "outside_roots"],
    [{ notebook_id: broken }, "invalid_json"],
    [{ notebook_id: daemon.home.path("a.txt") }, "not_a_file"],
    [{ notebook_id: daemon.home.path("no-folder", "a.ipynb") }, "not_found"],
    [{ notebook_id: "" }, "bad_handshake"],
    [{ notebook_id: 3 }, "bad_handshake"],
    [{}, "bad_handshake"],
    [{ notebook_id: "abc", protocol: "v9" }, "bad_handshake"],
    [{ notebook_id: "abc", initial_metadata: "{" }, "bad_handshake"],
    [{ notebook_id: "abc", working_dir: "/" }, "outside_roots"],
  ];
  for (const [fields, code] of cases) {
    await t.step(JSON.stringify(fields).replaceAll(daemon.home.root, "ROOT"), async () => {
      const answer = await refused(daemon.socket, { channel: "notebook_sync", ...fields });
      assertEquals(answer.error_code, code, answer.error);
      // What can't be read at all is answered with an info frame, whatever the channel.
      if (code !== "bad_handshake") {
        assertEquals(Object.keys(answer), ["protocol", "error", "error_code"]);
      }
    });
  }
  await using pool = await PoolClient.connect(daemon.socket);
  assertEquals((await pool.rooms()).filter((room) => room.active_peers > 0), []);
});

Deno.test("a handshake is answered with what was expected when it can't be read", async (t) => {
  await using daemon = await TestDaemon.start();
  const payloads = [
    "[]",
    "null",
    "{",
    '{"channel":"teleport"}',
    '{"path":"/a.ipynb"}',
    '{"channel":7}',
    '{"channel":"open_notebook"}',
    '{"channel":"open_notebook","path":["/a.ipynb"]}',
    "\u00ff\u00fe",
    "hello",
    "GET / HTTP/1.1",
  ];
  for (const payload of payloads) {
    await t.step(payload, async () => {
      await using socket = await RawSocket.connect(daemon.socket);
      await socket.send(new TextEncoder().encode(payload));
      const { frames, end } = await socket.untilEnd();
      assertEquals([frames.length, end], [1, "clean"]);
      const answer = fromJson(frames[0] ?? new Uint8Array()) as Record<string, unknown>;
      assertEquals(answer["error_code"], "bad_handshake");
      assertEquals([answer["protocol"], answer["notebook_id"]], ["v2", ""]);
    });
  }
});
