/**
 * Errors of the operating system as errors of notebookd.
 *
 * @module
 */

import { type ErrorCode, NotebookdError } from "../errors.ts";

/**
 * The name of an operating system error, such as `ENOENT`, or undefined if the value isn't one.
 * Works for what `Deno.*` throws and for what `node:fs` throws.
 */
export function osErrorName(thrown: unknown): string | undefined {
  if (!(thrown instanceof Error) || !("code" in thrown)) return undefined;
  return typeof thrown.code === "string" ? thrown.code : undefined;
}

/** Tells whether something was refused by the permissions that this process was started with. */
export function isNotCapable(thrown: unknown): boolean {
  return thrown instanceof Deno.errors.NotCapable;
}

/** Tells whether an operation failed because nothing is at the path. */
export function isMissing(thrown: unknown): boolean {
  return thrown instanceof Deno.errors.NotFound || osErrorName(thrown) === "ENOENT";
}

interface Explanation {
  code: ErrorCode;
  detail: string;
}

const EXPLANATIONS: Readonly<Record<string, Explanation>> = {
  ENOENT: { code: "not_found", detail: "nothing is there" },
  ENOTDIR: { code: "not_found", detail: "a part of the path isn't a folder" },
  ELOOP: { code: "not_a_file", detail: "its symbolic links form a loop" },
  ENAMETOOLONG: { code: "not_a_file", detail: "the path or a part of it is too long" },
  EISDIR: { code: "not_a_file", detail: "it is a folder" },
  ENXIO: { code: "not_a_file", detail: "it is a socket or a device" },
  EACCES: {
    code: "permission_denied",
    detail: "the operating system refuses access; check its mode and owner",
  },
  EPERM: {
    code: "permission_denied",
    detail: "the operating system refuses access; check its mode and owner",
  },
  EROFS: { code: "permission_denied", detail: "the file system is read-only" },
  ENOSPC: { code: "storage_failed", detail: "the disk is full; free some space and try again" },
  EDQUOT: {
    code: "storage_failed",
    detail: "the disk quota is used up; free some space and try again",
  },
  EMFILE: {
    code: "storage_failed",
    detail: "too many files are open; raise the limit with ulimit -n",
  },
  ENFILE: { code: "storage_failed", detail: "too many files are open on this machine" },
  EIO: { code: "storage_failed", detail: "the disk reports an input/output error" },
};

/**
 * Gives what a file operation threw as a {@linkcode NotebookdError}: itself if it is one already,
 * else one whose code follows from the operating system's error (`storage_failed` where nothing
 * fits better), with the original as its cause.
 *
 * @param thrown What was caught.
 * @param attempted What was tried, with the path, as the start of the message.
 */
export function fileError(thrown: unknown, attempted: string): NotebookdError {
  if (thrown instanceof NotebookdError) return thrown;
  if (isNotCapable(thrown)) {
    return new NotebookdError(
      "permission_denied",
      `${attempted}: the daemon was started without access to it; restart it with a root that covers it`,
      { cause: thrown },
    );
  }
  const name = osErrorName(thrown) ?? (isMissing(thrown) ? "ENOENT" : undefined);
  const known = name === undefined ? undefined : EXPLANATIONS[name];
  if (known !== undefined) {
    return new NotebookdError(known.code, `${attempted}: ${known.detail}`, { cause: thrown });
  }
  const detail = name ?? (thrown instanceof Error ? thrown.name : typeof thrown);
  return new NotebookdError("storage_failed", `${attempted}: it failed with ${detail}`, {
    cause: thrown,
  });
}
