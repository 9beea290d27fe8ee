/**
 * The pool channel: one untyped request frame, one untyped response frame, again and again.
 *
 * @module
 */

import { isAbsolute } from "@std/path";
import { NotebookdError, toNotebookdError } from "../errors.ts";
import { MAX_SIDE_REQUEST_BYTES } from "../wire/caps.ts";
import type { Codec } from "../wire/codec.ts";
import { encodeFrame } from "../wire/frame.ts";
import { parsePoolRequest, type PoolRequest, type PoolResponse } from "../wire/pool.ts";
import type { FrameConnection } from "./connection_port.ts";
import { peek } from "./peek.ts";
import type { Services } from "./services.ts";

/** Answers pool requests until the connection ends. */
export async function servePool(
  connection: FrameConnection,
  codec: Codec,
  services: Services,
): Promise<void> {
  const gone = new AbortController();
  connection.closed.then(() => gone.abort(connectionClosed()));
  for (;;) {
    const payload = await connection.readFrame(() => MAX_SIDE_REQUEST_BYTES);
    if (payload === null) return;
    await connection.send(await answerPool(payload, codec, services, gone.signal));
  }
}

/** Gives the frame of the answer. */
async function answerPool(
  payload: Uint8Array,
  codec: Codec,
  services: Services,
  gone: AbortSignal,
): Promise<Uint8Array> {
  try {
    const request = parsePoolRequest(codec.decode(payload));
    if (request.type === "inspect_notebook") {
      // An answer that no frame can hold is told, like whatever else goes wrong.
      return encodeFrame(await inspect(request.notebook_id, codec, services, gone));
    }
    return encodeFrame(codec.encode(await answer(request, services)));
  } catch (error) {
    const { message } = toNotebookdError(error, "Cannot answer the pool request");
    return encodeFrame(codec.encode({ type: "error", message }));
  }
}

async function answer(
  request: Exclude<PoolRequest, { type: "inspect_notebook" }>,
  services: Services,
): Promise<PoolResponse> {
  switch (request.type) {
    case "ping":
      return { type: "pong" };
    case "status":
      return {
        type: "stats",
        stats: { uv_available: 0, uv_warming: 0, conda_available: 0, conda_warming: 0 },
      };
    case "list_rooms":
      return { type: "rooms_list", rooms: services.registry.list().map(listed) };
    case "shutdown_notebook":
      return { type: "notebook_shutdown", found: await endRoom(request.notebook_id, services) };
    case "shutdown":
      services.shutdown();
      return { type: "shutting_down" };
    case "take":
      return { type: "empty" };
    case "return":
      return { type: "returned" };
    case "flush_pool":
      return { type: "flushed" };
  }
}

function listed(room: { notebookId: string; holders: number }) {
  return { notebook_id: room.notebookId, active_peers: room.holders, has_kernel: false };
}

async function endRoom(id: string, services: Services): Promise<boolean> {
  const reason = new NotebookdError("closed", `The room of "${id}" was shut down by a client`);
  return await services.registry.end(id, reason);
}

/** Shows the cells of a room, or of a file that no room holds. */
async function inspect(
  id: string,
  codec: Codec,
  services: Services,
  gone: AbortSignal,
): Promise<Uint8Array> {
  const live = services.registry.get(id);
  if (live !== undefined) return await live.inspect(codec.name, "live_room");
  if (!isAbsolute(id)) {
    throw new NotebookdError(
      "not_found",
      `No notebook "${id}" is open: "list_rooms" names those that are, a path names a file`,
    );
  }
  const canonical = await services.files.resolveNotebook(id);
  const joined = services.registry.get(canonical);
  if (joined !== undefined) return await joined.inspect(codec.name, "live_room");
  return await peek(canonical, codec, services, gone);
}

function connectionClosed(): NotebookdError {
  return new NotebookdError("closed", "The connection was closed before its answer was ready");
}
