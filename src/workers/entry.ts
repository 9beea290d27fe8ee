/**
 * What a worker runs: it waits for its start message, then serves rooms until it is terminated.
 *
 * @module
 */

import { systemClock } from "../clock.ts";
import { initAutomerge } from "../doc/automerge.ts";
import { LocalHost } from "../rooms/local_host.ts";
import { rehearse } from "../rooms/rehearse.ts";
import type { FromWorker, Post, ToWorker } from "./messages.ts";
import { RoomServer } from "./server.ts";
import { workerLogger } from "./worker_logger.ts";
import { yieldToEvents } from "./yield.ts";

declare const self: DedicatedWorkerGlobalScope;

let server: RoomServer | undefined;

const post: Post = (message: FromWorker, transfer: ArrayBuffer[] = []) => {
  self.postMessage(message, transfer);
};

self.onmessage = async ({ data }: MessageEvent<ToWorker>) => {
  if (data.kind !== "start") {
    server?.take(data);
    return;
  }
  await initAutomerge(data.automerge);
  const host = new LocalHost({
    trustKey: data.trustKey,
    unsentBytes: data.unsentBytes,
    logger: workerLogger(post),
    pause: yieldToEvents,
    clock: systemClock,
    autosave: data.autosave,
    // An error that nobody catches ends the worker, and the main thread learns of it.
    fatal: (error) => reportError(error),
  });
  await rehearse(host);
  server = new RoomServer(host, post);
  post({ kind: "started" });
};
