/**
 * A notebook that is open in an editor.
 *
 * @module
 */
import { NotebookdError } from "../errors.ts";
import type { NotebookBroadcast } from "../wire/broadcasts.ts";
import type { NotebookRequest } from "../wire/requests.ts";
import { EditableNotebook } from "./editable_notebook.ts";
import { type NotebookChangeEvent, Replica } from "./replica.ts";
import { readsDocument, type ResponseTo } from "./results.ts";
import { SessionCore } from "./session_core.ts";
import type { SessionParts, SessionState } from "./session_parts.ts";

/** What is known of an open notebook. */
export interface SessionInfo {
  /** The notebook's id: the canonical path of its file, or a UUID while it has none. */
  readonly notebookId: string;
  /** How many cells it had when it was opened. */
  readonly cellCount: number;
  /**
   * Whether its dependencies waited for someone's approval when it was opened. The broadcast
   * `trust_changed` tells when that changes.
   */
  readonly needsTrustApproval: boolean;
  /** The version of the daemon; null where it doesn't say, which is so after joining by id. */
  readonly daemonVersion: string | null;
  /** The protocol that the daemon speaks: "v2". */
  readonly protocol: string;
}

/** How long a wait may go on. */
export interface WaitOptions {
  /** Gives the waiting up; its reason is thrown. */
  readonly signal?: AbortSignal;
}

/**
 * A notebook that is open in an editor: a local copy that is kept in step with the daemon.
 *
 * Edits take effect here at once and go to the daemon as fast as it takes them. When the connection
 * is lost, they are kept, the session connects again with growing delays, and they merge with what
 * others did in the meantime.
 *
 * @example
 * ```ts ignore
 * import { openNotebook } from "@notebookd/notebookd";
 *
 * await using notebook = await openNotebook("analysis.ipynb");
 * const id = notebook.insertCell({ source: "1 + 1" });
 * notebook.splice(id, 0, 1, "2");
 * await notebook.synced();
 * ```
 */
export class NotebookSession extends EditableNotebook implements AsyncDisposable {
  readonly #core: SessionCore;
  readonly #replica: Replica;
  readonly #cellCount: number;
  #needsTrustApproval: boolean;

  private constructor(core: SessionCore, replica: Replica) {
    super(replica);
    this.#core = core;
    this.#replica = replica;
    this.#cellCount = core.greeting.cellCount ?? replica.cellCount;
    // Where the daemon doesn't say, nothing counts as approved until it does.
    this.#needsTrustApproval = core.greeting.needsTrustApproval ?? true;
  }

  /**
   * Opens a session over given ports. Programs call `openNotebook`, `createNotebook` or
   * `joinNotebook`.
   *
   * @param parts What to open, and over which ports.
   * @throws {NotebookdError} as `openNotebook` does.
   */
  static async open(parts: Omit<SessionParts, "replica">): Promise<NotebookSession> {
    const replica = await Replica.create(() => parts.clock.now());
    try {
      const core = await SessionCore.open({ ...parts, replica });
      const session = new NotebookSession(core, replica);
      if (core.greeting.needsTrustApproval === null) await session.#askForTrust();
      return session;
    } catch (error) {
      replica[Symbol.dispose]();
      throw error;
    }
  }

  /** What is known of the notebook. */
  get info(): SessionInfo {
    const { daemonVersion, protocol } = this.#core.greeting;
    return {
      notebookId: this.#core.notebookId,
      cellCount: this.#cellCount,
      needsTrustApproval: this.#needsTrustApproval,
      daemonVersion,
      protocol,
    };
  }

  /** Where the session stands. */
  get state(): SessionState {
    return this.#core.state;
  }

  /**
   * Aborted when the session has ended for good, with the reason: a `NotebookdError` of code
   * `closed` after {@linkcode NotebookSession.close}, else of the failure that can't be got over.
   */
  get signal(): AbortSignal {
    return this.#core.signal;
  }

  /** The states that the session enters from now on, for one reader. */
  states(): AsyncIterableIterator<SessionState> {
    return this.#core.states();
  }

  /**
   * What changes from now on, here and elsewhere, for one reader. It ends with the session.
   *
   * A reader that leaves too much unread gets the error `limit_reached`: then read `cells` and ask
   * for changes again.
   *
   * @throws {NotebookdError} with code `closed` when the session was closed.
   */
  changes(): AsyncIterableIterator<NotebookChangeEvent> {
    return this.#replica.changes();
  }

  /**
   * What the daemon tells all windows from now on, for one reader: kernels, progress, trust. Kinds
   * that this build doesn't know are left out. It ends with the session.
   *
   * A reader that leaves too much unread gets the error `limit_reached`.
   */
  broadcasts(): AsyncIterableIterator<NotebookBroadcast> {
    return this.#core.broadcasts();
  }

  /**
   * Asks the daemon to do something. What depends on the document goes out when the daemon has
   * every edit made before, so that it runs and saves what is seen here. While the session is
   * offline, requests wait for the next connection.
   *
   * @param request What to do, tagged by `action`.
   * @param options How long to wait.
   * @returns The response; its type follows from the action.
   * @throws {NotebookdError} with the daemon's code when it refuses, `connection_lost` when the
   * connection ended before the response, `limit_reached` when too many requests wait or this one
   * is too big, and `closed` when the session has ended.
   */
  async request<const R extends NotebookRequest>(
    request: R,
    options: WaitOptions = {},
  ): Promise<ResponseTo<R>> {
    this.beforeEdit();
    const after = readsDocument(request.action) ? { after: this.heads } : {};
    const response = this.#core.requests.submit(request, { ...options, ...after });
    this.#core.wake();
    // The queue lets only responses through whose result fits the action.
    return await response as ResponseTo<R>;
  }

  /**
   * Waits until the daemon has confirmed every edit made here so far, and everything that it
   * announced is here. What it confirmed survives its crash.
   *
   * @param options How long to wait.
   * @throws {NotebookdError} with the reason of the session's end.
   */
  synced(options: WaitOptions = {}): Promise<void> {
    return this.#core.synced(options.signal);
  }

  /**
   * Waits up to five seconds for the daemon to confirm the last edits, then ends the session.
   * Calling it again gives the first call's promise.
   *
   * @throws {NotebookdError} with code `connection_lost` when the last edits weren't confirmed.
   */
  async close(): Promise<void> {
    try {
      await this.#core.close();
    } finally {
      this.#replica[Symbol.dispose]();
    }
  }

  /** The same as {@linkcode NotebookSession.close}. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /**
   * Makes sure that the session still takes edits.
   *
   * @throws {NotebookdError} with code `closed` when it has ended.
   */
  protected override beforeEdit(): void {
    if (!this.signal.aborted) return;
    throw new NotebookdError(
      "closed",
      `The session of the notebook "${this.info.notebookId}" has ended: open it again`,
      { cause: this.signal.reason },
    );
  }

  /** Sends the edit as soon as the connection is free. */
  protected override afterEdit(): void {
    this.#core.edited();
  }

  /** Joining by id, the daemon's answer says nothing of trust. */
  async #askForTrust(): Promise<void> {
    try {
      const { status } = await this.request({ action: "get_trust" });
      this.#needsTrustApproval = status === "untrusted" || status === "signature_invalid";
    } catch (error) {
      // Without an answer nothing counts as approved; only the session's end is a failure.
      if (this.signal.aborted) throw error;
    }
  }
}
