/**
 * From a handshake to a hold on a room.
 *
 * @module
 */

import { isAbsolute, join } from "@std/path";
import { NotebookdError } from "../errors.ts";
import type { Handshake } from "../handshake/handshake.ts";
import { checkPackageManager, checkRuntime } from "../handshake/runtime.ts";
import { isUuidV4 } from "../handshake/uuid.ts";
import { parseInitialMetadata } from "../rooms/initial_metadata.ts";
import type { JournaledNotebook, NotebookSeed, OpenedStorage } from "../rooms/ports.ts";
import type { RoomHold } from "../rooms/hold.ts";
import type { RoomSource } from "../rooms/registry.ts";
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

/** Also a notebook whose file is gone, as long as its room or its journal is there. */
async function openFile(
  path: string,
  services: Services,
  options: { workingDir?: string },
): Promise<RoomHold> {
  try {
    return await acquire(await services.files.resolveNotebook(path), services, options);
  } catch (error) {
    if (!isNotFound(error)) throw error;
    const canonical = await services.files.resolveForCreation(path).catch(() => null);
    if (canonical === null) throw error;
    return await acquire(canonical, services, options).catch((second) => {
      throw isNotFound(second) ? error : second;
    });
  }
}

async function acquire(
  canonical: string,
  services: Services,
  options: { workingDir?: string },
): Promise<RoomHold> {
  return await services.registry.acquire(canonical, {
    source: () => openSource(canonical, services, { mustExist: true }),
    ...options,
  });
}

/** Takes the storage and reads the file, the one time for a load. */
async function openSource(
  notebookId: string,
  services: Services,
  { mustExist }: { mustExist: boolean },
): Promise<RoomSource> {
  const storage = await services.keeper.open(notebookId, { mustExist });
  const { file } = storage;
  services.logger.debug("Notebook read", {
    notebook: notebookId,
    bytes: file?.bytes.byteLength ?? 0,
    journal: storage.journal !== null,
  });
  const seed: NotebookSeed = file === null
    ? { kind: "empty", notebookId, ...journalOf(storage) }
    : { kind: "file", notebookId, file, ...journalOf(storage) };
  return { seed, storage };
}

function journalOf({ journal }: OpenedStorage): { journal?: JournaledNotebook } {
  return journal === null ? {} : { journal };
}

async function create(handshake: Of<"create_notebook">, services: Services): Promise<RoomHold> {
  const runtime = checkRuntime(handshake.runtime);
  const packageManager = checkPackageManager(
    handshake.packageManager ?? services.settings.defaultPythonEnv,
  );
  const options = await workingDir(handshake.workingDir, services);
  const notebookId = handshake.notebookId ?? crypto.randomUUID();
  const saved = await savedUnder(notebookId, services, options);
  if (saved !== null) return saved;
  const dependencies = handshake.dependencies ?? [];
  return await services.registry.acquire(notebookId, {
    source: async () => {
      const storage = await services.keeper.open(notebookId, { mustExist: false });
      const wish = { notebookId, runtime, packageManager, dependencies };
      return { seed: { kind: "new", ...wish, ...journalOf(storage) }, storage };
    },
    ...options,
  });
}

async function joinById(handshake: Of<"notebook_sync">, services: Services): Promise<RoomHold> {
  // Before there is a room: one that nobody joins would only wait for its end.
  if (handshake.initialMetadata !== undefined) parseInitialMetadata(handshake.initialMetadata);
  const options = await workingDir(handshake.workingDir, services);
  const id = handshake.notebookId;
  if (!isAbsolute(id)) {
    return await savedUnder(id, services, options) ?? await joinEmpty(id, services, options);
  }
  try {
    return await openFile(id, services, options);
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
  return await joinEmpty(await services.files.resolveForCreation(id), services, options);
}

/** A notebook that was untitled under this id and has been saved to a path since. */
async function savedUnder(
  id: string,
  services: Services,
  options: { workingDir?: string },
): Promise<RoomHold | null> {
  if (!isUuidV4(id) || services.registry.get(id) !== undefined) return null;
  const path = await services.keeper.resolveAlias(id);
  if (path === null) return null;
  try {
    return await openFile(path, services, options);
  } catch (error) {
    if (isNotFound(error)) return null;
    throw error;
  }
}

async function joinEmpty(
  notebookId: string,
  services: Services,
  options: { workingDir?: string },
): Promise<RoomHold> {
  const kept = isAbsolute(notebookId) || isUuidV4(notebookId);
  return await services.registry.acquire(notebookId, {
    // A room under any other id has no place to be kept: it ends when it goes.
    source: () =>
      kept
        ? openSource(notebookId, services, { mustExist: false })
        : { seed: { kind: "empty", notebookId } },
    ...options,
  });
}

function isNotFound(error: unknown): boolean {
  return error instanceof NotebookdError && error.code === "not_found";
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
