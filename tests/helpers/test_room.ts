/**
 * A room for tests: its storage in memory, its clock in the test's hands, and one window that writes
 * down what it is told.
 *
 * @module
 */

import { ManualClock } from "./manual_clock.ts";
import { RecordingLogger } from "./recording_logger.ts";
import { readCells } from "../../src/doc/snapshot.ts";
import { FrameType } from "../../src/wire/caps.ts";
import { jsonCodec } from "../../src/wire/codec.ts";
import { HEADER_BYTES } from "../../src/wire/frame.ts";
import { buildNotebook } from "../../src/rooms/build.ts";
import type { CodeFormatter, NotebookSeed } from "../../src/rooms/ports.ts";
import { Room } from "../../src/rooms/room.ts";
import { contentOf, MemoryStorage } from "./memory_storage.ts";

/** Where the notebook of these rooms is. */
export const PATH = "/work/a.ipynb";

/** What a test wants of its room. */
export interface TestRoomOptions {
  storage: MemoryStorage;
  clock?: ManualClock;
  /** A seed of its own; the storage's file, with its journal, unless given. */
  seed?: NotebookSeed;
  autosave?: boolean;
  formatter?: CodeFormatter;
}

/** See the module. */
export interface TestRoom extends AsyncDisposable {
  room: Room;
  storage: MemoryStorage;
  clock: ManualClock;
  logger: RecordingLogger;
  /** What the window was told by broadcasts, oldest first. */
  told: Record<string, unknown>[];
  /** The states of saving that it was told. */
  states(): unknown[];
  /** The text of the file. */
  text(): string | null;
  /** The sources of the document's cells. */
  sources(): string[];
}

/** Gives a notebook's text, one cell for each source, as Jupyter writes it. */
export function notebookText(sources: readonly string[]): string {
  const cells = sources.map((source, index) => ({
    cell_type: "code",
    execution_count: null,
    id: `c${index}`,
    metadata: {},
    outputs: [],
    source: [source],
  }));
  return `${JSON.stringify({ cells, metadata: {}, nbformat: 4, nbformat_minor: 5 }, null, 1)}\n`;
}

/** A storage with a file of these cells. */
export function storageWith(...sources: string[]): MemoryStorage {
  return new MemoryStorage(contentOf(notebookText(sources)));
}

/** Opens a room and joins it. Automerge must be ready. */
export async function openTestRoom(options: TestRoomOptions): Promise<TestRoom> {
  const { storage, clock = new ManualClock(), autosave = true } = options;
  const logger = new RecordingLogger();
  const seed = options.seed ?? seedOf(storage);
  const parts = {
    trustKey: new Uint8Array(32),
    unsentBytes: 1_000_000,
    autosave,
    clock,
    logger,
    pause: () => Promise.resolve(),
    storage,
  };
  const built = await buildNotebook(seed, parts);
  const room = new Room({
    ...parts,
    notebookId: seed.notebookId,
    built,
    formatter: options.formatter,
    fatal: (error) => {
      throw error;
    },
  });
  await room.begin();
  const told: Record<string, unknown>[] = [];
  await room.attach("window", { codec: "json", features: true }, {
    frame(kind, bytes) {
      if (kind === "sync") return room.written("window");
      const body = bytes.subarray(HEADER_BYTES + 1);
      if (bytes[HEADER_BYTES] !== FrameType.broadcast) return;
      told.push(jsonCodec.decode(body) as Record<string, unknown>);
    },
    drop(reason) {
      throw reason;
    },
  });
  room.start("window");
  return {
    room,
    storage,
    clock,
    logger,
    told,
    states: () => told.filter(({ event }) => event === "save_state").map(({ state }) => state),
    text: () => storage.file === null ? null : new TextDecoder().decode(storage.file.bytes),
    sources: () => readCells(room.document).map(({ source }) => source),
    [Symbol.asyncDispose]: () => room.close(),
  };
}

function seedOf(storage: MemoryStorage): NotebookSeed {
  const journal = storage.found();
  const found = journal === undefined ? {} : { journal };
  const { file } = storage;
  return file === null
    ? { kind: "empty", notebookId: PATH, ...found }
    : { kind: "file", notebookId: PATH, file, ...found };
}
