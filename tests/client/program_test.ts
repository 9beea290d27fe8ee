import { join } from "@std/path";
import { assert, assertEquals } from "@std/assert";
import type { ByteStream } from "@/client/dial.ts";
import { readCells } from "@/doc/snapshot.ts";
import { FakeDaemon } from "../helpers/fake_daemon.ts";
import { REPOSITORY } from "../helpers/repository.ts";
import { TempFolder } from "../helpers/temp_folder.ts";

const PROGRAM = `
import { openNotebook } from ${JSON.stringify(join(REPOSITORY, "src/client/mod.ts"))};

await using notebook = await openNotebook("notes.ipynb", { socket: Deno.args[0] });
const id = notebook.insertCell({ source: "1 + 1" });
notebook.splice(id, 0, 1, "2");
await notebook.synced();
console.log(JSON.stringify(notebook.cells.map((cell) => cell.source)));
`;

Deno.test("openNotebook() works in another program with the permissions of the socket alone", async () => {
  await using folder = await TempFolder.make();
  const socket = folder.join("n.sock");
  using fake = await FakeDaemon.create();
  using listener = Deno.listen({ transport: "unix", path: socket });
  const served = listener.accept().then((connection) => fake.accept(streamOf(connection)));
  await Deno.writeTextFile(folder.join("program.ts"), PROGRAM);
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--no-prompt",
      `--config=${join(REPOSITORY, "deno.json")}`,
      `--allow-read=${socket}`,
      `--allow-write=${socket}`,
      `--allow-net=unix:${socket}`,
      "program.ts",
      socket,
    ],
    cwd: folder.path,
  }).output();
  const decoder = new TextDecoder();
  assertEquals(code, 0, decoder.decode(stderr));
  await served;
  assertEquals(JSON.parse(decoder.decode(stdout)), ["1 + 1", "# b", "2 + 1"]);
  assertEquals(readCells(fake.document).map(({ source }) => source), ["1 + 1", "# b", "2 + 1"]);
  const [handshake] = fake.handshakes;
  assert(handshake?.channel === "open_notebook");
  assertEquals(handshake.path, folder.join("notes.ipynb"));
});

function streamOf(connection: Deno.Conn): ByteStream {
  let closed = false;
  return {
    read: (into) => connection.read(into),
    async write(bytes) {
      for (let sent = 0; sent < bytes.length;) {
        sent += await connection.write(bytes.subarray(sent));
      }
    },
    close() {
      if (!closed) connection.close();
      closed = true;
    },
  };
}
