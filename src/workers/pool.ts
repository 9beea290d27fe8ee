/**
 * Where rooms live: workers, each with an Automerge of its own.
 *
 * WASM calls are synchronous, so a room can stall every other room of its thread. Hence a notebook
 * whose file is large gets a worker for itself, and small ones, whose single steps are short, share
 * a bounded number. One worker is always kept ready, so that opening doesn't wait for a start.
 *
 * @module
 */

import type { NotebookdError } from "../errors.ts";
import type { Limits } from "../limits.ts";
import type { Logger } from "../log.ts";
import { daemonClosing } from "../reasons.ts";
import type { RoomHandle, RoomHost, RoomOutside, RoomSeed } from "../rooms/ports.ts";
import { type RoomEvent, WorkerLink } from "./link.ts";
import type { RoomKey, WorkerStart } from "./messages.ts";
import { RemoteRoom } from "./remote_room.ts";

/** What the pool needs from outside. */
export interface WorkerPoolParts {
  /** Starts a worker that runs `entry.ts`. */
  spawn: () => Worker;
  /** Automerge, compiled. */
  automerge: WebAssembly.Module;
  /** The machine's key for trust signatures. */
  trustKey: Uint8Array;
  /** Whether notebooks save themselves unless they say otherwise. */
  autosave: boolean;
  logger: Logger;
  limits: Pick<Limits, "workers" | "ownWorkerBytes" | "unsentBytes">;
}

/** How many bytes of a file one byte of its journal stands for. */
const JOURNAL_WEIGHT = 16;

/** One worker and the rooms in it. */
class Seat {
  readonly rooms = new Map<RoomKey, RemoteRoom>();
  /** Rooms that are in it or on their way. */
  taken = 0;

  constructor(readonly shared: boolean, readonly link: Promise<WorkerLink>) {}
}

/** The workers of one daemon. */
export class WorkerPool implements RoomHost, AsyncDisposable {
  readonly #parts: WorkerPoolParts;
  readonly #seats = new Set<Seat>();
  #spare: Promise<SpareWorker> | undefined;
  #nextRoom: RoomKey = 1;
  #closed = false;

  constructor(parts: WorkerPoolParts) {
    this.#parts = parts;
    this.#spare = this.#keepReady();
  }

  async open(seed: RoomSeed, outside: RoomOutside = {}): Promise<RoomHandle> {
    // A file may still be read when the daemon closes: a worker begun then would have no one to end it.
    if (this.#closed) throw daemonClosing();
    const seat = this.#seatFor(seed);
    seat.taken++;
    const key = this.#nextRoom++;
    const leave = once(() => this.#leave(seat, key));
    try {
      const link = await seat.link;
      const room = new RemoteRoom(link, key, { outside, onClosed: leave });
      seat.rooms.set(key, room);
      const { storage, formatter } = outside;
      const has = { storage: storage !== undefined, formatter: formatter !== undefined };
      await link.call(key, { method: "open", seed, has });
      return room;
    } catch (error) {
      leave();
      throw error;
    }
  }

  /** Ends every worker at once; rooms must have been closed before. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    const links = [...this.#seats].map((seat) => seat.link);
    this.#seats.clear();
    const spare = this.#spare;
    this.#spare = undefined;
    for (const ended of await Promise.allSettled([...links, spare?.then(({ link }) => link)])) {
      if (ended.status === "fulfilled") ended.value?.[Symbol.dispose]();
    }
  }

  #seatFor(seed: RoomSeed): Seat {
    if (weightOf(seed) >= this.#parts.limits.ownWorkerBytes) return this.#newSeat(false);
    const shared = [...this.#seats].filter((seat) => seat.shared);
    if (shared.length < this.#parts.limits.workers) return this.#newSeat(true);
    return shared.reduce((least, seat) => seat.taken < least.taken ? seat : least);
  }

  #newSeat(shared: boolean): Seat {
    const worker = this.#spare ?? this.#keepReady();
    this.#spare = this.#keepReady();
    const seat: Seat = new Seat(
      shared,
      worker.then(({ link, listen }) => {
        listen(seat);
        return link;
      }),
    );
    seat.link.catch(() => {});
    this.#seats.add(seat);
    return seat;
  }

  #leave(seat: Seat, key: RoomKey): void {
    seat.rooms.delete(key);
    seat.taken--;
    if (seat.taken > 0 || !this.#seats.delete(seat)) return;
    seat.link.then((link) => link[Symbol.dispose](), () => {});
  }

  /** A spare that can't start is told to whoever takes it, not before. */
  #keepReady(): Promise<SpareWorker> {
    const spare: Promise<SpareWorker> = this.#prepare(() => {
      if (this.#spare === spare) this.#spare = undefined;
    });
    spare.catch(() => {});
    return spare;
  }

  async #prepare(spareLost: () => void): Promise<SpareWorker> {
    let seat: Seat | undefined;
    const { automerge, trustKey, limits, autosave } = this.#parts;
    const start: WorkerStart = {
      kind: "start",
      automerge,
      trustKey,
      unsentBytes: limits.unsentBytes,
      autosave,
    };
    const link = await WorkerLink.start(this.#parts.spawn(), start, {
      room: (event) => this.#toRoom(seat, event),
      log: (event) => this.#parts.logger[event.level](event.message, event.fields),
      lost: (reason) => {
        spareLost();
        this.#lose(seat, reason);
      },
    });
    return {
      link,
      listen: (taken) => {
        seat = taken;
      },
    };
  }

  #toRoom(seat: Seat | undefined, event: RoomEvent): void {
    seat?.rooms.get(event.room)?.take(event);
  }

  #lose(seat: Seat | undefined, reason: NotebookdError): void {
    this.#parts.logger.error("Worker lost", { rooms: seat?.rooms.size ?? 0, code: reason.code });
    if (seat === undefined) return;
    this.#seats.delete(seat);
    for (const room of seat.rooms.values()) room.fail(reason);
  }
}

/** A worker that no room has taken yet. */
interface SpareWorker {
  link: WorkerLink;
  /** Names the seat whose rooms shall hear of what the worker says. */
  listen(seat: Seat): void;
}

/** How much a room's document weighs, in bytes of its file. */
function weightOf(seed: RoomSeed): number {
  if (seed.kind === "settings") return 0;
  const file = seed.kind === "file" ? seed.file.bytes.byteLength : 0;
  if (seed.journal === undefined) return file;
  const { snapshot, log, baseline } = seed.journal;
  // Automerge packs a document tightly, and reads all of it in one step.
  const document = JOURNAL_WEIGHT * (snapshot.byteLength + log.byteLength);
  return Math.max(file, document, baseline?.bytes.byteLength ?? 0);
}

function once(action: () => void): () => void {
  let done = false;
  return () => {
    if (!done) action();
    done = true;
  };
}
