import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { NotebookdError } from "../errors.ts";
import { crashEverywhere } from "../../tests/helpers/crash_everywhere.ts";
import { FaultyDisk } from "../../tests/helpers/faulty_disk.ts";
import { TempFolder } from "../../tests/helpers/temp_folder.ts";
import { nameOfId } from "./content_hash.ts";
import { Leases } from "./lease.ts";

const ID = "/work/a.ipynb";
const CONFIG = new URL("../../deno.json", import.meta.url).pathname;

async function refusal(run: () => Promise<unknown>): Promise<NotebookdError> {
  return await assertRejects(run, NotebookdError);
}

Deno.test("take() refuses whoever comes second, naming the owner, until it is given back", async () => {
  await using folder = await TempFolder.make();
  const first = new Leases(folder.join("leases"), { pid: 11 });
  const second = new Leases(folder.join("leases"), { pid: 22 });
  const lease = await first.take(ID);
  assertEquals([lease.id, lease.name, lease.previousPid], [ID, await nameOfId(ID), null]);
  for (const leases of [first, second]) {
    const error = await refusal(() => leases.take(ID));
    assertEquals(error.code, "path_in_use");
    assertStringIncludes(error.message, "process 11 ");
  }
  await using _other = await second.take("/work/b.ipynb");
  await lease[Symbol.asyncDispose]();
  await lease[Symbol.asyncDispose]();
  await using _again = await second.take(ID);
  assertEquals((await refusal(() => first.take(ID))).message.includes("process 22 "), true);
});

Deno.test("take() leaves no file when leases are given back", async () => {
  await using folder = await TempFolder.make();
  const leases = new Leases(folder.path, { pid: 1 });
  await (await leases.take(ID))[Symbol.asyncDispose]();
  assertEquals(await Array.fromAsync(Deno.readDir(folder.path)), []);
});

Deno.test("take() never gives two the lease, however they come and go", async () => {
  await using folder = await TempFolder.make();
  let holders = 0;
  let taken = 0;
  const work = async (pid: number) => {
    const leases = new Leases(folder.path, { pid });
    for (let i = 0; i < 30; i++) {
      let lease;
      try {
        lease = await leases.take(ID);
      } catch (error) {
        assert(error instanceof NotebookdError && error.code === "path_in_use");
        continue;
      }
      holders++;
      taken++;
      assertEquals(holders, 1);
      await Deno.lstat(folder.path);
      holders--;
      await lease[Symbol.asyncDispose]();
    }
  };
  await Promise.all([1, 2, 3, 4].map(work));
  assert(taken > 0);
});

Deno.test("take() takes over the lease of a process that was killed", async () => {
  await using folder = await TempFolder.make();
  const script = folder.join("holder.ts");
  const module = new URL("./lease.ts", import.meta.url).href;
  await Deno.writeTextFile(
    script,
    `import { Leases } from ${JSON.stringify(module)};
    await new Leases(${JSON.stringify(folder.join("leases"))}, { pid: Deno.pid }).take("${ID}");
    console.log("held");
    await Deno.stdin.read(new Uint8Array(1));`,
  );
  await using holder = new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-prompt", "--config", CONFIG, "--allow-read", "--allow-write", script],
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const reader = holder.stdout.getReader();
  assertStringIncludes(new TextDecoder().decode((await reader.read()).value), "held");
  const leases = new Leases(folder.join("leases"), { pid: Deno.pid });
  const error = await refusal(() => leases.take(ID));
  assertStringIncludes(error.message, `process ${holder.pid} `);
  holder.kill("SIGKILL");
  await holder.status;
  await reader.cancel();
  await holder.stdin.close();
  await using lease = await leases.take(ID);
  assertEquals(lease.previousPid, holder.pid);
});

Deno.test("take() waits for what this process does while the lease is free", async () => {
  await using folder = await TempFolder.make();
  const leases = new Leases(folder.path, { pid: 1 });
  const started = Promise.withResolvers<void>();
  const finish = Promise.withResolvers<void>();
  const order: string[] = [];
  const brief = leases.whileFree(await nameOfId(ID), async () => {
    started.resolve();
    await finish.promise;
    order.push("brief");
  });
  await started.promise;
  const taking = leases.take(ID).then((lease) => {
    order.push("taken");
    return lease;
  });
  assertEquals(await leases.whileFree(await nameOfId(ID), () => Promise.reject()), false);
  finish.resolve();
  assertEquals(await brief, true);
  await using _lease = await taking;
  assertEquals(order, ["brief", "taken"]);
  assertEquals(await leases.whileFree(await nameOfId(ID), () => Promise.reject()), false);
});

Deno.test("take() works after a crash at any step of taking and giving back", async () => {
  const steps = await crashEverywhere({
    setup: (disk) => disk.put("/state"),
    run: async (disk) => {
      const leases = new Leases("/state/leases", { pid: 1, fileSystem: disk });
      await (await leases.take(ID))[Symbol.asyncDispose]();
      await leases.take(ID);
      if (!disk.dead) disk.kill();
    },
    check: async (disk) => {
      const leases = new Leases("/state/leases", { pid: 2, fileSystem: disk });
      await using _lease = await leases.take(ID);
      const error = await refusal(() => leases.take(ID));
      assertStringIncludes(error.message, "process 2 ");
    },
  });
  assert(steps >= 6, `${steps} steps`);
});

Deno.test("take() tells a state folder without locks, and a full one", async () => {
  const disk = new FaultyDisk();
  disk.put("/state/leases");
  const leases = new Leases("/state/leases", { pid: 1, fileSystem: disk });
  disk.fail = ({ op }) => op === "tryLock" ? "ENOTSUP" : undefined;
  const unlockable = await refusal(() => leases.take(ID));
  assertEquals(unlockable.code, "storage_failed");
  assertStringIncludes(unlockable.message, "no file locks");
  disk.fail = ({ op }) => op === "write" ? "ENOSPC" : undefined;
  const full = await refusal(() => leases.take(ID));
  assertEquals(full.code, "storage_failed");
  assertStringIncludes(full.message, "disk is full");
  disk.fail = () => undefined;
  await using _lease = await leases.take(ID);
});
