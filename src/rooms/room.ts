/**
 * A notebook's room: one document and the peers that share it.
 *
 * @module
 */

import { isAbsolute } from "@std/path";
import type { CrdtDocument } from "../doc/crdt_document.ts";
import { NotebookEditor } from "../doc/editor.ts";
import { cellCount, type CellSnapshot, readCells, readNotebookMetadata } from "../doc/snapshot.ts";
import { FirstSync } from "../doc/first_sync.ts";
import { SyncPeer } from "../doc/sync.ts";
import { NotebookdError, toNotebookdError } from "../errors.ts";
import { isUuidV4 } from "../handshake/uuid.ts";
import { mergeMetadata, parseSnapshot } from "../ipynb/snapshot.ts";
import type { JsonObject } from "../json.ts";
import type { Logger } from "../log.ts";
import { trustVerdict } from "../trust/verdict.ts";
import { isAdditionBroadcast, type NotebookBroadcast } from "../wire/broadcasts.ts";
import { FrameType } from "../wire/caps.ts";
import { type Codec, codecNamed } from "../wire/codec.ts";
import { encodeTypedFrame } from "../wire/frame.ts";
import type { PoolResponse } from "../wire/pool.ts";
import { encodeResponse, type TrustStatus } from "../wire/responses.ts";
import { answerRequest, readRequest, type RequestTarget } from "./answer.ts";
import { adoptInitialMetadata } from "./initial_metadata.ts";
import { RoomPeer } from "./peer.ts";
import type {
  InspectSource,
  PeerId,
  PeerOptions,
  PeerSink,
  RoomHandle,
  RoomInfo,
} from "./ports.ts";
import { Turns } from "./turns.ts";

/** What a room needs from its surroundings. */
export interface RoomParts {
  notebookId: string;
  document: CrdtDocument;
  /** The heads that need no saving: a file holds them, or nobody has typed anything yet. */
  savedHeads: readonly string[];
  trustKey: Uint8Array;
  unsentBytes: number;
  logger: Logger;
  /** The library under the document broke: every room of this thread is lost. */
  fatal: (error: NotebookdError) => void;
}

/** One peer and the order of its responses. */
interface Member {
  peer: RoomPeer;
  turns: Turns;
  codec: Codec;
  sink: PeerSink;
}

/** A notebook that is open. */
export class Room implements RoomHandle, RequestTarget {
  readonly document: CrdtDocument;
  /** Changes the document on behalf of requests. */
  readonly editor: NotebookEditor;
  readonly #parts: RoomParts;
  readonly #members = new Map<PeerId, Member>();
  readonly #firstSync: FirstSync;
  readonly #lost = Promise.withResolvers<NotebookdError>();
  #closed = false;

  constructor(parts: RoomParts) {
    this.#parts = parts;
    this.document = parts.document;
    this.editor = new NotebookEditor(parts.document);
    this.#firstSync = new FirstSync(parts.document);
  }

  get lost(): Promise<NotebookdError> {
    return this.#lost.promise;
  }

