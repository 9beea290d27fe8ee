/**
 * One connection from its first byte to its last: handshake, then the channel it names.
 *
 * @module
 */

import { NotebookdError, toNotebookdError } from "../errors.ts";
import { decodeHandshake, detectCodec, type Handshake } from "../handshake/handshake.ts";
import { encodeCapabilities, encodeInfo } from "../handshake/info.ts";
import { PROTOCOL } from "../handshake/version.ts";
import { VERSION } from "../version.ts";
import { controlFrameCap } from "../wire/caps.ts";
import { type Codec, jsonCodec } from "../wire/codec.ts";
import { encodeFrame } from "../wire/frame.ts";
import { serveBlobs } from "./blob.ts";
import type { FrameConnection } from "./connection_port.ts";
import { prepareNotebook } from "./notebook.ts";
import { servePool } from "./pool.ts";
import { servePoolState } from "./pool_state.ts";
import type { Services } from "./services.ts";
import { prepareSettings } from "./settings.ts";

/** Serves a channel until its connection ends. */
type Channel = () => Promise<void>;

/** How long, and for how many bytes, a refused client is read on so that it sees the answer. */
const REFUSED_DRAIN = { bytes: 64 * 1024, ms: 1000 };

/**
 * Serves a connection until it ends. Never throws: whatever goes wrong ends this connection, with
 * a line in the log, and nothing else.
 */
export async function serveConnection(
  connection: FrameConnection,
  services: Services,
): Promise<void> {
  const logger = services.logger.with({ connection: connection.id });
  try {
    await serve(connection, { ...services, logger });
    connection.close();
    logger.debug("Connection ended");
  } catch (error) {
    const reason = toNotebookdError(error, "Serving the connection failed");
    connection.close(reason);
    const ended = { code: reason.code, reason: reason.message };
    if (reason.code === "closed") logger.debug("Connection ended by this side", ended);
    else logger.warn("Connection ended by an error", ended);
  }
}

async function serve(connection: FrameConnection, services: Services): Promise<void> {
  const payload = await readHandshake(connection, services);
  if (payload === null) return;
  let codec: Codec = jsonCodec;
  let handshake: Handshake | undefined;
  let channel: Channel;
  try {
    codec = detectCodec(payload);
    handshake = decodeHandshake(payload).handshake;
    channel = await prepareChannel(connection, handshake, codec, services);
  } catch (error) {
    const reason = toNotebookdError(error, "Cannot serve the handshake");
    services.logger.warn("Refused", { code: reason.code, reason: reason.message });
    await connection.send(refusal(handshake, reason, codec));
    await connection.drain(REFUSED_DRAIN);
    return;
  }
  services.logger.debug("Channel open", { channel: handshake.channel });
  await channel();
}

async function readHandshake(
  connection: FrameConnection,
  { clock, limits }: Services,
): Promise<Uint8Array | null> {
  using _timer = clock.timer(limits.handshakeMs, () => {
    connection.close(
      new NotebookdError(
        "timeout",
        `No handshake came within ${limits.handshakeMs} ms: send it as the first frame`,
      ),
    );
  });
  return await connection.readFrame(controlFrameCap);
}

/** Does what can still be refused; what it gives sends the first answer and serves the channel. */
async function prepareChannel(
  connection: FrameConnection,
  handshake: Handshake,
  codec: Codec,
  services: Services,
): Promise<Channel> {
  switch (handshake.channel) {
    case "open_notebook":
    case "create_notebook":
    case "notebook_sync":
      return await prepareNotebook(connection, handshake, codec, services);
    case "settings_sync":
      return await prepareSettings(connection, services);
    case "pool":
      return () => servePool(connection, codec, services);
    case "blob":
      return () => serveBlobs(connection, codec, services);
    case "pool_state_subscribe":
      return () => servePoolState(connection, codec);
  }
}

/** The frame that tells a client why its handshake failed. */
function refusal(
  handshake: Handshake | undefined,
  reason: NotebookdError,
  codec: Codec,
): Uint8Array {
  const error = { error: reason.message, error_code: reason.code };
  if (handshake?.channel === "notebook_sync") {
    return encodeFrame(encodeCapabilities({ protocol: PROTOCOL, ...error }, codec));
  }
  return encodeFrame(encodeInfo({
    protocol: PROTOCOL,
    notebook_id: "",
    cell_count: 0,
    needs_trust_approval: false,
    daemon_version: VERSION,
    ...error,
  }, codec));
}
