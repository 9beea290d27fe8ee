import { join } from "@std/path";
import { assert, assertEquals } from "@std/assert";
import type { ByteStream } from "@/client/dial.ts";
import { readCells } from "@/doc/snapshot.ts";
import { FakeDaemon } from "../helpers/fake_daemon.ts";
import { REPOSITORY } from "../helpers/repository.ts";
import { TempFolder } from "../helpers/temp_folder.ts";

const CLIENT = join(REPOSITORY, "src", "client", "mod.ts");
const CONFIG = `--config=${join(REPOSITORY, "deno.json")}`;
const decoder = new TextDecoder();

function program(client: string): string {
  return `
    import { openNotebook } from ${JSON.stringify(client)};

    await using notebook = await openNotebook("notes.ipynb", { socket: Deno.args[0] });
    const id = notebook.insertCell({ source: "1 + 1" });
    notebook.splice(id, 0, 1, "2");
    await notebook.synced();
    console.log(JSON.stringify(notebook.cells.map((cell) => cell.source)));
  `;
}

async function deno(cwd: string, args: readonly string[]): Promise<string> {
  const command = new Deno.Command(Deno.execPath(), { args: [...args], cwd });
  const { code, stdout, stderr } = await command.output();
  assertEquals(code, 0, decoder.decode(stderr));
  return decoder.decode(stdout);
}

/** Runs a program that edits a notebook, granted nothing but the daemon's socket. */
async function edits(folder: TempFolder, client: string, flags: readonly string[]): Promise<void> {
  const socket = folder.join("n.sock");
  using fake = await FakeDaemon.create();
  using listener = Deno.listen({ transport: "unix", path: socket });
  const served = listener.accept().then((connection) => fake.accept(streamOf(connection)));
  await Deno.writeTextFile(folder.join("program.ts"), program(client));
  const granted = [
    `--allow-read=${socket}`,
    `--allow-write=${socket}`,
    `--allow-net=unix:${socket}`,
  ];
  const args = ["run", "--no-prompt", ...flags, ...granted, "program.ts", socket];
  const printed = await deno(folder.path, args);
  await served;
  const expected = ["1 + 1", "# b", "2 + 1"];
  assertEquals(JSON.parse(printed), expected);
  assertEquals(readCells(fake.document).map(({ source }) => source), expected);
  const [handshake] = fake.handshakes;
  assert(handshake?.channel === "open_notebook");
  assertEquals(handshake.path, folder.join("notes.ipynb"));
}

Deno.test("openNotebook() works in another program with the permissions of the socket alone", async () => {
  await using folder = await TempFolder.make();
  await edits(folder, CLIENT, [CONFIG]);
});

Deno.test("openNotebook() works in one bundled file without config, packages or cache", async () => {
  await using folder = await TempFolder.make();
  const bundle = folder.join("client.js");
  await deno(folder.path, ["bundle", CONFIG, "--output", bundle, CLIENT]);
  await edits(folder, bundle, ["--no-config", "--no-npm", "--no-remote", "--cached-only"]);
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
