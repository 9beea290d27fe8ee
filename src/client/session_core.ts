/**
 * The life of a session: connecting, being connected, connecting again, ending. One loop does all
 * of it, so that there are never two connections.
 *
 * @module
 */
import { NotebookdError } from "../errors.ts";
import { type NotebookBroadcast, parseBroadcast } from "../wire/broadcasts.ts";
import { Backoff } from "./backoff.ts";
import type { EventStream } from "./event_stream.ts";
import { Exchange } from "./exchange.ts";
import { type Greeting, type NotebookHandshake, readGreeting, rejoining } from "./greeting.ts";
import { Link } from "./link.ts";
import { isPermanent } from "./permanent.ts";
import type { Replica } from "./replica.ts";
import { RequestQueue } from "./request_queue.ts";
import type { SessionParts, SessionState } from "./session_parts.ts";
import { Subscribers } from "./subscribers.ts";
import { SyncWaiters } from "./sync_waiters.ts";

/** How long a connection must have been synced before its loss starts the delays anew. */
const STABLE_MS = 5_000;

/** How long closing waits for the daemon to confirm the last edits. */
const CLOSE_MS = 5_000;

/** What a reader may leave unread. Broadcasts weigh the bytes of their frames. */
const BROADCASTS = { name: "broadcasts", limits: { items: 10_000, weight: 16 * 1024 * 1024 } };
const STATES = { name: "states", limits: { items: 256, weight: 256 } };

/** The life of a session. */
export class SessionCore {
  /** The requests of the session. */
  readonly requests: RequestQueue;
  readonly #parts: SessionParts;
  readonly #replica: Replica;
  readonly #backoff: Backoff;
  readonly #waiters = new SyncWaiters();
  readonly #opened = Promise.withResolvers<void>();
  readonly #stop = new AbortController();
  readonly #ended = new AbortController();
  readonly #broadcasts = new Subscribers<NotebookBroadcast>(BROADCASTS);
  readonly #states = new Subscribers<SessionState>(STATES);
  #running: Promise<void> = Promise.resolve();
  #closing: Promise<void> | undefined;
  #exchange: Exchange | undefined;
  #greeting: Greeting | undefined;
  #state: SessionState = "connecting";
  #syncedAt: number | undefined;
  #everSynced = false;
  #unconfirmed = false;

  private constructor(parts: SessionParts) {
    this.#parts = parts;
    this.#replica = parts.replica;
    this.requests = new RequestQueue(parts.codec);
    this.#backoff = new Backoff({ random: parts.random });
  }

