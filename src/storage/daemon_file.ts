/**
 * `daemon.json` beside the socket: how clients find out about the daemon that is running.
 *
 * @module
 */

import { dirname, join } from "@std/path";
import { NotebookdError } from "../errors.ts";
import { isJsonObject } from "../json.ts";
import { removeFile, writeFileAtomic } from "./atomic_file.ts";
import { readRegularFile } from "./regular_file.ts";

/** What the file says. */
export interface DaemonInfo {
  /** The path of the socket. */
  endpoint: string;
  /** The process that listens on it. */
  pid: number;
  /** The version of the daemon. */
  version: string;
  /** When it started, as RFC 3339 says. */
  started_at: string;
  /** The port on 127.0.0.1 where blobs are served. */
  blob_port: number;
}

/** The most that is read of the file, in bytes. */
const MAX_BYTES = 64 * 1024;

/** Gives the path of the file that belongs to a socket. */
export function daemonFilePath(socketPath: string): string {
  return join(dirname(socketPath), "daemon.json");
}

/**
 * Writes the file; disposing what is returned removes it, unless another daemon wrote its own since.
 *
 * @param info What it shall say; `endpoint` decides where it is.
 * @throws {NotebookdError} with code `permission_denied`, `not_found` or `storage_failed`.
 */
export async function publishDaemonFile(info: DaemonInfo): Promise<AsyncDisposable> {
  const path = daemonFilePath(info.endpoint);
  const { endpoint, pid, version, started_at, blob_port } = info;
  const text = JSON.stringify({ endpoint, pid, version, started_at, blob_port }, null, 2);
  await writeFileAtomic(path, new TextEncoder().encode(`${text}\n`), { mode: 0o600 });
  return {
    async [Symbol.asyncDispose]() {
      const there = await readDaemonFile(endpoint);
      if (there?.pid === pid && there.started_at === started_at) await removeFile(path);
    },
  };
}

/**
 * Reads the file. The daemon it names may be dead by now.
 *
 * @param socketPath The socket that it belongs to.
 * @returns What it says; null where there is none, or it isn't one that this version understands.
 * @throws {NotebookdError} with code `permission_denied`, `not_a_file`, `too_large` or
 * `storage_failed`.
 */
export async function readDaemonFile(socketPath: string): Promise<DaemonInfo | null> {
  const path = daemonFilePath(socketPath);
  try {
    const { bytes } = await readRegularFile(path, `Cannot read "${path}"`, {
      maxBytes: MAX_BYTES,
    });
    return parseInfo(new TextDecoder().decode(bytes));
  } catch (error) {
    if (error instanceof NotebookdError && error.code === "not_found") return null;
    throw error;
  }
}

function parseInfo(text: string): DaemonInfo | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (!isJsonObject(value)) return null;
  const { endpoint, pid, version, started_at, blob_port } = value;
  if (
    typeof endpoint !== "string" || typeof pid !== "number" || typeof version !== "string" ||
    typeof started_at !== "string" || typeof blob_port !== "number"
  ) return null;
  return { endpoint, pid, version, started_at, blob_port };
}
