/**
 * Which rooms there are, and who holds them.
 *
 * What always holds:
 * 1. One room for one id. The first opener puts its promise into the map before it awaits anything,
 *    so whoever comes while the room loads waits for the same load.
 * 2. A load that fails leaves nothing: the entry is gone before anyone sees the error.
 * 3. The map is never locked across I/O. A room that nobody holds stays for the keep-alive time,
 *    is flushed, and goes only if the flush succeeded and still nobody holds it.
 *
 * @module
 */

import type { Clock } from "../clock.ts";
import { NotebookdError, toNotebookdError } from "../errors.ts";
import type { Limits } from "../limits.ts";
import type { Logger } from "../log.ts";
import { daemonClosing } from "../reasons.ts";
import { Hold, type RoomHold } from "./hold.ts";
import type { RoomHandle, RoomHost, RoomSeed } from "./ports.ts";

/** What the registry needs from outside. */
export interface RegistryParts {
  host: RoomHost;
  clock: Clock;
  logger: Logger;
  limits: Pick<Limits, "rooms" | "peersPerRoom">;
  /** Asked each time a room loses its last holder. Seconds. */
  keepAliveSeconds: () => number;
}

/** What opening a room may need. */
export interface AcquireOptions {
  /** Makes the seed; called only by the first opener. */
  seed: () => Promise<RoomSeed> | RoomSeed;
  /** Where project files are looked for; stays with the room. A canonical path. */
  workingDir?: string;
}

/** A room as the pool channel lists it. */
export interface ListedRoom {
  notebookId: string;
  holders: number;
}

interface Entry {
  id: string;
  ready: PromiseWithResolvers<RoomHandle>;
  room: RoomHandle | undefined;
  holders: number;
  /** How often the room was taken; tells whether it was used while a flush was under way. */
  uses: number;
  workingDir: string | undefined;
  timer: Disposable | undefined;
  holds: Set<Hold>;
}

/** The rooms of one daemon. */
export class RoomRegistry implements AsyncDisposable {
  readonly #parts: RegistryParts;
  readonly #entries = new Map<string, Entry>();
  #closed = false;

  constructor(parts: RegistryParts) {
    this.#parts = parts;
  }

  /**
   * Gives a hold on the room of an id, making the room if there is none.
   *
   * @throws {NotebookdError} with code `limit_reached` when there are too many rooms or peers,
   * `closed` when the daemon is closing, or whatever the seed or the load throws.
   */
  async acquire(id: string, options: AcquireOptions): Promise<RoomHold> {
    const entry = this.#entries.get(id) ?? this.#begin(id, options);
    this.#hold(entry);
    entry.workingDir ??= options.workingDir;
    try {
      const room = await entry.ready.promise;
      return this.#holdOn(entry, room);
    } catch (error) {
      this.#release(entry);
      throw error;
    }
  }

  /** The room of an id, if it is loaded. */
  get(id: string): RoomHandle | undefined {
    return this.#entries.get(id)?.room;
  }

