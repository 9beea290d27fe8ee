/**
 * A notebook's room: one document and the peers that share it.
 *
 * @module
 */

import type { Clock } from "../clock.ts";
import type { CrdtDocument } from "../doc/crdt_document.ts";
import { NotebookEditor } from "../doc/editor.ts";
import { cellCount, type CellSnapshot, readCells, readNotebookMetadata } from "../doc/snapshot.ts";
import { FirstSync } from "../doc/first_sync.ts";
import { bringsForeignHistory, foldCells } from "../doc/fold.ts";
import { historyId } from "../doc/history.ts";
import { StateReader } from "../doc/state_reader.ts";
import { SyncPeer } from "../doc/sync.ts";
import { NotebookdError, toNotebookdError } from "../errors.ts";
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
import type { BuiltNotebook } from "./built_notebook.ts";
import { fileChangedBroadcast } from "./file_changed.ts";
import { headsKey } from "./heads.ts";
import { JournalGate } from "./journal_gate.ts";
import { Saver } from "./saver.ts";
import { adoptInitialMetadata } from "./initial_metadata.ts";
import { RoomPeer } from "./peer.ts";
import type {
  CodeFormatter,
  FileContent,
  InspectSource,
  NotebookStorage,
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
  built: BuiltNotebook;
  /** Where the notebook is kept; none for a room that isn't. */
  storage?: NotebookStorage | undefined;
  formatter?: CodeFormatter | undefined;
  trustKey: Uint8Array;
  unsentBytes: number;
  /** Whether notebooks save themselves unless they say otherwise. */
  autosave: boolean;
  clock: Clock;
  logger: Logger;
  /** Lets other rooms of this thread run. */
  pause: () => Promise<void>;
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
  /** Keeps the document and the notebook's file alike. */
  readonly saver: Saver;
  readonly #parts: RoomParts;
  readonly #members = new Map<PeerId, Member>();
  readonly #firstSync: FirstSync;
  readonly #gate: JournalGate;
  readonly #history: string;
  readonly #lost = Promise.withResolvers<NotebookdError>();
  /** Sync messages that came while the journal was written. */
  readonly #waiting: (() => void)[] = [];
  #pumping = false;
  #closed = false;

  constructor(parts: RoomParts) {
    const { document, known } = parts.built;
    this.#parts = parts;
    this.document = document;
    this.editor = new NotebookEditor(document);
    this.#firstSync = new FirstSync(document);
    this.#history = historyId(document);
    this.#gate = new JournalGate({
      document,
      storage: parts.storage,
      clock: parts.clock,
      opened: () => this.#release(),
      failed: (error) => this.#journalFailed(error),
    });
    this.saver = new Saver({
      ...parts,
      document,
      storage: parts.storage,
      formatter: parts.formatter,
      reader: new StateReader(document, known === undefined ? {} : { known }),
      gate: this.#gate,
      change: (work) => this.change(work),
      changed: () => this.#changed(undefined),
      tell: (news) => this.broadcast(news),
      fileChanged: (state) => this.broadcast(fileChangedBroadcast(state)),
    });
  }

  get lost(): Promise<NotebookdError> {
    return this.#lost.promise;
  }

  /** Takes in what the file holds by now, before anyone joins. */
  async begin(): Promise<void> {
    const { outside } = this.#parts.built;
    if (outside !== null) await this.saver.takeIn(outside);
    this.saver.edited();
  }

  async attach(id: PeerId, options: PeerOptions, sink: PeerSink): Promise<RoomInfo> {
    this.#adopt(options.initialMetadata);
    const trust = await this.trust();
    // The room may have been closed meanwhile, and its document with it.
    if (this.#closed) throw ended(this.#parts.notebookId);
    // Nothing could be told to this peer, perhaps for hours.
    if (this.#gate.failure !== null) throw this.#gate.failure;
    this.#prepare();
    const codec = codecNamed(options.codec);
    const peer = new RoomPeer({
      sync: new SyncPeer(this.document, { first: this.#firstSync }),
      sink,
      options,
      frameSync: (message) => encodeTypedFrame(FrameType.sync, message),
      unsentBytes: this.#parts.unsentBytes,
      mayTell: () => this.#gate.open,
    });
    this.#members.set(id, { peer, turns: new Turns(), codec, sink });
    return { cellCount: cellCount(this.document), trust, history: this.#history };
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

  async receive(id: PeerId, message: Uint8Array): Promise<void> {
    const received = Promise.withResolvers<void>();
    this.#waiting.push(() => {
      try {
        this.#receive(id, message);
        received.resolve();
      } catch (error) {
        received.reject(this.#judged(error));
      }
    });
    void this.#pump();
    await received.promise;
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

  async flush(): Promise<boolean> {
    return await this.saver.flush();
  }

  fileChanged(file: FileContent | null): void {
    if (!this.#closed) void this.saver.takeIn(file);
  }

  applySettings(): void {
    // Settings concern the settings room alone.
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#members.clear();
    // What came too late is let go of; whoever sent it knows that it wasn't acknowledged.
    this.#applyWaiting();
    await this.saver.close();
    this.#gate[Symbol.dispose]();
    this.document[Symbol.dispose]();
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

  /**
   * Runs something that may change the document. Peers hear of it once the journal has it.
   *
   * @throws Whatever `work` throws.
   */
  change(work: () => void): void {
    const before = headsKey(this.document.heads());
    try {
      work();
    } finally {
      if (headsKey(this.document.heads()) !== before) this.#changed(undefined);
    }
  }

  /** Resolves when the journal holds what the document holds now. Throws as the journal does. */
  async committed(): Promise<void> {
    await this.#gate.committed();
  }

  /** Tells every peer of something that isn't in the document. */
  broadcast(broadcast: NotebookBroadcast): void {
    for (const { peer, codec } of this.#members.values()) {
      if (isAdditionBroadcast(broadcast) && !peer.options.features) continue;
      const body = codec.encode({ ...broadcast });
      peer.send("broadcast", encodeTypedFrame(FrameType.broadcast, body));
    }
  }

  #receive(id: PeerId, message: Uint8Array): void {
    const member = this.#members.get(id);
    if (member === undefined || this.#closed) return;
    const before = this.document.heads();
    if (!member.peer.receive(message)) return;
    const foreign = bringsForeignHistory(this.document, before) && foldCells(this.document);
    this.#changed(foreign ? undefined : member);
  }

  #changed(by: Member | undefined): void {
    for (const member of this.#members.values()) if (member !== by) member.peer.markDirty();
    this.saver.edited();
    void this.#pump();
  }

  /**
   * Applies what came, writes it to the journal, and lets the peers hear of it, again and again. What
   * comes while the journal is written waits, so that there is always a moment in which the journal
   * holds everything.
   */
  async #pump(): Promise<void> {
    if (this.#pumping) return;
    this.#pumping = true;
    try {
      do {
        this.#applyWaiting();
        const written = this.#gate.commit();
        if (written !== null) await written;
      } while (this.#waiting.length > 0);
    } finally {
      this.#pumping = false;
    }
    this.#release();
  }

  #applyWaiting(): void {
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) next();
  }

  #release(): void {
    if (this.#closed || !this.#gate.open) return;
    for (const { peer } of this.#members.values()) peer.release();
    this.saver.evaluate();
  }

  #journalFailed(error: NotebookdError): void {
    const { code, message } = error;
    this.#parts.logger.error("Edits are not acknowledged: the journal can't be written to", {
      notebook: this.#parts.notebookId,
      code,
      reason: message,
    });
    this.saver.evaluate();
  }

  #adopt(initialMetadata: string | undefined): void {
    if (initialMetadata === undefined) return;
    this.change(() => void adoptInitialMetadata(this.document, initialMetadata));
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

function ended(notebookId: string): NotebookdError {
  return new NotebookdError("closed", `The room of "${notebookId}" has ended: open it again`);
}
