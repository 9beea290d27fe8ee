/**
 * Why the daemon itself ends a connection or a room, in the same words wherever it happens.
 *
 * @module
 */

import { NotebookdError } from "./errors.ts";

/** The daemon is on its way to its end. */
export function daemonClosing(): NotebookdError {
  return new NotebookdError("closed", "The daemon is closing: reconnect when it runs again");
}

/**
 * A peer leaves more unread than it may.
 *
 * @param bound How many bytes of broadcasts and responses may wait for one peer.
 */
export function peerTooSlow(bound: number): NotebookdError {
  return new NotebookdError(
    "peer_too_slow",
    `Disconnected: more than ${bound} bytes wait to be read; read faster, or reconnect`,
  );
}
