/**
 * A client as existing v2 clients behave, written against protocol.md alone: own framing, JSON, the
 * library's high-level API. Every frame that it gets is checked against the closed schema.
 *
 * @module
 */

import * as A from "@automerge/automerge";
import * as v from "valibot";
import { fromJson, json, TYPE } from "./bytes.ts";
import { SILENCE } from "./deadline.ts";
import { RawSocket } from "./raw_socket.ts";
import { type NotebookDocument, type PlainCell, plainCells } from "./v2_document.ts";
import {
  type Broadcast,
  capabilitiesSchema,
  type CheckedFrame,
  checkFrame,
  infoSchema,
  type Response,
} from "./v2_schema.ts";

/** What a v2 client takes for the end of the initial sync. */
const SILENCE_MS = 100;

/** How long a v2 client waits for the one frame after each of its edits. */
const ANSWER_MS = 500;

/** The answer to a handshake, as it came. */
export interface HandshakeAnswer {
  protocol: string;
  notebook_id?: string;
  cell_count?: number;
  needs_trust_approval?: boolean;
  error?: string | undefined;
  error_code?: string | undefined;
  daemon_version?: string | undefined;
}

/** What can be read while it changes. */
export type Document = A.Doc<NotebookDocument>;

/** A connected client with its document. */
export class V2Client implements AsyncDisposable {
  /** The connection, for tests that break rules on it. */
  readonly socket: RawSocket;
  /** What the daemon answered to the handshake. */
  readonly answer: HandshakeAnswer;
  /** The broadcasts that came. */
  readonly broadcasts: Broadcast[] = [];
  /** True when the client took a silence for the end although something was still to come. */
  fooledBySilence = false;
  /** The sync message last sent. */
  lastSent: Uint8Array = new Uint8Array();
  /** The document. */
  doc: Document = A.init<NotebookDocument>();
  #state = A.initSyncState();
  #announced: A.Heads = [];

  private constructor(socket: RawSocket, answer: HandshakeAnswer) {
    this.socket = socket;
    this.answer = answer;
  }

  /** Opens a notebook file. */
  static open(socket: string, path: string, base?: Document): Promise<V2Client> {
    return V2Client.#start(socket, { channel: "open_notebook", path }, infoSchema, base);
  }

  /** Makes a new notebook. */
  static create(socket: string, fields: Record<string, unknown>): Promise<V2Client> {
    return V2Client.#start(socket, { channel: "create_notebook", ...fields }, infoSchema);
  }

  /** Joins a room by its id. */
  static join(
    socket: string,
    notebookId: string,
    fields: Record<string, unknown> = {},
    base?: Document,
  ): Promise<V2Client> {
    const handshake = { channel: "notebook_sync", notebook_id: notebookId, ...fields };
    return V2Client.#start(socket, handshake, capabilitiesSchema, base);
  }

