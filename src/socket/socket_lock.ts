/**
 * Which of several daemons may have a socket.
 *
 * @module
 */

import { NotebookdError } from "../errors.ts";
import { fileError } from "../storage/os_error.ts";

/** The longest process id that is read from a lock file, in bytes. */
const MAX_PID_BYTES = 20;

/** The right to a socket; disposing it gives the right back. */
export interface SocketLock extends Disposable {
  /** The lock file. */
  readonly path: string;
}

/**
 * Takes the right to a socket, for the life of this process at most: the operating system ends the
 * lock when the process dies, however it dies. Between looking whether a socket file is dead and
 * replacing it, another daemon could otherwise put a live one there, which would be lost.
 *
 * The lock file stays when the lock is given back. Removing it would let two daemons hold locks on
 * two files of the same name.
 *
 * @param socketPath The socket; the lock file is beside it.
 * @param pid This process, for whoever comes second.
 * @returns The lock.
 * @throws {NotebookdError} with code `already_running` when another process has it,
 * `permission_denied` or `storage_failed` when the file can't be used.
 */
export async function lockSocket(socketPath: string, pid: number): Promise<SocketLock> {
  const path = `${socketPath}.lock`;
  const file = await openLockFile(path);
  try {
    if (!(await file.tryLock(true))) {
      throw alreadyRunning(socketPath, await readPid(file));
    }
    await file.truncate(0);
    await file.write(new TextEncoder().encode(`${pid}\n`));
  } catch (error) {
    file.close();
    throw fileError(error, `Cannot lock "${path}"`);
  }
  let held = true;
  return {
    path,
    [Symbol.dispose]() {
      if (!held) return;
      held = false;
      file.close();
    },
  };
}

async function openLockFile(path: string): Promise<Deno.FsFile> {
  try {
    return await Deno.open(path, { read: true, write: true, create: true, mode: 0o600 });
  } catch (error) {
    throw fileError(error, `Cannot open the lock file "${path}"`);
  }
}

/** Who holds the lock; null in the moment in which its holder hasn't said so yet. */
async function readPid(file: Deno.FsFile): Promise<number | null> {
  const buffer = new Uint8Array(MAX_PID_BYTES);
  const read = await file.read(buffer) ?? 0;
  const text = new TextDecoder().decode(buffer.subarray(0, read)).trim();
  return /^\d+$/.test(text) ? Number(text) : null;
}

/** The error of whoever comes second. */
export function alreadyRunning(socketPath: string, pid: number | null): NotebookdError {
  const who = pid === null ? "another process" : `process ${pid}`;
  return new NotebookdError(
    "already_running",
    `Cannot listen on "${socketPath}": ${who} listens there already; stop it first, or choose another socket`,
  );
}
