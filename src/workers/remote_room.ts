/**
 * A room in a worker, as the main thread holds it.
 *
 * @module
 */

import { NotebookdError } from "../errors.ts";
import type { JsonObject } from "../json.ts";
import type {
  FileContent,
  InspectSource,
  PeerId,
  PeerOptions,
  PeerSink,
  RoomHandle,
  RoomInfo,
  RoomOutside,
} from "../rooms/ports.ts";
import type { Codec } from "../wire/codec.ts";
import type { RoomEvent, WorkerLink } from "./link.ts";
import { type Ask, revivedError, type RoomKey } from "./messages.ts";

/** Forwards each call to the worker, and what comes back to the peers' sinks. */
export class RemoteRoom implements RoomHandle {
  readonly #link: WorkerLink;
  readonly #key: RoomKey;
  readonly #outside: RoomOutside;
  readonly #onClosed: () => void;
  readonly #sinks = new Map<PeerId, PeerSink>();
  readonly #lost = Promise.withResolvers<NotebookdError>();

  constructor(
    link: WorkerLink,
    key: RoomKey,
    options: { outside: RoomOutside; onClosed: () => void },
  ) {
    this.#link = link;
    this.#key = key;
    this.#outside = options.outside;
    this.#onClosed = options.onClosed;
  }

  get lost(): Promise<NotebookdError> {
    return this.#lost.promise;
  }

  /** Takes what the worker says about this room. */
  take(event: RoomEvent): void {
    switch (event.kind) {
      case "frame":
        return this.#sinks.get(event.peer)?.frame(event.frameKind, event.frame);
      case "drop":
        return this.#sinks.get(event.peer)?.drop(revivedError(event.error));
      case "settings":
        return this.#outside.settings?.changed(event.values, event.saved);
      case "ask":
        return this.#link.answer(event.id, this.#carryOut(event.ask));
      case "lost":
        return this.fail(revivedError(event.error));
    }
  }

  async #carryOut({ port, method, args }: Ask): Promise<unknown> {
    const target = this.#outside[port];
    if (target === undefined) {
      throw new NotebookdError("internal", `This room was opened without "${port}"`);
    }
    return await call(target, method, args);
  }

  /** The room is lost: its peers are dropped and whoever holds it learns why. */
  fail(reason: NotebookdError): void {
    for (const sink of this.#sinks.values()) sink.drop(reason);
    this.#sinks.clear();
    this.#lost.resolve(reason);
    this.#onClosed();
  }

  async attach(peer: PeerId, options: PeerOptions, sink: PeerSink): Promise<RoomInfo> {
    this.#sinks.set(peer, sink);
    try {
      return await this.#link.call(this.#key, { method: "attach", peer, options }) as RoomInfo;
    } catch (error) {
      this.#sinks.delete(peer);
      throw error;
    }
  }

  async receive(peer: PeerId, message: Uint8Array): Promise<void> {
    await this.#link.call(this.#key, { method: "receive", args: [peer, message] });
  }

  async request(peer: PeerId, payload: Uint8Array): Promise<void> {
    await this.#link.call(this.#key, { method: "request", args: [peer, payload] });
  }

  async inspect(codec: Codec["name"], source: InspectSource): Promise<Uint8Array> {
    const answer = await this.#link.call(this.#key, { method: "inspect", args: [codec, source] });
    if (!(answer instanceof Uint8Array)) {
      throw new NotebookdError("internal", "Inspecting a room gave no bytes");
    }
    return answer;
  }

  async flush(): Promise<boolean> {
    return await this.#link.call(this.#key, { method: "flush", args: [] }) === true;
  }

  fileChanged(file: FileContent | null): void {
    this.#link.tell(this.#key, { method: "fileChanged", args: [file] });
  }

  async close(): Promise<void> {
    this.#sinks.clear();
    try {
      await this.#link.call(this.#key, { method: "close", args: [] });
    } finally {
      this.#onClosed();
    }
  }

  start(peer: PeerId): void {
    this.#link.tell(this.#key, { method: "start", args: [peer] });
  }

  written(peer: PeerId): void {
    this.#link.tell(this.#key, { method: "written", args: [peer] });
  }

  detach(peer: PeerId): void {
    this.#sinks.delete(peer);
    this.#link.tell(this.#key, { method: "detach", args: [peer] });
  }

  applySettings(values: JsonObject): void {
    this.#link.tell(this.#key, { method: "applySettings", args: [values] });
  }
}

/** Calls the method that an ask names; its arguments have the type the method wants. */
function call(target: object, method: string, args: readonly unknown[]): unknown {
  const named: unknown = Reflect.get(target, method);
  if (typeof named !== "function") {
    throw new NotebookdError("internal", `A room asked for "${method}", which nobody answers`);
  }
  return named.apply(target, args);
}
