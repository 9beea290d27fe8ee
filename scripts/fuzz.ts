/**
 * Feeds the decoders and a live daemon what no client should send, from a seed that it prints:
 * `fuzz.ts [--seconds N] [--seed S] [--pure]`. What it finds is kept in tests/fixtures/fuzz, where
 * the tests play it again.
 *
 * @module
 */

import { join } from "@std/path";
import { TestDaemon } from "../tests/helpers/daemon.ts";
import { checkAlive, converse, fuzzConversation } from "../tests/helpers/fuzz_daemon.ts";
import { FUZZ_TARGETS } from "../tests/helpers/fuzz_targets.ts";
import { notebookText } from "../tests/helpers/notebook_file.ts";
import { SeededRandom } from "../src/testing_random.ts";
import { REPOSITORY } from "../tests/helpers/repository.ts";

/** Where finds are kept. */
const KEPT = join(REPOSITORY, "tests", "fixtures", "fuzz");

/** How many conversations a daemon takes before it is asked whether it is well. */
const BATCH = 25;

/** What the command line says. */
interface FuzzOptions {
  seconds: number;
  seed: number;
  pure: boolean;
}

function readOptions(args: readonly string[]): FuzzOptions {
  const valueOf = (name: string) => {
    const at = args.indexOf(name);
    if (at < 0) return undefined;
    const value = Number(args[at + 1]);
    if (!Number.isFinite(value)) throw new Error(`Cannot read "${name}": it wants a number`);
    return value;
  };
  return {
    seconds: valueOf("--seconds") ?? 10,
    seed: valueOf("--seed") ?? crypto.getRandomValues(new Uint32Array(1))[0] ?? 0,
    pure: args.includes("--pure"),
  };
}

/** Keeps an input that broke something and says so. */
async function keep(target: string, input: Uint8Array<ArrayBuffer>, error: unknown): Promise<void> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", input)).toHex();
  const name = `${target}__${digest.slice(0, 12)}.bin`;
  await Deno.mkdir(KEPT, { recursive: true });
  await Deno.writeFile(join(KEPT, name), input);
  const reason = error instanceof Error ? error.stack ?? error.message : String(error);
  console.error(`Found: ${name}\n${reason}`);
}

/** Feeds the pure decoders until a moment; gives how many inputs, and how many broke something. */
async function fuzzDecoders(random: SeededRandom, until: number) {
  let [inputs, finds] = [0, 0];
  while (performance.now() < until && finds < 10) {
    for (const target of FUZZ_TARGETS) {
      const input = target.input(random);
      inputs++;
      try {
        await target.check(input);
      } catch (error) {
        finds++;
        await keep(target.name, input, error);
      }
    }
  }
  return { inputs, finds };
}

/** Talks to a daemon until a moment; a find is kept as the whole batch it happened in. */
async function fuzzDaemon(random: SeededRandom, until: number) {
  await using daemon = await TestDaemon.start({
    limits: { handshakeMs: 1000 },
    expectErrors: true,
  });
  const path = await daemon.home.write("fuzz.ipynb", notebookText({ cells: 3 }));
  let [inputs, finds] = [0, 0];
  while (performance.now() < until && finds === 0) {
    const batch = Array.from({ length: BATCH }, () => fuzzConversation(random, path));
    try {
      await Promise.all(batch.map((stream) => converse(daemon, stream)));
      await checkAlive(daemon, path);
    } catch (error) {
      finds++;
      for (const stream of batch) await keep("daemon", stream, error);
    }
    inputs += batch.length;
  }
  return { inputs, finds };
}

async function main(args: readonly string[]): Promise<number> {
  const { seconds, seed, pure } = readOptions(args);
  console.log(`Fuzz with --seed ${seed} for ${seconds} s`);
  const random = new SeededRandom(seed);
  const start = performance.now();
  const share = pure ? seconds : seconds / 2;
  const decoders = await fuzzDecoders(random, start + share * 1000);
  console.log(`Decoders: ${decoders.inputs} inputs, ${decoders.finds} finds`);
  if (pure) return decoders.finds === 0 ? 0 : 1;
  const daemon = await fuzzDaemon(new SeededRandom(seed), start + seconds * 1000);
  console.log(`Daemon: ${daemon.inputs} conversations, ${daemon.finds} finds`);
  return decoders.finds + daemon.finds === 0 ? 0 : 1;
}

if (import.meta.main) Deno.exit(await main(Deno.args));