  static async #start(
    path: string,
    handshake: Record<string, unknown>,
    schema: typeof infoSchema | typeof capabilitiesSchema,
    base?: Document,
  ): Promise<V2Client> {
    const socket = await RawSocket.connect(path);
    try {
      await socket.send(json(handshake));
      const payload = await socket.nextFrame("the handshake's answer");
      const answer: HandshakeAnswer = v.parse(schema, fromJson(payload));
      const client = new V2Client(socket, answer);
      if (base !== undefined) client.doc = base;
      if (answer.error === undefined) await client.#initialSync();
      return client;
    } catch (error) {
      await socket[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** The cells that the client shows. */
  get cells(): PlainCell[] {
    return plainCells(this.doc);
  }

  /** The document's heads, sorted. */
  get heads(): A.Heads {
    return A.getHeads(this.doc).toSorted();
  }

  /**
   * Edits the document, then reads exactly one frame as v2 clients do.
   *
   * @throws {Error} when that frame isn't a sync message: a v2 client would throw it away.
   */
  async edit(change: (doc: NotebookDocument) => void): Promise<void> {
    this.doc = A.change(this.doc, change);
    if (!await this.#sendSync()) throw new Error("The edit changed nothing");
    const first = await this.socket.nextOrSilence(ANSWER_MS);
    if (first === SILENCE) this.fooledBySilence = true;
    const payload = first === SILENCE
      ? await this.socket.nextFrame("the answer to an edit")
      : first;
    const frame = checkFrame(payload ?? new Uint8Array());
    if (frame.type !== "sync") throw new Error(`A "${frame.type}" came in place of the answer`);
    this.#receive(frame.message);
  }

  /** Edits the document and says nothing: what a client does whose connection is gone. */
  changeUnsent(change: (doc: NotebookDocument) => void): void {
    this.doc = A.change(this.doc, change);
  }

  /** Reads frames until the daemon has taken in all that this client has. */
  async settle(): Promise<void> {
    await this.request({ action: "get_kernel_info" });
    while (!this.isAcknowledged()) {
      await this.step("the daemon's answer");
    }
  }

  /** Whether the daemon has announced all that this client has. */
  isAcknowledged(): boolean {
    return A.getHeads(this.doc).toSorted().join() === this.#announced.toSorted().join();
  }

  /** Sends a request and reads up to its response. */
  async request(request: Record<string, unknown>): Promise<Response> {
    await this.socket.sendTyped(TYPE.request, json(request));
    for (;;) {
      const frame = await this.step(`the response to "${request["action"]}"`);
      if (frame.type === "response") return frame.response;
    }
  }

  /** Reads one frame and does what a client does with it. */
  async step(what = "a typed frame"): Promise<CheckedFrame> {
    const frame = checkFrame(await this.socket.nextFrame(what));
    if (frame.type === "broadcast") this.broadcasts.push(frame.broadcast);
    if (frame.type === "sync") {
      this.#receive(frame.message);
      await this.#sendSync();
    }
    return frame;
  }

  /** Reads frames until the document is as wanted. */
  async until(wanted: (doc: Document) => boolean, what: string): Promise<void> {
    while (!wanted(this.doc)) await this.step(what);
  }

  /** Reads frames until the document holds these heads. */
  async untilCovers(heads: A.Heads): Promise<void> {
    await this.until((doc) => A.hasHeads(doc, heads), `the heads ${heads.join(" ")}`);
  }

  /** Drops the connection and keeps the document, as a client does that will come back. */
  async leave(): Promise<Document> {
    await this[Symbol.asyncDispose]();
    return this.doc;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.socket[Symbol.asyncDispose]();
  }

  /** Exactly one sync message first, a reply, then replies until there is silence. */
  async #initialSync(): Promise<void> {
    const first = checkFrame(await this.socket.nextFrame("the first sync message"));
    if (first.type !== "sync") throw new Error(`The first typed frame is a "${first.type}"`);
    this.#receive(first.message);
    await this.#sendSync();
    for (;;) {
      const payload = await this.socket.nextOrSilence(SILENCE_MS);
      if (payload === SILENCE) break;
      await this.#take(checkFrame(payload ?? new Uint8Array()));
    }
    if (A.hasHeads(this.doc, this.#announced)) return;
    this.fooledBySilence = true;
    await this.untilCovers(this.#announced);
  }

  async #take(frame: CheckedFrame): Promise<void> {
    if (frame.type === "broadcast") this.broadcasts.push(frame.broadcast);
    if (frame.type !== "sync") return;
    this.#receive(frame.message);
    await this.#sendSync();
  }

  #receive(message: Uint8Array): void {
    this.#announced = A.decodeSyncMessage(message).heads;
    [this.doc, this.#state] = A.receiveSyncMessage(this.doc, this.#state, message);
  }

  async #sendSync(): Promise<boolean> {
    const [state, message] = A.generateSyncMessage(this.doc, this.#state);
    this.#state = state;
    if (message === null) return false;
    this.lastSent = message;
    await this.socket.sendTyped(TYPE.sync, message);
    return true;
  }
}

/** Sends a handshake and gives the answer of a daemon that refuses it, after its clean end. */
export async function refused(
  path: string,
  handshake: Record<string, unknown>,
): Promise<HandshakeAnswer & { error: string; error_code: string }> {
  await using socket = await RawSocket.connect(path);
  await socket.send(json(handshake));
  const { frames, end } = await socket.untilEnd("the end after a refusal");
  const [only] = frames;
  if (only === undefined || frames.length > 1 || end !== "clean") {
    throw new Error(`Expected one answer and a clean end, got ${frames.length} and "${end}"`);
  }
  const answer: HandshakeAnswer = v.parse(
    v.union([infoSchema, capabilitiesSchema]),
    fromJson(only),
  );
  if (answer.error === undefined || answer.error_code === undefined) {
    throw new Error("Expected a refusal with an error and its code");
  }
  return { ...answer, error: answer.error, error_code: answer.error_code };
}