  async attach(id: PeerId, options: PeerOptions, sink: PeerSink): Promise<RoomInfo> {
    this.#adopt(options.initialMetadata);
    const trust = await this.trust();
    // The room may have been closed meanwhile, and its document with it.
    if (this.#closed) throw ended(this.#parts.notebookId);
    this.#prepare();
    const codec = codecNamed(options.codec);
    const peer = new RoomPeer({
      sync: new SyncPeer(this.document, { first: this.#firstSync }),
      sink,
      options,
      frameSync: (message) => encodeTypedFrame(FrameType.sync, message),
      unsentBytes: this.#parts.unsentBytes,
    });
    this.#members.set(id, { peer, turns: new Turns(), codec, sink });
    return { cellCount: cellCount(this.document), trust };
  }

  start(id: PeerId): void {
    this.#members.get(id)?.peer.written();
  }

  written(id: PeerId): void {
    this.#members.get(id)?.peer.written();
  }

  detach(id: PeerId): void {
    this.#members.delete(id);
  }

  receive(id: PeerId, message: Uint8Array): Promise<void> {
    const member = this.#members.get(id);
    if (member === undefined) return Promise.resolve();
    try {
      if (member.peer.receive(message)) this.#changed(member);
      return Promise.resolve();
    } catch (error) {
      return Promise.reject(this.#judged(error));
    }
  }

  async request(id: PeerId, payload: Uint8Array): Promise<void> {
    const member = this.#members.get(id);
    if (member === undefined) return;
    const { codec, peer, turns } = member;
    const { id: requestId, request } = readRequest(payload, codec);
    const turn = requestId === undefined ? turns.take() : undefined;
    const response = await answerRequest(request, this);
    await turn?.ready;
    const body = encodeResponse(response, codec, requestId);
    peer.send("response", encodeTypedFrame(FrameType.response, body));
    turn?.done();
  }

  inspect(codec: Codec["name"], source: InspectSource): Promise<Uint8Array> {
    const state: PoolResponse = {
      type: "notebook_state",
      notebook_id: this.#parts.notebookId,
      cells: readCells(this.document).map(shown),
      source,
      kernel_info: null,
    };
    return Promise.resolve(codecNamed(codec).encode(state));
  }

  flush(): Promise<void> {
    if (!canBeKept(this.#parts.notebookId)) return Promise.resolve();
    const saved = new Set(this.#parts.savedHeads);
    const heads = this.document.heads();
    if (heads.length === saved.size && heads.every((head) => saved.has(head))) {
      return Promise.resolve();
    }
    return Promise.reject(
      new NotebookdError(
        "storage_failed",
        `Cannot let go of "${this.#parts.notebookId}": it has edits that no file holds`,
      ),
    );
  }

  applySettings(): void {
    // Settings concern the settings room alone.
  }

  close(): Promise<void> {
    this.#closed = true;
    this.#members.clear();
    this.document[Symbol.dispose]();
    return Promise.resolve();
  }

  /** The verdict on the dependencies that the document names now. */
  async trust(): Promise<TrustStatus> {
    return await trustVerdict(this.metadata(), this.#parts.trustKey);
  }

  /** The notebook's metadata as the document holds it now. */
  metadata(): JsonObject {
    const { notebook, snapshot } = readNotebookMetadata(this.document);
    return mergeMetadata(notebook, parseSnapshot(snapshot ?? ""));
  }

  /** The document changed through a request: every peer hears of it. */
  edited(): void {
    this.#changed(undefined);
  }

  /** Tells every peer of something that isn't in the document. */
  broadcast(broadcast: NotebookBroadcast): void {
    for (const { peer, codec } of this.#members.values()) {
      if (isAdditionBroadcast(broadcast) && !peer.options.features) continue;
      const body = codec.encode({ ...broadcast });
      peer.send("broadcast", encodeTypedFrame(FrameType.broadcast, body));
    }
  }

  #changed(by: Member | undefined): void {
    for (const member of this.#members.values()) if (member !== by) member.peer.markDirty();
  }

  #adopt(initialMetadata: string | undefined): void {
    if (initialMetadata === undefined) return;
    if (adoptInitialMetadata(this.document, initialMetadata)) this.#changed(undefined);
  }

  /** Memory may run out here, where the whole document is written once more. */
  #prepare(): void {
    try {
      this.#firstSync.prepare();
    } catch (error) {
      throw this.#judged(error);
    }
  }

  /** A document that broke takes its room with it; the next opener gets a new one. */
  #judged(thrown: unknown): NotebookdError {
    const error = toNotebookdError(thrown, "Cannot apply the sync message");
    if (error.code !== "internal") return error;
    this.#parts.logger.error("Document broke", { notebook: this.#parts.notebookId });
    for (const { sink } of this.#members.values()) sink.drop(error);
    this.#members.clear();
    this.#lost.resolve(error);
    this.#parts.fatal(error);
    return error;
  }
}

function shown({ id, cell_type, source, execution_count, outputs }: CellSnapshot) {
  return { id, cell_type, source, execution_count, outputs };
}

/** A room under any other id than a path or a UUID has no place to be kept: it ends when it goes. */
function canBeKept(notebookId: string): boolean {
  return isAbsolute(notebookId) || isUuidV4(notebookId);
}

function ended(notebookId: string): NotebookdError {
  return new NotebookdError("closed", `The room of "${notebookId}" has ended: open it again`);
}
