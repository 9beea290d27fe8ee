/**
 * The composition root: builds what touches the outside, wires it to what doesn't, and takes it
 * apart again in the opposite order.
 *
 * @module
 */

import { workerUrl } from "#worker";
import { join } from "@std/path";
import { Connections } from "./channels/connections.ts";
import { peekWindow } from "./channels/peek.ts";
import type { Services } from "./channels/services.ts";
import { systemClock } from "./clock.ts";
import type { Config } from "./config.ts";
import { compileAutomerge } from "./doc/automerge.ts";
import { BlobServer } from "./http/blob_server.ts";
import type { Logger } from "./log.ts";
import { RoomRegistry } from "./rooms/registry.ts";
import { listen, type SocketListener } from "./socket/listen.ts";
import { Aliases } from "./storage/aliases.ts";
import { BlobFolder } from "./storage/blobs.ts";
import { publishDaemonFile } from "./storage/daemon_file.ts";
import { ensurePrivateFolder } from "./storage/folders.ts";
import { FolderWatches } from "./storage/folder_watches.ts";
import { JournalStore } from "./storage/journal_store.ts";
import { Leases } from "./storage/lease.ts";
import { NotebookFolder } from "./storage/notebook_file.ts";
import { NotebookStore } from "./storage/notebook_store.ts";
import { canonicalRoots, PathPolicy } from "./storage/paths.ts";
import { SettingsDocument } from "./storage/settings_document.ts";
import { SettingsFile } from "./storage/settings_file.ts";
import { loadTrustKey } from "./storage/trust_key.ts";
import { VERSION } from "./version.ts";
import { WorkerPool } from "./workers/pool.ts";

/** What a daemon is started with besides its configuration. */
export interface StartDaemonOptions {
  logger: Logger;
}

/** A daemon that is running. Disposing it ends it in order. */
export interface RunningDaemon extends AsyncDisposable {
  /** The socket that it listens on. */
  readonly endpoint: string;
  /** The folders whose notebooks it serves, canonical. */
  readonly roots: readonly string[];
  /** Resolves when a client asked the daemon to end. */
  readonly finished: Promise<void>;
}

/**
 * Starts a daemon.
 *
 * @throws {NotebookdError} with code `already_running` when another one has the socket, and
 * `invalid_argument`, `not_found`, `permission_denied`, `not_a_file` or `storage_failed` when a
 * folder, a key or the socket can't be used.
 */
export async function startDaemon(
  config: Config,
  { logger }: StartDaemonOptions,
): Promise<RunningDaemon> {
  await using stack = new AsyncDisposableStack();
  const roots = await canonicalRoots(config.roots);
  await ensurePrivateFolder(config.stateFolder);
  await ensurePrivateFolder(config.configFolder);
  const listener = stack.use(await listen(config.socketPath, { clock: systemClock, logger }));
  const finished = Promise.withResolvers<void>();
  const services = await buildServices(config, {
    roots,
    logger,
    stack,
    shutdown: () => finished.resolve(),
  });
  stack.use(
    await publishDaemonFile({
      endpoint: config.socketPath,
      pid: Deno.pid,
      version: VERSION,
      started_at: new Date().toISOString(),
      blob_port: services.blobPort,
    }),
  );
  const connections = stack.use(new Connections(services));
  stack.defer(() => services.registry.refuse());
  const accepting = acceptAll(listener, connections);
  stack.defer(async () => {
    listener.close();
    await accepting;
  });
  const resources = stack.move();
  return {
    endpoint: config.socketPath,
    roots,
    finished: finished.promise,
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

interface BuildOptions {
  roots: readonly string[];
  logger: Logger;
  /** Takes what must be closed. */
  stack: AsyncDisposableStack;
  shutdown: () => void;
}

async function buildServices(config: Config, options: BuildOptions): Promise<Services> {
  const { logger, stack, roots } = options;
  const { limits } = config;
  const settings = stack.use(
    await SettingsFile.open(join(config.configFolder, "settings.json"), { logger }),
  );
  const host = await startWorkers(config, options);
  const files = new NotebookFolder(new PathPolicy(roots), { maxBytes: limits.fileBytes });
  const keeper = openKeeper(config, { files, logger, stack });
  const registry = stack.use(
    new RoomRegistry({
      host,
      clock: systemClock,
      logger,
      limits,
      keepAliveSeconds: () => config.keepAliveSeconds ?? settings.current.keep_alive_secs,
    }),
  );
  const path = join(config.stateFolder, "settings.automerge");
  const settingsDocument = stack.use(new SettingsDocument({ path, settings, host, logger }));
  return {
    registry,
    host,
    files,
    keeper,
    peeks: peekWindow(),
    ...serveBlobs(config, { registry, logger, stack }),
    settings: {
      get defaultPythonEnv() {
        return settings.current.default_python_env;
      },
    },
    settingsRoom: () => settingsDocument.room(),
    clock: systemClock,
    logger,
    limits,
    baseFolder: config.baseFolder,
    shutdown: options.shutdown,
  };
}

async function startWorkers(config: Config, { logger, stack }: BuildOptions): Promise<WorkerPool> {
  const [automerge, trustKey] = await Promise.all([
    compileAutomerge(),
    loadTrustKey(config.trustKeyPath, { logger }),
  ]);
  const { limits, autosave } = config;
  return stack.use(
    new WorkerPool({ spawn: spawnWorker, automerge, trustKey, autosave, logger, limits }),
  );
}

function serveBlobs(
  config: Config,
  { registry, logger, stack }: {
    registry: RoomRegistry;
    logger: Logger;
    stack: AsyncDisposableStack;
  },
): { blobs: BlobFolder; blobPort: number } {
  const blobs = new BlobFolder(join(config.stateFolder, "blobs"));
  const server = stack.use(
    new BlobServer({
      blobs,
      status: () => ({ version: VERSION, pid: Deno.pid, rooms: registry.list().length }),
      logger,
    }),
  );
  return { blobs, blobPort: server.port };
}

function openKeeper(
  config: Config,
  { files, logger, stack }: {
    files: NotebookFolder;
    logger: Logger;
    stack: AsyncDisposableStack;
  },
): NotebookStore {
  const folder = (name: string) => join(config.stateFolder, name);
  const clock = systemClock;
  const leases = new Leases(folder("leases"), { pid: Deno.pid });
  return stack.use(
    new NotebookStore({
      journals: new JournalStore(folder("journals"), { leases, clock, logger }),
      leases,
      files,
      aliases: new Aliases(folder("aliases")),
      watches: new FolderWatches({ clock, logger }),
      clock,
      logger,
      maxJournalBytes: config.limits.journalBytes,
    }),
  );
}

function spawnWorker(): Worker {
  return new Worker(workerUrl(), { type: "module" });
}

async function acceptAll(listener: SocketListener, connections: Connections): Promise<void> {
  for (;;) {
    const connection = await listener.accept();
    if (connection === null) return;
    connections.take(connection);
  }
}
