/**
 * The channel on which the daemon tells how its pools of environments are.
 *
 * @module
 */

import { MAX_SIDE_REQUEST_BYTES } from "../wire/caps.ts";
import type { Codec } from "../wire/codec.ts";
import { encodeFrame } from "../wire/frame.ts";
import type { PoolStateEvent } from "../wire/pool.ts";
import type { FrameConnection } from "./connection_port.ts";

/** Sends the state at once, then keeps the connection until the client goes. */
export async function servePoolState(connection: FrameConnection, codec: Codec): Promise<void> {
  const state: PoolStateEvent = { event: "pool_state", uv_error: null, conda_error: null };
  await connection.send(encodeFrame(codec.encode(state)));
  while (await connection.readFrame(() => MAX_SIDE_REQUEST_BYTES) !== null) {
    // The client has nothing to say here; reading on shows when it goes.
  }
}
