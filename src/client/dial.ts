/**
 * The port through which the client reaches a daemon. `connection.ts` implements it for Unix
 * sockets; tests implement it in memory.
 *
 * @module
 */

/** A connected stream of bytes. */
export interface ByteStream {
  /**
   * Reads some bytes into the start of a buffer.
   *
   * @returns How many bytes were read (at least one), or null at the end of the stream.
   */
  read(into: Uint8Array): Promise<number | null>;
  /** Writes all of the bytes; resolves when the stream has taken them. */
  write(bytes: Uint8Array): Promise<void>;
  /** Closes both directions; reads and writes under way end. Calling it again does nothing. */
  close(): void;
}

/**
 * Connects to the daemon that listens on a socket.
 *
 * @param socket The absolute path of the socket.
 * @returns The connected stream.
 * @throws {NotebookdError} with code `daemon_not_running` when nothing answers there, and
 * `permission_denied` when this program may not use the socket.
 */
export type Dial = (socket: string) => Promise<ByteStream>;
