/**
 * A live daemon under fuzz: whatever a client writes, the daemon goes on, and so do the others.
 *
 * @module
 */

import { concat, frame, json } from "./bytes.ts";
import type { TestDaemon } from "./daemon.ts";
import { fuzzFrame, fuzzHandshake } from "./fuzz_inputs.ts";
import { PoolClient } from "./pool_client.ts";
import type { SeededRandom } from "@/testing_random.ts";
import { RawSocket } from "./raw_socket.ts";
import { V2Client } from "./v2_client.ts";

/** What one conversation writes: a handshake, then frames. */
export function fuzzConversation(random: SeededRandom, path: string): Uint8Array<ArrayBuffer> {
  const handshake = random.oneIn(3) ? fuzzHandshake(random) : json(
    random.pick<Record<string, string>>([
      { channel: "open_notebook", path },
      { channel: "notebook_sync", notebook_id: path },
      { channel: "notebook_sync", notebook_id: "fuzz" },
      { channel: "pool" },
      { channel: "blob" },
      { channel: "settings_sync" },
    ]),
  );
  const frames = Array.from({ length: random.below(8) }, () => fuzzFrame(random));
  const stream = concat(frame(handshake), ...frames);
  return random.oneIn(4) ? stream.slice(0, random.below(stream.length)) : stream;
}

/** Holds one conversation with a daemon and leaves, once the daemon has taken it in. */
export async function converse(daemon: TestDaemon, stream: Uint8Array): Promise<void> {
  await using socket = await RawSocket.connect(daemon.socket);
  try {
    await socket.write(stream);
    await socket.closeWrite();
  } catch {
    // The daemon may end a bad connection while it is still being written to.
  }
  await socket.untilEnd("the end of a fuzzed conversation");
}

/**
 * Checks that the daemon still serves: it answers, and a client gets the notebook.
 *
 * @throws {Error} when it doesn't, or when it logged an error.
 */
export async function checkAlive(daemon: TestDaemon, path: string): Promise<void> {
  await using pool = await PoolClient.connect(daemon.socket);
  await pool.expect("pong", { type: "ping" });
  await using client = await V2Client.open(daemon.socket, path);
  if (client.answer.error !== undefined) throw new Error(client.answer.error);
  const errors = daemon.log.matching((line) =>
    line.level === "error" || line.level === "" || line.fields["code"] === "internal"
  );
  const [first] = errors;
  if (first !== undefined) throw new Error(`The daemon logged: ${first.raw}`);
}
