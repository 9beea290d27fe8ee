/**
 * A daemon in memory, as small as can be: one notebook, the wire, sync. Tests of the client decide
 * what it refuses, when it goes away and what it answers.
 *
 * @module
 */

import type { ByteStream, Dial } from "@/client/dial.ts";
import { initAutomerge } from "@/doc/automerge.ts";
import { CrdtDocument, ROOT } from "@/doc/crdt_document.ts";
import { NotebookEditor } from "@/doc/editor.ts";
import { ROOT_KEYS } from "@/doc/schema.ts";
import { SyncPeer } from "@/doc/sync.ts";
import { NotebookdError } from "@/errors.ts";
import { decodeHandshake, type Handshake } from "@/handshake/handshake.ts";
import { encodeCapabilities, encodeInfo, type NotebookConnectionInfo } from "@/handshake/info.ts";
import { controlFrameCap, FrameType, typedFrameCap } from "@/wire/caps.ts";
import type { Codec } from "@/wire/codec.ts";
import { decodeTypedFrame, encodeFrame, encodeTypedFrame } from "@/wire/frame.ts";
import { FrameReader } from "@/wire/frame_reader.ts";
import type { JsonLike } from "@/wire/payload.ts";
import { memoryConnection } from "./memory_stream.ts";

/** The id of the fake's notebook. */
export const NOTEBOOK_ID = "/work/notes.ipynb";

/** One connected window. */
interface FakeWindow {
  readonly stream: ByteStream;
  readonly codec: Codec;
  readonly peer: SyncPeer;
}

/** A daemon in memory with one notebook of two cells, "a" and "b". */
export class FakeDaemon implements Disposable {
  /** The notebook. */
  readonly document: CrdtDocument;
  /** Edits the notebook as another window would; {@linkcode FakeDaemon.spread} sends it out. */
  readonly editor: NotebookEditor;
  /** Every handshake that came, in order. */
  readonly handshakes: Handshake[] = [];
  /** What came after handshakes, in order: "sync", or a decoded request. */
  readonly received: unknown[] = [];
  /** How often someone dialled. */
  dials = 0;
  /** Set: dialling fails with it. */
  dialError: NotebookdError | undefined;
  /** What the answer to a handshake says other than usual. */
  info: Partial<NotebookConnectionInfo> = {};
  /** Answers a request; by default there is no answer. */
  respond: (request: Record<string, unknown>) => JsonLike | undefined = () => undefined;
  /** While true, sync messages are taken but neither applied nor answered. */
  deaf = false;
  readonly #windows = new Set<FakeWindow>();
  readonly #dialled: (() => void)[] = [];
  readonly #waiting: (() => void)[] = [];

  private constructor(document: CrdtDocument) {
    this.document = document;
    this.editor = new NotebookEditor(document);
  }

  /** Makes the daemon and its notebook. */
  static async create(): Promise<FakeDaemon> {
    await initAutomerge();
    const fake = new FakeDaemon(CrdtDocument.create());
    fake.document.put(ROOT, ROOT_KEYS.notebookId, ["str", NOTEBOOK_ID]);
    fake.editor.insertCell(0, { id: "a", source: "1 + 1" });
    fake.editor.insertCell(1, { id: "b", cell_type: "markdown", source: "# b" });
    return fake;
  }

  /** How a client reaches it. */
  readonly dial: Dial = () => {
    this.dials++;
    for (const resolve of this.#dialled.splice(0)) resolve();
    if (this.dialError !== undefined) return Promise.reject(this.dialError);
    const [there, here] = memoryConnection();
    this.accept(here);
    return Promise.resolve(there);
  };

  /** Serves a connection until it ends. */
  async accept(stream: ByteStream): Promise<void> {
    try {
      await this.#serve(stream);
    } catch (error) {
      // A client that leaves in the middle of a frame is no failure of the test.
      if (!(error instanceof NotebookdError)) throw error;
    } finally {
      stream.close();
    }
  }

  /** How many windows are connected. */
  get windows(): number {
    return this.#windows.size;
  }

  /** Resolves at the next dial. */
  async nextDial(): Promise<void> {
    await new Promise<void>((resolve) => this.#dialled.push(resolve));
  }

  /** Resolves when something more was received. */
  async nextReceived(): Promise<void> {
    await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  /** Sends what windows lack. */
  spread(): void {
    for (const { stream, peer } of this.#windows) {
      const message = peer.generate();
      if (message !== null) stream.write(encodeTypedFrame(FrameType.sync, message));
    }
  }

  /** Sends a frame to every window. */
  send(type: FrameType, value: JsonLike): void {
    for (const { stream, codec } of this.#windows) {
      stream.write(encodeTypedFrame(type, codec.encode(value)));
    }
  }

  /** Sends raw bytes to every window. */
  sendBytes(bytes: Uint8Array): void {
    for (const { stream } of this.#windows) stream.write(bytes);
  }

  /** Closes every connection, as a daemon that dies does. */
  drop(): void {
    for (const { stream } of this.#windows) stream.close();
    this.#windows.clear();
  }

  /** Closes every connection and frees the notebook. */
  [Symbol.dispose](): void {
    this.drop();
    this.document[Symbol.dispose]();
  }

  async #serve(stream: ByteStream): Promise<void> {
    const reader = new FrameReader(stream);
    const first = await reader.next(controlFrameCap);
    if (first === null) return;
    const { handshake, codec } = decodeHandshake(first);
    this.handshakes.push(handshake);
    await stream.write(encodeFrame(this.#answer(handshake, codec)));
    if (this.info.error !== undefined) return;
    const window = { stream, codec, peer: new SyncPeer(this.document) };
    this.#windows.add(window);
    this.spread();
    for (;;) {
      const payload = await reader.next(typedFrameCap);
      if (payload === null) break;
      this.#take(window, payload);
    }
    this.#windows.delete(window);
  }

  #answer(handshake: Handshake, codec: Codec): Uint8Array {
    if (handshake.channel === "notebook_sync") {
      return encodeCapabilities({ protocol: "v2", ...this.info }, codec);
    }
    return encodeInfo({
      protocol: "v2",
      notebook_id: NOTEBOOK_ID,
      cell_count: 2,
      needs_trust_approval: false,
      daemon_version: "0.0.1",
      ...this.info,
    }, codec);
  }

  #take(window: FakeWindow, payload: Uint8Array): void {
    const { type, body } = decodeTypedFrame(payload);
    if (type === FrameType.sync) {
      this.#note("sync");
      if (this.deaf) return;
      window.peer.receive(body);
      this.spread();
      return;
    }
    const request = window.codec.decode(body) as Record<string, unknown>;
    this.#note(request);
    const response = this.respond(request);
    if (response === undefined) return;
    window.stream.write(encodeTypedFrame(FrameType.response, window.codec.encode(response)));
  }

  #note(what: unknown): void {
    this.received.push(what);
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}
