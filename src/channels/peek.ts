/**
 * Looking into notebook files that no room holds.
 *
 * Each look imports the whole file, in a thread of its own if it is large. So a few go at a time,
 * however many clients ask, and none keeps the daemon from closing.
 *
 * @module
 */

import { createHash } from "node:crypto";
import type { Codec } from "../wire/codec.ts";
import type { Services } from "./services.ts";
import { Window } from "./window.ts";

/** How many files are looked into at once. */
const AT_ONCE = 2;

/** Makes what `Services.peeks` has to be. */
export function peekWindow(): Window {
  return new Window({ count: AT_ONCE, bytes: Number.MAX_SAFE_INTEGER });
}

/**
 * Shows the cells of a file as the pool channel does.
 *
 * @param canonical The canonical path of a notebook.
 * @param gone Aborted when nobody waits for the answer any more; it isn't waited for then.
 * @throws {NotebookdError} as reading and loading the file do, or the reason of `gone`.
 */
export async function peek(
  canonical: string,
  codec: Codec,
  services: Services,
  gone: AbortSignal,
): Promise<Uint8Array> {
  return await unlessGone(peekInTurn(canonical, codec, services, gone), gone);
}

async function peekInTurn(
  canonical: string,
  codec: Codec,
  { files, host, peeks }: Services,
  gone: AbortSignal,
): Promise<Uint8Array> {
  const leave = await peeks.enter(0);
  try {
    gone.throwIfAborted();
    const bytes = await files.read(canonical);
    gone.throwIfAborted();
    const hash = createHash("sha256").update(bytes).digest("hex");
    const room = await host.open({
      kind: "file",
      notebookId: canonical,
      file: { bytes, hash },
    });
    try {
      return await room.inspect(codec.name, "persisted_file");
    } finally {
      await room.close();
    }
  } finally {
    leave();
  }
}

/** Settles as the work does, or fails as soon as the signal is aborted. */
function unlessGone<T>(work: Promise<T>, gone: AbortSignal): Promise<T> {
  // Not Promise.race: it would keep every answer of a connection until the connection ends.
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  const stop = () => reject(gone.reason);
  gone.addEventListener("abort", stop);
  if (gone.aborted) stop();
  work.then(resolve, reject).finally(() => gone.removeEventListener("abort", stop));
  return promise;
}
