/**
 * Every bound on what a client, a file or a peer can make the daemon hold, in one place.
 *
 * @module
 */

/** The bounds of one daemon. Sizes are bytes, times are milliseconds, the others are counts. */
export interface Limits {
  /** How long a connection may take until its whole handshake has come. */
  handshakeMs: number;
  /** Connections at once; a further one is closed. */
  connections: number;
  /** Rooms at once; opening a further notebook is refused. */
  rooms: number;
  /** Peers in one room. */
  peersPerRoom: number;
  /** Requests and sync messages of one connection that may wait for the room; then it isn't read. */
  inFlight: number;
  /** How many bytes those may hold together; a single larger one goes alone. */
  inFlightBytes: number;
  /** Unsent broadcasts and responses of one peer; past that it is disconnected. */
  unsentBytes: number;
  /** Size of a notebook file. */
  fileBytes: number;
  /** Workers that small rooms share. A notebook of `ownWorkerBytes` or more gets one for itself. */
  workers: number;
  /** From which file size on a notebook gets a worker of its own. */
  ownWorkerBytes: number;
  /** Journals of notebooks whose file has everything are dropped when all take up more than this. */
  journalBytes: number;
}

/** The bounds unless told otherwise. */
export const DEFAULT_LIMITS: Readonly<Limits> = {
  handshakeMs: 10_000,
  connections: 1024,
  rooms: 256,
  peersPerRoom: 128,
  inFlight: 32,
  inFlightBytes: 16 * 1024 * 1024,
  unsentBytes: 8 * 1024 * 1024,
  fileBytes: 100 * 1024 * 1024,
  workers: 8,
  ownWorkerBytes: 1024 * 1024,
  journalBytes: 1024 * 1024 * 1024,
};
