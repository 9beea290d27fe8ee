/**
 * The local copy of a notebook: what is read, what is edited, and what changed.
 *
 * @module
 */
import { initAutomerge } from "../doc/automerge.ts";
import { CellIndex } from "../doc/cell_index.ts";
import { type NotebookChange, toNotebookChanges } from "../doc/changes.ts";
import { CrdtDocument, ROOT } from "../doc/crdt_document.ts";
import { NotebookEditor } from "../doc/editor.ts";
import { ROOT_KEYS } from "../doc/schema.ts";
import {
  cellCount,
  readCellObject,
  readCells,
  readNotebookMetadata,
  readRuntime,
  readSnapshotText,
  readString,
} from "../doc/snapshot.ts";
import { SyncPeer } from "../doc/sync.ts";
import { NotebookdError } from "../errors.ts";
import type { JsonObject } from "../json.ts";
import { type Cell, toCell } from "./cells.ts";
import type { EventStream } from "./event_stream.ts";
import { mergedMetadata } from "./metadata.ts";
import { Subscribers } from "./subscribers.ts";

/** Who made a change of the notebook. */
export interface ChangeOrigin {
  /** Whether this session made it. */
  readonly local: boolean;
  /** The actors that made it: one for each session, daemon or import that had a hand in it. */
  readonly actors: readonly string[];
}

/** Something changed in the notebook. */
export interface NotebookChangeEvent {
  /** What changed, in the order in which to apply it. */
  readonly changes: readonly NotebookChange[];
  /** Who changed it. */
  readonly origin: ChangeOrigin;
}

const CHANGES = { name: "changes", limits: { items: 10_000, weight: 16 * 1024 * 1024 } };

/** About the bytes of a small object. */
const OBJECT_BYTES = 64;

/** The sync state of one connection, as the connection sees it. */
export interface ReplicaPeer {
  /** Whether the document contains all that the daemon announced. */
  readonly caughtUp: boolean;
  /** Whether the daemon has said that it has these heads. */
  confirmed(heads: readonly string[]): boolean;
  /**
   * Takes in a sync message.
   *
   * @throws {NotebookdError} with code `bad_sync_message` when it is garbage.
   */
  receive(message: Uint8Array): void;
  /** Makes the next message, which must then be written; null if there is nothing to say. */
  generate(): Uint8Array | null;
}

/** The local copy of a notebook. */
export class Replica implements Disposable {
  readonly #document: CrdtDocument;
  readonly #editor: NotebookEditor;
  readonly #index: CellIndex;
  readonly #changes = new Subscribers<NotebookChangeEvent>(CHANGES);
  #cells: { readonly heads: string; readonly cells: readonly Cell[] } | undefined;
  #disposed = false;

  private constructor(document: CrdtDocument, now: () => number) {
    this.#document = document;
    this.#index = new CellIndex(document);
    this.#editor = new NotebookEditor(document, { now: () => Math.floor(now() / 1000) });
  }

  /**
   * Makes an empty copy with an actor of its own.
   *
   * @param now The time that edits carry, in milliseconds since 1970.
   */
  static async create(now: () => number): Promise<Replica> {
    await initAutomerge();
    return new Replica(CrdtDocument.create(), now);
  }

  /** The hashes of the newest changes. */
  get heads(): readonly string[] {
    return this.#open().heads();
  }

