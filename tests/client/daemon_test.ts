import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  createNotebook,
  Daemon,
  joinNotebook,
  type NotebookChangeEvent,
  NotebookdError,
  openNotebook,
} from "@/client/mod.ts";
import { TestDaemon } from "../helpers/daemon.ts";
import { within } from "../helpers/deadline.ts";
import { TestHome } from "../helpers/home.ts";

const NOTEBOOK = JSON.stringify({
  cells: [
    {
      cell_type: "code",
      execution_count: 3,
      id: "a",
      metadata: { tags: ["setup"] },
      outputs: [{ name: "stdout", output_type: "stream", text: ["2\n"] }],
      source: ["x = 1 + 1\n", "print(x)"],
    },
    { cell_type: "markdown", id: "b", metadata: {}, source: "# Notes" },
  ],
  metadata: { kernelspec: { name: "python3", display_name: "Python 3", language: "python" } },
  nbformat: 4,
  nbformat_minor: 5,
});

async function code(promise: Promise<unknown>): Promise<string> {
  return (await assertRejects(() => promise, NotebookdError)).code;
}

async function nextRemote(
  changes: AsyncIterableIterator<NotebookChangeEvent>,
): Promise<NotebookChangeEvent> {
  for (;;) {
    const { value } = await within(changes.next(), "a change of another window");
    assert(value !== undefined);
    if (!value.origin.local) return value;
  }
}

Deno.test("openNotebook() gives the notebook's content when a real daemon serves it", async () => {
  await using daemon = await TestDaemon.start();
  const path = await daemon.home.write("n.ipynb", NOTEBOOK);
  await using notebook = await openNotebook(path, { socket: daemon.socket });
  assertEquals(notebook.info.notebookId, path);
  assertEquals(notebook.info.cellCount, 2);
  assertEquals(notebook.runtime, "python");
  assertEquals(notebook.metadata["kernelspec"], {
    name: "python3",
    display_name: "Python 3",
    language: "python",
  });
  assertEquals(notebook.cell("a"), {
    id: "a",
    cellType: "code",
    source: "x = 1 + 1\nprint(x)",
    executionCount: 3,
    outputs: [{ name: "stdout", output_type: "stream", text: ["2\n"] }],
    metadata: { tags: ["setup"] },
    attachments: {},
    extra: {},
  });
});

Deno.test("two sessions see each other's edits when they have one notebook open", async () => {
  await using daemon = await TestDaemon.start();
  const path = await daemon.home.write("n.ipynb", NOTEBOOK);
  const options = { socket: daemon.socket };
  await using one = await openNotebook(path, options);
  await using other = await openNotebook(path, { ...options, codec: "msgpack" });
  const [changes, answers] = [other.changes(), one.changes()];
  one.splice("b", 2, 5, "Log");
  const { origin, changes: [change] } = await nextRemote(changes);
  assertEquals(change?.type, "source_changed");
  assertEquals(origin.actors.length, 1);
  other.insertCell({ source: "y = 2", after: "a" });
  await nextRemote(answers);
  assertEquals(one.cells.map(({ source }) => source), ["x = 1 + 1\nprint(x)", "y = 2", "# Log"]);
  assertEquals(one.heads, other.heads);
});

Deno.test("createNotebook() makes a notebook that joinNotebook() finds by its id", async () => {
  await using daemon = await TestDaemon.start();
  const options = { socket: daemon.socket };
  await using made = await createNotebook({
    runtime: "python",
    packageManager: "conda",
    dependencies: ["numpy"],
    workingDir: daemon.home.root,
    ...options,
  });
  assertEquals(made.cells.map(({ cellType, source }) => [cellType, source]), [["code", ""]]);
  assertEquals(made.info.needsTrustApproval, false);
  await using joined = await joinNotebook(made.info.notebookId, options);
  assertEquals(joined.heads, made.heads);
  assertEquals(joined.info.needsTrustApproval, false);
  made.setDependencies("conda", ["numpy", "scipy"]);
  const trust = await made.request({ action: "get_trust" });
  assertEquals(trust.conda_dependencies, ["numpy", "scipy"]);
  assertEquals(trust.status, "signature_invalid");
});

Deno.test("openNotebook() rejects with the daemon's code when it can't open the file", async () => {
  await using daemon = await TestDaemon.start();
  const options = { socket: daemon.socket };
  const broken = await daemon.home.write("broken.ipynb", '{"cells": [');
  assertEquals(await code(openNotebook(broken, options)), "invalid_json");
  assertEquals(await code(openNotebook(daemon.home.path("no.ipynb"), options)), "not_found");
  assertEquals(await code(openNotebook("/etc/passwd.ipynb", options)), "outside_roots");
  assertEquals(
    await code(createNotebook({ runtime: "cobol" as "python", ...options })),
    "unsupported_runtime",
  );
});

Deno.test("NotebookSession comes back with its edits when the daemon was killed and restarted", async () => {
  await using home = await TestHome.make();
  const path = await home.write("n.ipynb", NOTEBOOK);
  const first = await TestDaemon.start({ home });
  await using notebook = await openNotebook(path, { socket: home.socket });
  await notebook.synced();
  const states = notebook.states();
  await first.end("SIGKILL");
  assertEquals((await within(states.next(), "the loss of the connection")).value, "offline");
  notebook.splice("b", 7, 0, " so far");
  await using _second = await TestDaemon.start({ home });
  await within(notebook.synced(), "the edit's arrival");
  assertEquals(notebook.cells.map(({ id, source }) => [id, source]), [
    ["a", "x = 1 + 1\nprint(x)"],
    ["b", "# Notes so far"],
  ]);
  await using other = await openNotebook(path, { socket: home.socket });
  assertEquals(other.heads, notebook.heads);
  assertEquals(other.cells, notebook.cells);
});

Deno.test("Daemon tells of its rooms and ends when it is asked to", async () => {
  await using home = await TestHome.make();
  const daemon = await TestDaemon.start({ home });
  const path = await home.write("n.ipynb", NOTEBOOK);
  const options = { socket: home.socket };
  {
    await using notebook = await openNotebook(path, options);
    await using pool = await Daemon.connect({ ...options, codec: "msgpack" });
    assert(await pool.ping() > 0);
    const [rooms, state, status] = await Promise.all([
      pool.rooms(),
      pool.inspect(path),
      pool.status(),
    ]);
    assertEquals(rooms.map((room) => [room.notebook_id, room.active_peers]), [[path, 1]]);
    assertEquals(state.cells.map((cell) => cell.id), notebook.cells.map((cell) => cell.id));
    assertEquals(status.uv_available, 0);
    assertEquals(await code(pool.inspect("/nowhere.ipynb")), "bad_request");
    assertEquals(await pool.shutdownNotebook("/nowhere.ipynb"), false);
  }
  await using pool = await Daemon.connect(options);
  await pool.shutdown();
  assertEquals((await daemon.ended()).code, 0);
  assertEquals(await code(Daemon.connect(options)), "daemon_not_running");
});
