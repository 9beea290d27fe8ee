/**
 * From a handshake to a hold on a room.
 *
 * @module
 */

import { isAbsolute, join } from "@std/path";
import { NotebookdError } from "../errors.ts";
import type { Handshake } from "../handshake/handshake.ts";
import { checkPackageManager, checkRuntime } from "../handshake/runtime.ts";
import { parseInitialMetadata } from "../rooms/initial_metadata.ts";
import type { NotebookSeed } from "../rooms/ports.ts";
import type { RoomHold } from "../rooms/hold.ts";
import type { Services } from "./services.ts";

/** The handshakes that lead to a room. */
export type NotebookHandshake = Extract<
  Handshake,
  { channel: "open_notebook" | "create_notebook" | "notebook_sync" }
>;

type Of<C extends NotebookHandshake["channel"]> = Extract<NotebookHandshake, { channel: C }>;

/**
 * Gets the room that a handshake asks for, loading or making it where needed.
 *
 * @throws {NotebookdError} with the code that the answer shall carry.
 */
export async function openRoom(
  handshake: NotebookHandshake,
  services: Services,
): Promise<RoomHold> {
  switch (handshake.channel) {
    case "open_notebook":
      return await openFile(absolute(handshake.path, services), services, {});
    case "create_notebook":
      return await create(handshake, services);
    case "notebook_sync":
      return await joinById(handshake, services);
  }
}

async function openFile(
  path: string,
  services: Services,
  options: { workingDir?: string },
): Promise<RoomHold> {
  const canonical = await services.files.resolveNotebook(path);
  return await services.registry.acquire(canonical, {
    seed: () => readSeed(canonical, services),
    ...options,
  });
}

/** Reads the file, the one time for a load. */
async function readSeed(canonical: string, services: Services): Promise<NotebookSeed> {
  const bytes = await services.files.read(canonical);
  services.logger.debug("Notebook read", { notebook: canonical, bytes: bytes.byteLength });
  return { kind: "file", notebookId: canonical, bytes };
}

async function create(handshake: Of<"create_notebook">, services: Services): Promise<RoomHold> {
  const runtime = checkRuntime(handshake.runtime);
  const packageManager = checkPackageManager(
    handshake.packageManager ?? services.settings.defaultPythonEnv,
  );
  const options = await workingDir(handshake.workingDir, services);
  const notebookId = handshake.notebookId ?? crypto.randomUUID();
  const dependencies = handshake.dependencies ?? [];
  return await services.registry.acquire(notebookId, {
    seed: () => ({ kind: "new", notebookId, runtime, packageManager, dependencies }),
    ...options,
  });
}

async function joinById(handshake: Of<"notebook_sync">, services: Services): Promise<RoomHold> {
  // Before there is a room: one that nobody joins would only wait for its end.
  if (handshake.initialMetadata !== undefined) parseInitialMetadata(handshake.initialMetadata);
  const options = await workingDir(handshake.workingDir, services);
  const id = handshake.notebookId;
  if (!isAbsolute(id)) return await joinEmpty(id, services, options);
  try {
    return await openFile(id, services, options);
  } catch (error) {
    if (!(error instanceof NotebookdError) || error.code !== "not_found") throw error;
  }
  return await joinEmpty(await services.files.resolveForCreation(id), services, options);
}

async function joinEmpty(
  notebookId: string,
  services: Services,
  options: { workingDir?: string },
): Promise<RoomHold> {
  const seed: NotebookSeed = { kind: "empty", notebookId };
  return await services.registry.acquire(notebookId, { seed: () => seed, ...options });
}

async function workingDir(
  folder: string | undefined,
  services: Services,
): Promise<{ workingDir?: string }> {
  if (folder === undefined) return {};
  return { workingDir: await services.files.resolveFolder(absolute(folder, services)) };
}

function absolute(path: string, services: Services): string {
  return isAbsolute(path) ? path : join(services.baseFolder, path);
}
