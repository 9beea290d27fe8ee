/**
 * A thread's first notebook is slow: the engine has yet to compile what it runs. This plays one
 * through, so that the first real one finds everything ready.
 *
 * @module
 */

import type { NotebookSeed, PeerSink, RoomHost } from "./ports.ts";

const SEED: NotebookSeed = {
  kind: "new",
  notebookId: "00000000-0000-4000-8000-000000000000",
  runtime: "python",
  packageManager: "uv",
  dependencies: [],
};

const NOWHERE: PeerSink = { frame() {}, drop() {} };

/** Opens a new notebook, joins it and closes it. */
export async function rehearse(host: RoomHost): Promise<void> {
  const room = await host.open(SEED);
  await room.attach("rehearsal", { codec: "json", features: false }, NOWHERE);
  room.start("rehearsal");
  await room.close();
}
