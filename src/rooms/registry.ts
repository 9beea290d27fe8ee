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
import type {
  CodeFormatter,
  NotebookStorage,
  OpenedStorage,
  RoomHandle,
  RoomHost,
  RoomSeed,
} from "./ports.ts";

/** How soon a room is flushed again after a flush that failed, at the earliest, in milliseconds. */
const FLUSH_AGAIN_MS = 5_000;

/** The longest time that a timer can wait, in milliseconds. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** What the registry needs from outside. */
export interface RegistryParts {
  host: RoomHost;
  /** Formats code before a save that asks for it. */
  formatter?: CodeFormatter;
  clock: Clock;
  logger: Logger;
  limits: Pick<Limits, "rooms" | "peersPerRoom">;
  /** Asked each time a room loses its last holder. Seconds. */
  keepAliveSeconds: () => number;
}

/** What a room is opened from. */
export interface RoomSource {
  seed: RoomSeed;
  /** Where the notebook is kept; none for a room that isn't. Belongs to the room from then on. */
  storage?: OpenedStorage;
}

/** What opening a room may need. */
export interface AcquireOptions {
  /** Gives what the room is made from; called only by the first opener. */
  source: () => Promise<RoomSource> | RoomSource;
  /** Where project files are looked for; stays with the room. A canonical path. */
  workingDir?: string;
}

/** A room as the pool channel lists it. */
export interface ListedRoom {
  notebookId: string;
  holders: number;
}