  /**
   * Connects, and waits until the local document has all that the daemon announced.
   *
   * @param parts What it works with.
   * @throws {NotebookdError} with the code that dialling, the daemon's refusal or the lost
   * connection gave. When the signal aborts, its reason is thrown.
   */
  static async open(parts: SessionParts): Promise<SessionCore> {
    const core = new SessionCore(parts);
    const onAbort = () => core.#stop.abort(parts.signal?.reason);
    if (parts.signal?.aborted) onAbort();
    parts.signal?.addEventListener("abort", onAbort, { once: true });
    core.#ended.signal.addEventListener(
      "abort",
      () => parts.signal?.removeEventListener("abort", onAbort),
    );
    core.#running = core.#run();
    await core.#opened.promise;
    return core;
  }

  /** Where the session stands. */
  get state(): SessionState {
    return this.#state;
  }

  /** Aborted, with the reason, when the session has ended for good. */
  get signal(): AbortSignal {
    return this.#ended.signal;
  }

  /** What the daemon said when it was last connected. */
  get greeting(): Greeting {
    if (this.#greeting === undefined) throw new NotebookdError("closed", "Nothing was opened");
    return this.#greeting;
  }

  /** The id of the notebook: the daemon's word, or the document's for who joined by a path. */
  get notebookId(): string {
    const { named, notebookId } = this.greeting;
    if (named || !notebookId.startsWith("/")) return notebookId;
    const canonical = this.#replica.notebookId;
    return canonical?.startsWith("/") ? canonical : notebookId;
  }

  /** The local document was edited here. */
  edited(): void {
    this.#unconfirmed = true;
    this.#exchange?.wake();
  }

  /** A request was queued. */
  wake(): void {
    this.#exchange?.wake();
  }

  /**
   * Waits until the daemon has confirmed all that the document has now, and the document has all
   * that the daemon announced.
   *
   * @param signal Gives up the waiting.
   * @throws the reason of the session's end, or of the signal.
   */
  synced(signal?: AbortSignal): Promise<void> {
    if (this.signal.aborted) return Promise.reject(this.signal.reason);
    const waiting = this.#waiters.add(this.#replica.heads, signal);
    this.#evaluate();
    return waiting;
  }

  /** A stream of the broadcasts that come from now on. */
  broadcasts(): EventStream<NotebookBroadcast> {
    return this.#broadcasts.subscribe();
  }

  /** A stream of the states that the session enters from now on. */
  states(): EventStream<SessionState> {
    return this.#states.subscribe();
  }

  /**
   * Waits for the daemon to confirm the last edits, within bounds, then ends the session.
   *
   * @throws {NotebookdError} with code `connection_lost` when edits were not confirmed.
   */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    if (!this.signal.aborted && this.#hasUnconfirmed()) await this.#lastSync();
    const lost = this.#hasUnconfirmed() && !this.#parts.signal?.aborted;
    this.#stop.abort(new NotebookdError("closed", "The session was closed"));
    await this.#running;
    if (!lost) return;
    throw new NotebookdError(
      "connection_lost",
      `The session of the notebook "${this.greeting.notebookId}" closed before the daemon ` +
        "confirmed its last edits: they may be lost",
    );
  }

  async #lastSync(): Promise<void> {
    const bound = new AbortController();
    using _timer = this.#parts.clock.timer(CLOSE_MS, () => bound.abort());
    try {
      await this.synced(bound.signal);
    } catch {
      // Whether edits are unconfirmed is looked at again by the caller, who reports it.
    }
  }

  #hasUnconfirmed(): boolean {
    if (this.#unconfirmed && this.#exchange?.confirmed(this.#replica.heads)) {
      this.#unconfirmed = false;
    }
    return this.#unconfirmed;
  }

  async #run(): Promise<void> {
    for (;;) {
      const reason = await this.#connection();
      if (this.#stop.signal.aborted) return this.#end(this.#stop.signal.reason);
      if (!this.#mayReconnect(reason)) return this.#end(reason);
      if (this.#wasStable()) this.#backoff.reset();
      const delayMs = this.#backoff.next();
      this.#parts.logger.info("Connection lost", { code: codeOf(reason), retryInMs: delayMs });
      this.#enter("offline");
      await this.#pause(delayMs);
      if (this.#stop.signal.aborted) return this.#end(this.#stop.signal.reason);
      this.#enter("connecting");
    }
  }

  /** One connection from its first byte to its last; gives the reason of its end. */
  async #connection(): Promise<unknown> {
    this.#syncedAt = undefined;
    try {
      using link = await Link.open(this.#handshake(), {
        ...this.#parts,
        signal: this.#stop.signal,
      });
      this.#greet(await link.readAnswer());
      this.#exchange = this.#newExchange(link);
      return await this.#exchange.run();
    } catch (error) {
      return error;
    } finally {
      // What this connection confirmed is known only as long as its exchange is there.
      this.#hasUnconfirmed();
      this.#exchange = undefined;
      this.requests.connectionLost();
    }
  }

  #newExchange(link: Link): Exchange {
    return new Exchange({
      link,
      codec: this.#parts.codec,
      replica: this.#replica,
      requests: this.requests,
      onSync: () => this.#evaluate(),
      onBroadcast: (body) => this.#publish(body),
      logger: this.#parts.logger,
    });
  }

  #handshake(): NotebookHandshake {
    const { handshake } = this.#parts;
    return this.#greeting === undefined ? handshake : rejoining(handshake, this.notebookId);
  }

  #greet(answer: Uint8Array): void {
    const greeting = readGreeting(this.#handshake(), answer, this.#parts.codec);
    const before = this.#greeting && this.notebookId;
    if (before !== undefined && before !== greeting.notebookId) {
      // Its history has nothing to do with ours: merging the two would garble both.
      throw new NotebookdError(
        "not_found",
        `The notebook "${before}" is another one now, "${greeting.notebookId}": open that one`,
      );
    }
    this.#greeting = greeting;
  }

  /** The one place that decides what a change of the sync state means. */
  #evaluate(): void {
    const exchange = this.#exchange;
    if (exchange === undefined || !exchange.caughtUp) return;
    if (this.#state === "connecting") {
      this.#syncedAt = this.#parts.clock.now();
      this.#everSynced = true;
      this.#enter("synced");
      this.#opened.resolve();
    }
    this.#waiters.settle((heads) => exchange.confirmed(heads));
  }

  /** A broadcast that this build can't read costs itself, never the connection. */
  #publish(body: Uint8Array): void {
    if (this.#broadcasts.none) return;
    const { codec, logger } = this.#parts;
    try {
      const broadcast = parseBroadcast(codec.decode(body));
      if (broadcast === null) logger.debug("Broadcast of an unknown kind passed over");
      else this.#broadcasts.publish(broadcast, body.length);
    } catch (error) {
      logger.warn("Broadcast passed over: it can't be read", { code: codeOf(error) });
    }
  }

  #mayReconnect(reason: unknown): boolean {
    return this.#parts.reconnect && this.#everSynced && !isPermanent(reason);
  }

  /** A daemon that drops each connection soon after its sync mustn't be dialled at full speed. */
  #wasStable(): boolean {
    return this.#syncedAt !== undefined && this.#parts.clock.now() - this.#syncedAt >= STABLE_MS;
  }

  async #pause(ms: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const { signal } = this.#stop;
    const onAbort = () => resolve();
    signal.addEventListener("abort", onAbort, { once: true });
    using _timer = this.#parts.clock.timer(ms, resolve);
    await promise;
    signal.removeEventListener("abort", onAbort);
  }

  #enter(state: SessionState): void {
    this.#state = state;
    this.#states.publish(state);
  }

  #end(reason: unknown): void {
    this.#enter("closed");
    const wanted = this.#closing !== undefined;
    if (!this.#stop.signal.aborted) {
      this.#parts.logger.warn("Session ended", { code: codeOf(reason) });
    }
    this.#opened.reject(reason);
    this.#waiters.end(reason);
    this.requests.end(reason);
    this.#replica.end(wanted ? undefined : reason);
    this.#broadcasts.end(wanted ? undefined : reason);
    this.#states.end(undefined);
    this.#ended.abort(reason);
  }
}

function codeOf(reason: unknown): string {
  return reason instanceof NotebookdError ? reason.code : "internal";
}
