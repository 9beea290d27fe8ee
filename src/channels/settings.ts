/**
 * The settings channel: untyped frames that hold sync messages of the settings document.
 *
 * @module
 */

import { MAX_SETTINGS_BYTES } from "../wire/caps.ts";
import type { FrameConnection } from "./connection_port.ts";
import { Outbox } from "./outbox.ts";
import type { Services } from "./services.ts";

/**
 * Joins the settings room.
 *
 * @returns What serves the client until it goes.
 */
export async function prepareSettings(
  connection: FrameConnection,
  services: Services,
): Promise<() => Promise<void>> {
  const room = await services.settingsRoom();
  const peer = connection.id;
  const outbox = new Outbox(connection, {
    unsentBytes: services.limits.unsentBytes,
    syncWritten: () => room.written(peer),
  });
  await room.attach(peer, { codec: "json", features: true }, outbox);
  return async () => {
    try {
      room.start(peer);
      for (;;) {
        const message = await connection.readFrame(() => MAX_SETTINGS_BYTES);
        if (message === null) return;
        await room.receive(peer, message);
      }
    } finally {
      room.detach(peer);
    }
  };
}
