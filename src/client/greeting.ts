/**
 * The handshake of a notebook session and the daemon's answer to it.
 *
 * @module
 */
import { NotebookdError } from "../errors.ts";
import type { Handshake } from "../handshake/handshake.ts";
import { parseCapabilities, parseInfo } from "../handshake/info.ts";
import { PROTOCOL } from "../handshake/version.ts";
import type { Codec } from "../wire/codec.ts";

/** The handshakes that lead to a notebook. */
export type NotebookHandshake = Extract<
  Handshake,
  { channel: "open_notebook" | "create_notebook" | "notebook_sync" }
>;

/** What the daemon said about a notebook when it was opened. */
export interface Greeting {
  /** The notebook's id: the canonical path of its file, or a UUID while it has none. */
  readonly notebookId: string;
  /** Whether the daemon named the id; joining by id, it only agrees to the one it was asked for. */
  readonly named: boolean;
  /** The protocol that the daemon speaks: "v2". */
  readonly protocol: string;
  /** How many cells it had; null where the daemon doesn't say (joining by id). */
  readonly cellCount: number | null;
  /** Whether its dependencies wait for approval; null where the daemon doesn't say. */
  readonly needsTrustApproval: boolean | null;
  /** The version of the daemon; null where it doesn't say. */
  readonly daemonVersion: string | null;
}

/**
 * Reads the answer to a handshake.
 *
 * @param handshake What was asked.
 * @param answer The payload that came.
 * @param codec How it is encoded.
 * @throws {NotebookdError} with the daemon's code when it refused, `unsupported_protocol` when it
 * speaks another protocol, and `bad_frame` when the answer can't be read.
 */
export function readGreeting(
  handshake: NotebookHandshake,
  answer: Uint8Array,
  codec: Codec,
): Greeting {
  const { protocol, error, error_code } = parseCapabilities(answer, codec);
  // First of all: the rest of another protocol's answer may mean anything.
  if (protocol !== PROTOCOL) throw unsupported(protocol);
  if (error !== undefined) throw new NotebookdError(error_code ?? "internal", error);
  if (handshake.channel === "notebook_sync") {
    return {
      notebookId: handshake.notebookId,
      named: false,
      protocol,
      cellCount: null,
      needsTrustApproval: null,
      daemonVersion: null,
    };
  }
  const info = parseInfo(answer, codec);
  return {
    notebookId: info.notebook_id,
    named: true,
    protocol,
    cellCount: info.cell_count,
    needsTrustApproval: info.needs_trust_approval,
    daemonVersion: info.daemon_version ?? null,
  };
}

/**
 * The handshake that leads back to a notebook after the connection was lost. It names the notebook
 * by the id that the daemon gave: a symbolic link may lead elsewhere by now, and two notebooks must
 * not be merged; a second `create_notebook` without the id would make another notebook.
 *
 * @param handshake The first handshake.
 * @param notebookId The id that the daemon gave.
 */
export function rejoining(handshake: NotebookHandshake, notebookId: string): NotebookHandshake {
  switch (handshake.channel) {
    case "open_notebook":
      return { ...handshake, path: notebookId };
    case "create_notebook": {
      // They were signed as trusted when the notebook was made; what it has now may differ.
      const { dependencies: _, ...rest } = handshake;
      return { ...rest, notebookId };
    }
    case "notebook_sync":
      return { ...handshake, notebookId };
    default:
      return handshake satisfies never;
  }
}

function unsupported(protocol: string): NotebookdError {
  return new NotebookdError(
    "unsupported_protocol",
    `The daemon speaks protocol "${protocol}", this client "${PROTOCOL}": use versions of both ` +
      "that fit each other",
  );
}
