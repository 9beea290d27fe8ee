/**
 * What a session is made of, and where it can stand.
 *
 * @module
 */
import type { Clock } from "../clock.ts";
import type { Logger } from "../log.ts";
import type { Codec } from "../wire/codec.ts";
import type { Dial } from "./dial.ts";
import type { NotebookHandshake } from "./greeting.ts";
import type { Replica } from "./replica.ts";

/**
 * Where a session stands: `connecting` until its document has all that the daemon announced,
 * `synced` from then on, `offline` between a lost connection and the next attempt, `closed` for
 * good.
 */
export type SessionState = "connecting" | "synced" | "offline" | "closed";

/** What a session works with. */
export interface SessionParts {
  /** What to open. */
  readonly handshake: NotebookHandshake;
  /** The local document. */
  readonly replica: Replica;
  /** The absolute path of the daemon's socket. */
  readonly socket: string;
  /** The encoding of control payloads. */
  readonly codec: Codec;
  /** How to connect. */
  readonly dial: Dial;
  /** What time is, for delays. */
  readonly clock: Clock;
  /** Jitter of the delays: a number from 0 up to, but not including, 1. */
  readonly random: () => number;
  /** Whether a lost connection is made again. */
  readonly reconnect: boolean;
  /** Where losses and reconnects are noted. */
  readonly logger: Logger;
  /** Ends the session at once. */
  readonly signal?: AbortSignal | undefined;
}
