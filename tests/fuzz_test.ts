import { join } from "@std/path";
import { assertEquals } from "@std/assert";
import { TestDaemon } from "./helpers/daemon.ts";
import { checkAlive, converse, fuzzConversation } from "./helpers/fuzz_daemon.ts";
import { FUZZ_TARGETS } from "./helpers/fuzz_targets.ts";
import { notebookText } from "./helpers/notebook_file.ts";
import { SeededRandom } from "@/testing_random.ts";
import { REPOSITORY } from "./helpers/repository.ts";

/** Chosen once; `deno task fuzz` takes another each time. */
const SEED = 20_260_118;

Deno.test(`decoders refuse in their own words when they are fed 4,000 inputs of seed ${SEED}`, async () => {
  const random = new SeededRandom(SEED);
  for (let round = 0; round < 1000; round++) {
    for (const target of FUZZ_TARGETS) {
      const input = target.input(random);
      try {
        await target.check(input);
      } catch (error) {
        throw new Error(`"${target.name}", round ${round}: ${input.toHex()}`, { cause: error });
      }
    }
  }
});

Deno.test(`the daemon goes on when 200 clients of seed ${SEED} talk nonsense to it`, async () => {
  await using daemon = await TestDaemon.start({ limits: { handshakeMs: 1000 } });
  const path = await daemon.home.write("fuzz.ipynb", notebookText({ cells: 3 }));
  const random = new SeededRandom(SEED);
  for (let batch = 0; batch < 8; batch++) {
    const streams = Array.from({ length: 25 }, () => fuzzConversation(random, path));
    await Promise.all(streams.map((stream) => converse(daemon, stream)));
    await checkAlive(daemon, path);
  }
});

Deno.test("what earlier fuzzing found is still mended", async (t) => {
  const folder = join(REPOSITORY, "tests", "fixtures", "fuzz");
  const kept = [...Deno.readDirSync(folder)].map(({ name }) => name).filter((name) =>
    name.endsWith(".bin")
  );
  for (const name of kept.filter((name) => !name.startsWith("daemon__")).sort()) {
    await t.step(name, async () => {
      const target = FUZZ_TARGETS.find((target) => name.startsWith(`${target.name}__`));
      if (target === undefined) throw new Error(`No fuzz target for "${name}"`);
      await target.check(await Deno.readFile(join(folder, name)));
    });
  }
  await t.step("conversations", async () => {
    const streams = kept.filter((name) => name.startsWith("daemon__"));
    if (streams.length === 0) return;
    await using daemon = await TestDaemon.start({ limits: { handshakeMs: 1000 } });
    const path = await daemon.home.write("fuzz.ipynb", notebookText({ cells: 3 }));
    for (const name of streams) await converse(daemon, await Deno.readFile(join(folder, name)));
    await checkAlive(daemon, path);
  });
});

Deno.test("the seeded generator gives the same inputs when the seed is the same", () => {
  const inputs = () => {
    const random = new SeededRandom(7);
    return FUZZ_TARGETS.map((target) => target.input(random));
  };
  assertEquals(inputs(), inputs());
});
