import { assert, assertEquals } from "@std/assert";
import * as A from "@automerge/automerge";
import { openNotebook } from "../src/client/mod.ts";
import { TestDaemon } from "./helpers/daemon.ts";
import { notebookText } from "./helpers/notebook_file.ts";
import { V2Client } from "./helpers/v2_client.ts";
import { codeCell, documentTypes } from "./helpers/v2_document.ts";

Deno.test("a v2 client, a session and a MessagePack session share one notebook", async () => {
  await using daemon = await TestDaemon.start();
  const { socket } = daemon;
  const path = await daemon.home.write("a.ipynb", notebookText({ cells: 2 }));
  await using v2 = await V2Client.open(socket, path);
  await using session = await openNotebook(path, { socket });
  await using packed = await openNotebook(path, { socket, codec: "msgpack" });

  await v2.edit((doc) => doc.cells.push(codeCell("from-v2", "v2 = True")));
  session.insertCell({ id: "from-session", cellType: "markdown", source: "# \u{1f600}", index: 0 });
  packed.splice("cell-0", 0, 0, "packed ");
  await Promise.all([session.synced(), packed.synced()]);
  await v2.until(
    (doc) =>
      doc.cells.some((cell) => cell.id.toString() === "from-session") &&
      doc.cells.some((cell) => cell.source.startsWith("packed ")),
    "what the sessions did",
  );
  await Promise.all([session.synced(), packed.synced()]);

  const ids = v2.cells.map((cell) => cell.id);
  assertEquals(ids, ["from-session", "cell-0", "cell-1", "from-v2"]);
  for (const other of [session, packed]) {
    assertEquals(other.cells.map((cell) => [cell.id, cell.cellType, cell.source]), [
      ...v2.cells.map((cell) => [cell.id, cell.cell_type, cell.source]),
    ]);
  }
  const types = documentTypes(v2.doc);
  for (const type of ["cell.source: text", "cell.id: str", "cell.cell_type: str"]) {
    assert(types.includes(type));
  }
  const mistyped = types.filter((line) => /^cell\.(source|id|cell_type): /.test(line));
  assertEquals(mistyped.length, 3, `A session wrote other types: ${mistyped.join(", ")}`);
});

Deno.test("a session sees who changed what when a v2 client types", async () => {
  await using daemon = await TestDaemon.start();
  const { socket } = daemon;
  const path = await daemon.home.write("a.ipynb", notebookText({ cells: 1 }));
  await using v2 = await V2Client.open(socket, path);
  await using session = await openNotebook(path, { socket });
  const changes = session.changes()[Symbol.asyncIterator]();
  const next = changes.next();
  await v2.edit((doc) => A.splice(doc, ["cells", 0, "source"], 0, 5, "typed"));
  const { value, done } = await next;
  assert(done !== true);
  assertEquals(value.origin.local, false);
  assert(JSON.stringify(value.changes).includes("cell-0"));
  await changes.return?.();
});