  /** The notebook's id as the document has it, or null where it has none yet. */
  get notebookId(): string | null {
    return readString(this.#open(), ROOT, ROOT_KEYS.notebookId);
  }

  /** How many cells there are. */
  get cellCount(): number {
    return cellCount(this.#open());
  }

  /** All cells, in order; made anew only after a change. */
  get cells(): readonly Cell[] {
    const heads = this.heads.join();
    if (this.#cells?.heads !== heads) {
      const cells = Object.freeze(readCells(this.#open()).map(toCell));
      this.#cells = { heads, cells };
    }
    return this.#cells.cells;
  }

  /** One cell, or undefined where there is none with this id. Costs one cell, not the notebook. */
  cell(id: string): Cell | undefined {
    const document = this.#open();
    const found = this.#index.find(id);
    return found === null ? undefined : toCell(readCellObject(document, found.object));
  }

  /** Where a cell is, or undefined where there is none with this id. */
  indexOf(id: string): number | undefined {
    this.#open();
    return this.#index.find(id)?.index;
  }

  /** "python", "deno" or another. */
  get runtime(): string {
    return readRuntime(this.#open());
  }

  /** The notebook's metadata, as its file has it. */
  get metadata(): JsonObject {
    return mergedMetadata(readNotebookMetadata(this.#open()));
  }

  /** The JSON text of the metadata snapshot, or null where there is none yet. */
  get snapshotText(): string | null {
    return readSnapshotText(this.#open());
  }

  /**
   * Edits the document and tells the readers of changes.
   *
   * @param work The edit. What it did before it threw stays.
   * @param changed Called when the document is another one now.
   * @returns What the edit gives.
   */
  edit<T>(work: (editor: NotebookEditor) => T, changed: () => void): T {
    const document = this.#open();
    const before = document.heads();
    try {
      return work(this.#editor);
    } finally {
      if (before.join() !== document.heads().join()) {
        this.#publish(before, { local: true });
        changed();
      }
    }
  }

  /** A stream of the changes made from now on, here and elsewhere. */
  changes(): EventStream<NotebookChangeEvent> {
    const document = this.#open();
    document.recordPatches();
    return this.#changes.subscribe();
  }

  /** The sync state for a new connection. */
  newPeer(): ReplicaPeer {
    const document = this.#open();
    const peer = new SyncPeer(document);
    return {
      get caughtUp() {
        return peer.covered;
      },
      confirmed: (heads) => confirmed(document, peer, heads),
      receive: (message) => {
        const before = document.heads();
        peer.receive(message);
        this.#publish(before, { local: false });
      },
      generate: () => peer.generate(),
    };
  }

  /**
   * Ends the streams of changes; what the document holds can still be read.
   *
   * @param reason What their readers get; undefined where they simply finish.
   */
  end(reason: unknown): void {
    this.#changes.end(reason);
  }

  /** Frees the document. */
  [Symbol.dispose](): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#cells = undefined;
    this.#document[Symbol.dispose]();
  }

  #publish(before: readonly string[], { local }: { local: boolean }): void {
    const patches = this.#document.takePatches();
    if (this.#changes.none || patches.length === 0) return;
    const changes = toNotebookChanges(this.#document, patches);
    if (changes.length === 0) return;
    const origins = this.#document.changesSince(before);
    const actors = [...new Set(origins.map(({ actor }) => actor))];
    this.#changes.publish({ changes, origin: { local, actors } }, weigh(changes));
  }

  #open(): CrdtDocument {
    if (!this.#disposed) return this.#document;
    throw new NotebookdError("closed", "The session was closed: open the notebook again");
  }
}

/** The daemon has what it announced and everything that came before. */
function confirmed(document: CrdtDocument, peer: SyncPeer, heads: readonly string[]): boolean {
  const { announced } = peer;
  if (announced === null || !peer.covered) return false;
  if (peer.theyHave(heads)) return true;
  const lacking = new Set(document.changesSince(announced).map(({ hash }) => hash));
  return heads.every((head) => !lacking.has(head));
}

/** About the bytes that an event keeps in memory while nobody reads it. */
function weigh(changes: readonly NotebookChange[]): number {
  return changes.reduce((sum, change) => {
    const splices = change.type === "source_changed" ? change.splices : [];
    return splices.reduce((total, { insert }) => total + OBJECT_BYTES + insert.length, sum) +
      OBJECT_BYTES;
  }, OBJECT_BYTES);
}