  /** Every loaded room. */
  list(): ListedRoom[] {
    return [...this.#entries.values()]
      .filter((entry) => entry.room !== undefined)
      .map((entry) => ({ notebookId: entry.id, holders: entry.holders }));
  }

  /**
   * Ends a room whether or not someone holds it; its holders learn why.
   *
   * @returns Whether there was such a room.
   * @throws {NotebookdError} with code `storage_failed` when it holds what couldn't be kept: then
   * the room stays.
   */
  async end(id: string, reason: NotebookdError): Promise<boolean> {
    const entry = this.#entries.get(id);
    if (entry === undefined) return false;
    const room = await entry.ready.promise;
    // Whoever comes while the flush is under way may have typed something that it didn't see.
    for (let uses = -1; uses !== entry.uses;) {
      uses = entry.uses;
      this.#dismiss(entry, reason);
      await room.flush();
    }
    await this.#remove(entry, room, reason);
    return true;
  }

  /** Takes no more openers, and sends those away that wait for a load. */
  refuse(): void {
    this.#closed = true;
    for (const entry of this.#entries.values()) {
      if (entry.room !== undefined) continue;
      this.#forget(entry);
      entry.ready.reject(daemonClosing());
    }
  }

  /** Flushes and closes every room. What a failing flush would lose is named in the log. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.refuse();
    const reason = daemonClosing();
    await Promise.all([...this.#entries.values()].map((entry) => this.#shut(entry, reason)));
  }

  #begin(id: string, options: AcquireOptions): Entry {
    if (this.#closed) throw daemonClosing();
    if (this.#entries.size >= this.#parts.limits.rooms) {
      throw new NotebookdError(
        "limit_reached",
        `Cannot open "${id}": all ${this.#parts.limits.rooms} rooms are in use; close other notebooks, or start the daemon with a larger "--limit rooms=NUMBER"`,
      );
    }
    const entry: Entry = {
      id,
      ready: Promise.withResolvers(),
      room: undefined,
      holders: 0,
      uses: 0,
      workingDir: undefined,
      timer: undefined,
      holds: new Set(),
    };
    this.#entries.set(id, entry);
    this.#load(entry, options);
    return entry;
  }

  async #load(entry: Entry, options: AcquireOptions): Promise<void> {
    try {
      const room = await this.#parts.host.open(await options.seed());
      if (this.#entries.get(entry.id) !== entry) return await room.close();
      entry.room = room;
      room.lost.then((reason) => this.#lose(entry, reason));
      this.#parts.logger.info("Room opened", { notebook: entry.id });
      entry.ready.resolve(room);
    } catch (error) {
      this.#forget(entry);
      entry.ready.reject(toNotebookdError(error, `Cannot load "${entry.id}"`));
    }
  }

  #hold(entry: Entry): void {
    if (entry.holders >= this.#parts.limits.peersPerRoom) {
      throw new NotebookdError(
        "limit_reached",
        `Cannot join "${entry.id}": ${entry.holders} peers are in its room already; close a window, or start the daemon with a larger "--limit peersPerRoom=NUMBER"`,
      );
    }
    entry.holders++;
    entry.uses++;
    entry.timer?.[Symbol.dispose]();
    entry.timer = undefined;
  }

  #holdOn(entry: Entry, room: RoomHandle): RoomHold {
    const { id: notebookId, workingDir } = entry;
    const hold = new Hold({ notebookId, room, workingDir }, (released) => {
      entry.holds.delete(released);
      this.#release(entry);
    });
    entry.holds.add(hold);
    return hold;
  }

  #release(entry: Entry): void {
    entry.holders--;
    const unused = entry.holders === 0 && this.#entries.get(entry.id) === entry;
    if (!unused || this.#closed) return;
    const milliseconds = this.#parts.keepAliveSeconds() * 1000;
    entry.timer = this.#parts.clock.timer(milliseconds, () => this.#expire(entry));
  }

  async #expire(entry: Entry): Promise<void> {
    entry.timer = undefined;
    const { room, uses } = entry;
    if (room === undefined) return;
    try {
      await room.flush();
    } catch (error) {
      this.#parts.logger.warn("Room kept: what it holds is in no file yet", {
        notebook: entry.id,
        code: toNotebookdError(error, "Flush").code,
      });
      return;
    }
    if (entry.uses !== uses || this.#entries.get(entry.id) !== entry) return;
    const reason = new NotebookdError("closed", `The room of "${entry.id}" ended: nobody used it`);
    await this.#remove(entry, room, reason);
  }

  async #remove(entry: Entry, room: RoomHandle, reason: NotebookdError): Promise<void> {
    if (this.#entries.get(entry.id) !== entry) return;
    this.#forget(entry);
    this.#dismiss(entry, reason);
    try {
      await room.close();
      this.#parts.logger.info("Room closed", { notebook: entry.id });
    } catch (error) {
      // Its worker died first, or was ended with the daemon: either way it is gone.
      this.#parts.logger.warn("Room not closed in order", {
        notebook: entry.id,
        code: toNotebookdError(error, "Close").code,
      });
    }
  }

  async #shut(entry: Entry, reason: NotebookdError): Promise<void> {
    entry.timer?.[Symbol.dispose]();
    try {
      const room = await entry.ready.promise;
      this.#dismiss(entry, reason);
      await room.flush().catch((error) =>
        this.#parts.logger.error("Edits are lost: they were in no file when the daemon closed", {
          notebook: entry.id,
          code: toNotebookdError(error, "Flush").code,
        })
      );
      await this.#remove(entry, room, reason);
    } catch (error) {
      this.#parts.logger.warn("Room not closed in order", {
        notebook: entry.id,
        code: toNotebookdError(error, "Close").code,
      });
    }
  }

  /** Sends the holders away, so that nothing comes in after the flush that follows. */
  #dismiss(entry: Entry, reason: NotebookdError): void {
    for (const hold of entry.holds) hold.end(reason);
  }

  #lose(entry: Entry, reason: NotebookdError): void {
    if (this.#entries.get(entry.id) !== entry) return;
    this.#parts.logger.error("Room lost", { notebook: entry.id, code: reason.code });
    this.#forget(entry);
    this.#dismiss(entry, reason);
  }

  #forget(entry: Entry): void {
    entry.timer?.[Symbol.dispose]();
    if (this.#entries.get(entry.id) === entry) this.#entries.delete(entry.id);
  }
}