interface Entry {
  /** The canonical path, or the UUID or other name of a notebook without one. */
  id: string;
  /** Under which ids it is found: one that it had before stays as long as the room does. */
  ids: Set<string>;
  storage: OpenedStorage | undefined;
  /** Resolves when the load has ended, one way or another. */
  loading: Promise<void>;
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
  /** Rooms that have ended and whose storage is still being closed. */
  readonly #ending = new Map<string, Promise<void>>();
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
      this.#leave(entry);
      throw error;
    }
  }

  /** The room of an id, if it is loaded. */
  get(id: string): RoomHandle | undefined {
    return this.#entries.get(id)?.room;
  }

  /** Every loaded room. */
  list(): ListedRoom[] {
    return this.#all
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
      await this.#flush(entry, room);
    }
    await this.#remove(entry, room, reason);
    return true;
  }

  /** Takes no more openers, and sends those away that wait for a load. */
  refuse(): void {
    this.#closed = true;
    for (const entry of this.#all) {
      if (entry.room !== undefined) continue;
      this.#forget(entry);
      this.#await(entry, entry.loading);
      entry.ready.reject(daemonClosing());
    }
  }

  /** Flushes and closes every room. What a failing flush would lose is named in the log. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.refuse();
    const reason = daemonClosing();
    await Promise.all(this.#all.map((entry) => this.#shut(entry, reason)));
    await Promise.all(this.#ending.values());
  }

  get #all(): Entry[] {
    return [...new Set(this.#entries.values())];
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
      ids: new Set([id]),
      storage: undefined,
      loading: Promise.resolve(),
      ready: Promise.withResolvers(),
      room: undefined,
      holders: 0,
      uses: 0,
      workingDir: undefined,
      timer: undefined,
      holds: new Set(),
    };
    this.#entries.set(id, entry);
    entry.loading = this.#load(entry, options);
    return entry;
  }

  async #load(entry: Entry, options: AcquireOptions): Promise<void> {
    try {
      await this.#ending.get(entry.id);
      const { seed, storage } = await options.source();
      entry.storage = storage;
      const room = await this.#parts.host.open(seed, this.#outsideOf(entry));
      // Nobody waits for it any more.
      if (this.#entries.get(entry.id) !== entry) return await this.#close(entry, room);
      entry.room = room;
      room.lost.then((reason) => this.#lose(entry, reason));
      storage?.watch((file) => room.fileChanged(file));
      this.#parts.logger.info("Room opened", { notebook: entry.id });
      entry.ready.resolve(room);
    } catch (error) {
      // What was taken for it is given back before the next one may try.
      await this.#release(entry);
      this.#forget(entry);
      entry.ready.reject(toNotebookdError(error, `Cannot load "${entry.id}"`));
    }
  }

  #outsideOf(entry: Entry): { storage?: NotebookStorage; formatter?: CodeFormatter } {
    const { formatter } = this.#parts;
    const { storage } = entry;
    return {
      ...(formatter === undefined ? {} : { formatter }),
      ...(storage === undefined ? {} : { storage: this.#movable(entry, storage) }),
    };
  }

  /** The storage of a room, which is found under its new path once it has moved. */
  #movable(entry: Entry, storage: OpenedStorage): NotebookStorage {
    return {
      begin: (first) => storage.begin(first),
      refuse: (reason) => storage.refuse(reason),
      append: (chunk) => storage.append(chunk),
      compact: (snapshot) => storage.compact(snapshot),
      synced: () => storage.synced(),
      read: () => storage.read(),
      rebase: (rebase) => storage.rebase(rebase),
      save: (content, options) => storage.save(content, options),
      copy: (target, bytes) => storage.copy(target, bytes),
      move: async (target, content, options) => {
        const moved = await storage.move(target, content, options);
        entry.id = moved.path;
        if (this.#isListed(entry)) {
          entry.ids.add(moved.path);
          this.#entries.set(moved.path, entry);
        }
        return moved;
      },
    };
  }

  #isListed(entry: Entry): boolean {
    return [...entry.ids].some((id) => this.#entries.get(id) === entry);
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
      this.#leave(entry);
    });
    entry.holds.add(hold);
    return hold;
  }

  #leave(entry: Entry): void {
    entry.holders--;
    const unused = entry.holders === 0 && this.#isListed(entry);
    if (!unused || this.#closed) return;
    this.#expireLater(entry, this.#parts.keepAliveSeconds() * 1000);
  }

  #expireLater(entry: Entry, milliseconds: number): void {
    entry.timer = this.#parts.clock.timer(
      Math.min(milliseconds, LONGEST_TIMER_MS),
      () => void this.#expire(entry),
    );
  }

  async #expire(entry: Entry): Promise<void> {
    entry.timer = undefined;
    const { room, uses } = entry;
    if (room === undefined) return;
    try {
      await this.#flush(entry, room);
    } catch (error) {
      this.#parts.logger.warn("Room kept: what it holds is in no file yet", {
        notebook: entry.id,
        code: toNotebookdError(error, "Flush").code,
      });
      if (entry.uses === uses && this.#isListed(entry)) {
        this.#expireLater(entry, Math.max(FLUSH_AGAIN_MS, this.#parts.keepAliveSeconds() * 1000));
      }
      return;
    }
    if (entry.uses !== uses || !this.#isListed(entry)) return;
    const reason = new NotebookdError("closed", `The room of "${entry.id}" ended: nobody used it`);
    await this.#remove(entry, room, reason);
  }

  async #flush(entry: Entry, room: RoomHandle): Promise<void> {
    const worthKeeping = await room.flush();
    entry.storage?.keep(worthKeeping);
  }

  async #remove(entry: Entry, room: RoomHandle, reason: NotebookdError): Promise<void> {
    if (!this.#isListed(entry)) return;
    this.#dismiss(entry, reason);
    const closing = this.#close(entry, room);
    this.#forget(entry);
    this.#await(entry, closing);
    await closing;
  }

  /** Closes the room first: what it still wants to save needs its storage. */
  async #close(entry: Entry, room: RoomHandle): Promise<void> {
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
    await this.#release(entry);
  }

  /** Gives journal and lease back. */
  async #release(entry: Entry): Promise<void> {
    const { storage } = entry;
    entry.storage = undefined;
    try {
      await storage?.[Symbol.asyncDispose]();
    } catch (error) {
      const { code, message } = toNotebookdError(error, "Close");
      this.#parts.logger.error("Journal not closed in order", {
        notebook: entry.id,
        code,
        reason: message,
      });
    }
  }

  /** Whoever opens one of its ids next waits until lease and journal are free. */
  #await(entry: Entry, closing: Promise<void>): void {
    for (const id of entry.ids) {
      const ended = closing.finally(() => {
        if (this.#ending.get(id) === ended) this.#ending.delete(id);
      });
      this.#ending.set(id, ended);
    }
  }

  async #shut(entry: Entry, reason: NotebookdError): Promise<void> {
    entry.timer?.[Symbol.dispose]();
    try {
      const room = await entry.ready.promise;
      this.#dismiss(entry, reason);
      await this.#flush(entry, room).catch((error) =>
        this.#parts.logger.error("Edits may be lost: not all was kept when the daemon closed", {
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
    if (!this.#isListed(entry)) return;
    this.#parts.logger.error("Room lost", { notebook: entry.id, code: reason.code });
    const closing = this.#release(entry);
    this.#forget(entry);
    this.#await(entry, closing);
    this.#dismiss(entry, reason);
  }

  #forget(entry: Entry): void {
    entry.timer?.[Symbol.dispose]();
    for (const id of entry.ids) {
      if (this.#entries.get(id) === entry) this.#entries.delete(id);
    }
  }
}
