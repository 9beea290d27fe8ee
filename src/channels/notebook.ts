/**
 * The three notebook channels after their handshake: one answer, then typed frames.
 *
 * @module
 */

import { toNotebookdError } from "../errors.ts";
import { FEATURE } from "../handshake/features.ts";
import { encodeCapabilities, encodeInfo } from "../handshake/info.ts";
import { PROTOCOL } from "../handshake/version.ts";
import type { RoomInfo } from "../rooms/ports.ts";
import type { RoomHold } from "../rooms/hold.ts";
import { needsTrustApproval } from "../trust/verdict.ts";
import { VERSION } from "../version.ts";
import { FrameType, typedFrameCap } from "../wire/caps.ts";
import type { Codec } from "../wire/codec.ts";
import { decodeTypedFrame, encodeFrame } from "../wire/frame.ts";
import type { FrameConnection } from "./connection_port.ts";
import { type NotebookHandshake, openRoom } from "./open_room.ts";
import { Outbox } from "./outbox.ts";
import type { Services } from "./services.ts";
import { Window } from "./window.ts";

/**
 * Gets the room and joins it.
 *
 * @returns What answers the handshake and serves the editor's window until it goes.
 * @throws {NotebookdError} when the notebook can't be had; nothing has been sent then.
 */
export async function prepareNotebook(
  connection: FrameConnection,
  handshake: NotebookHandshake,
  codec: Codec,
  services: Services,
): Promise<() => Promise<void>> {
  using stack = new DisposableStack();
  const hold = stack.use(await openRoom(handshake, services));
  const { room } = hold;
  const peer = connection.id;
  const outbox = new Outbox(connection, {
    unsentBytes: services.limits.unsentBytes,
    syncWritten: () => room.written(peer),
  });
  stack.defer(() => room.detach(peer));
  const info = await room.attach(peer, {
    codec: codec.name,
    features: handshake.features?.includes(FEATURE) ?? false,
    ...initialMetadata(handshake),
  }, outbox);
  stack.use(hold.onEnded((reason) => connection.close(reason)));
  const resources = stack.move();
  return async () => {
    using _resources = resources;
    await connection.send(encodeFrame(firstAnswer(handshake, hold, info, codec)));
    room.start(peer);
    await readFrames(connection, hold, services);
  };
}

function firstAnswer(
  handshake: NotebookHandshake,
  { notebookId }: RoomHold,
  info: RoomInfo,
  codec: Codec,
): Uint8Array {
  const knows = handshake.features?.includes(FEATURE) ?? false;
  const history = knows && info.history !== undefined ? { history: info.history } : {};
  if (handshake.channel === "notebook_sync") {
    return encodeCapabilities({ protocol: PROTOCOL, ...history }, codec);
  }
  return encodeInfo({
    protocol: PROTOCOL,
    notebook_id: notebookId,
    cell_count: info.cellCount,
    needs_trust_approval: needsTrustApproval(info.trust),
    daemon_version: VERSION,
    ...history,
  }, codec);
}

function initialMetadata(handshake: NotebookHandshake): { initialMetadata?: string } {
  if (handshake.channel !== "notebook_sync" || handshake.initialMetadata === undefined) return {};
  return { initialMetadata: handshake.initialMetadata };
}

/** The one reader of the connection. What it reads goes to the room in the order it came. */
async function readFrames(
  connection: FrameConnection,
  { room }: RoomHold,
  services: Services,
): Promise<void> {
  const peer = connection.id;
  const { inFlight, inFlightBytes } = services.limits;
  const window = new Window({ count: inFlight, bytes: inFlightBytes });
  const handOver = async (bytes: number, take: () => Promise<void>) => {
    const leave = await window.enter(bytes);
    take().catch((error) => {
      connection.close(toNotebookdError(error, "Cannot take a frame of the client"));
    }).finally(leave);
  };
  for (;;) {
    const payload = await connection.readFrame(typedFrameCap);
    if (payload === null) return;
    const { type, body } = decodeTypedFrame(payload);
    switch (type) {
      case FrameType.sync:
        await handOver(body.byteLength, () => room.receive(peer, body));
        break;
      case FrameType.request:
        await handOver(body.byteLength, () => room.request(peer, body));
        break;
      case FrameType.response:
      case FrameType.broadcast:
        services.logger.warn("Frame ignored: only the daemon sends this type", { type });
        break;
    }
  }
}
