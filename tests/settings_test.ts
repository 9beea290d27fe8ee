import * as A from "@automerge/automerge";
import { assertEquals } from "@std/assert";
import { join } from "@std/path";
import { TestDaemon } from "./helpers/daemon.ts";
import { TestHome } from "./helpers/home.ts";
import { openChannel, PoolClient } from "./helpers/pool_client.ts";
import type { RawSocket } from "./helpers/raw_socket.ts";
import { V2Client } from "./helpers/v2_client.ts";
import { plainJson, type Scalar, scalar } from "./helpers/v2_document.ts";

/** The settings document of protocol.md, chapter 2. */
interface SettingsDocument {
  theme: Scalar;
  default_runtime: Scalar;
  default_python_env: Scalar;
  keep_alive_secs: number;
  onboarding_completed: boolean;
  uv: { default_packages: Scalar[] };
  conda: { default_packages: Scalar[] };
}

/** A settings client: raw sync messages in untyped frames, the daemon first. */
class SettingsClient implements AsyncDisposable {
  doc: A.Doc<SettingsDocument> = A.init<SettingsDocument>();
  readonly #socket: RawSocket;
  #state = A.initSyncState();

  private constructor(socket: RawSocket) {
    this.#socket = socket;
  }

  static async connect(path: string): Promise<SettingsClient> {
    const client = new SettingsClient(await openChannel(path, "settings_sync"));
    await client.until(({ keep_alive_secs }) => keep_alive_secs !== undefined, "the settings");
    return client;
  }

  get values(): Record<string, unknown> {
    return plainJson(this.doc) as Record<string, unknown>;
  }

  async until(wanted: (doc: SettingsDocument) => boolean, what: string): Promise<void> {
    while (!wanted(this.doc)) {
      const message = await this.#socket.nextFrame(what);
      [this.doc, this.#state] = A.receiveSyncMessage(this.doc, this.#state, message);
      await this.#send();
    }
  }

  async change(change: (doc: SettingsDocument) => void): Promise<void> {
    this.doc = A.change(this.doc, change);
    await this.#send();
    // A change that the other side's Bloom filter seems to know already isn't sent until it asks.
    while (!A.hasOurChanges(this.doc, this.#state)) {
      const message = await this.#socket.nextFrame("the answer to the change");
      [this.doc, this.#state] = A.receiveSyncMessage(this.doc, this.#state, message);
      await this.#send();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#socket[Symbol.asyncDispose]();
  }

  async #send(): Promise<void> {
    const [state, message] = A.generateSyncMessage(this.doc, this.#state);
    this.#state = state;
    if (message !== null) await this.#socket.send(message);
  }
}

/** The file's content as soon as it is as wanted; each change of the folder is a reason to look. */
async function settingsFile(
  daemon: TestDaemon,
  wanted: (file: Record<string, unknown>) => boolean,
): Promise<Record<string, unknown>> {
  const path = join(daemon.home.config, "settings.json");
  using watcher = Deno.watchFs(daemon.home.config);
  const look = async () => JSON.parse(await Deno.readTextFile(path).catch(() => "{}"));
  let file = await look();
  if (wanted(file)) return file;
  for await (const _event of watcher) {
    file = await look();
    if (wanted(file)) break;
  }
  return file;
}

Deno.test("settings_sync gives the defaults when there is no file", async () => {
  await using daemon = await TestDaemon.start();
  await using client = await SettingsClient.connect(daemon.socket);
  const { default_runtime, default_python_env, keep_alive_secs, uv, conda } = client.values;
  assertEquals(default_runtime, "python");
  assertEquals(default_python_env, "uv");
  assertEquals(keep_alive_secs, 30);
  assertEquals([uv, conda], [{ default_packages: [] }, { default_packages: [] }]);
  assertEquals(client.values["onboarding_completed"], false);
});

Deno.test("settings_sync has the types that v2 clients read", async () => {
  await using daemon = await TestDaemon.start();
  await using client = await SettingsClient.connect(daemon.socket);
  const handle = A.getBackend(client.doc) as unknown as {
    getWithType(object: string, key: string): [string, unknown];
  };
  const typeOf = (object: string, key: string) => handle.getWithType(object, key)[0];
  const types = Object.fromEntries(
    Object.keys(client.doc).sort().map((key) => [key, typeOf("_root", key)]),
  );
  assertEquals(types, {
    conda: "map",
    default_python_env: "str",
    default_runtime: "str",
    keep_alive_secs: "int",
    onboarding_completed: "boolean",
    theme: "str",
    uv: "map",
  });
  assertEquals(typeOf(String(handle.getWithType("_root", "uv")[1]), "default_packages"), "list");
});

Deno.test("a client's change reaches the other clients and the file", async () => {
  await using daemon = await TestDaemon.start();
  await using one = await SettingsClient.connect(daemon.socket);
  await using two = await SettingsClient.connect(daemon.socket);
  const written = settingsFile(daemon, (file) => file["default_python_env"] === "conda");
  await one.change((doc) => {
    doc.default_python_env = scalar("conda");
    doc.uv.default_packages.push(scalar("numpy"));
  });
  await two.until((doc) => doc.uv.default_packages.length === 1, "the other client's change");
  assertEquals(two.values, one.values);
  const file = await written;
  assertEquals(file["uv"], { default_packages: ["numpy"] });
  await using pool = await PoolClient.connect(daemon.socket);
  await pool.until(async () => {
    await using created = await V2Client.create(daemon.socket, { runtime: "python" });
    const { runt } = JSON.parse(created.doc.metadata.notebook_metadata.toString());
    return runt.conda !== undefined;
  }, "new notebooks follow the setting");
});

Deno.test("a change in the file reaches the clients, and unknown keys stay", async () => {
  await using daemon = await TestDaemon.start();
  await using client = await SettingsClient.connect(daemon.socket);
  const path = join(daemon.home.config, "settings.json");
  await Deno.writeTextFile(path, JSON.stringify({ theme: "dark", mine: { kept: true } }));
  await client.until((doc) => doc.theme.toString() === "dark", "the change in the file");
  const written = settingsFile(daemon, (file) => file["default_runtime"] === "deno");
  await client.change((doc) => {
    doc.default_runtime = scalar("deno");
  });
  assertEquals((await written)["mine"], { kept: true });
});

Deno.test("a broken settings file is left as it is and the last good values stay", async () => {
  await using daemon = await TestDaemon.start();
  const path = join(daemon.home.config, "settings.json");
  await using client = await SettingsClient.connect(daemon.socket);
  await Deno.writeTextFile(path, JSON.stringify({ theme: "dark" }));
  await client.until((doc) => doc.theme.toString() === "dark", "the good file");
  const mark = daemon.log.mark;
  await Deno.writeTextFile(path, "{ theme: ");
  await daemon.log.waitFor((line) => line.level === "warn", "a warning about the file", mark);
  await using other = await SettingsClient.connect(daemon.socket);
  assertEquals(other.values["theme"], "dark");
  assertEquals(await Deno.readTextFile(path), "{ theme: ");
});

Deno.test("the settings document shares its history when the daemon starts again", async () => {
  await using home = await TestHome.make();
  const heads: string[] = [];
  for (let run = 0; run < 2; run++) {
    await using daemon = await TestDaemon.start({ home });
    await using client = await SettingsClient.connect(daemon.socket);
    heads.push(A.getHeads(client.doc).join());
  }
  assertEquals(heads[0], heads[1], "A client that reconnects would merge two histories");
});
