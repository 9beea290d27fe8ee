/**
 * A notebook as a program reads and edits it, whoever else does at the same time.
 *
 * @module
 */
import type { NotebookEditor } from "../doc/editor.ts";
import { NotebookdError } from "../errors.ts";
import type { PackageManager } from "../handshake/runtime.ts";
import type { JsonObject, JsonValue } from "../json.ts";
import type { Cell, CellType } from "./cells.ts";
import { belongsInSnapshot, isSnapshotKey, withDependencies, withSnapshotKey } from "./metadata.ts";
import type { Replica } from "./replica.ts";

/** A cell to insert, and where. */
export interface InsertCellOptions {
  /** What kind of cell. Default: "code". */
  readonly cellType?: CellType;
  /** Its source. Default: empty. */
  readonly source?: string;
  /** The position it will have, from 0. Default: at the end. */
  readonly index?: number;
  /** The id of the cell it comes after; used only without `index`. */
  readonly after?: string;
  /** Its id, one that no cell of the notebook has. Default: a new UUID. */
  readonly id?: string;
}

/**
 * The local copy of a notebook, to read and to edit. What is read is always the present state. An
 * edit takes effect here at once, and merges with what others do.
 */
export abstract class EditableNotebook {
  readonly #replica: Replica;

  /**
   * Shows a local copy. Programs get theirs from `openNotebook` and its like.
   *
   * @param replica The local copy.
   */
  constructor(replica: Replica) {
    this.#replica = replica;
  }

  /** Called before an edit; throws where none can be made any more. */
  protected abstract beforeEdit(): void;

  /** Called after an edit that changed something. */
  protected abstract afterEdit(): void;

  /**
   * All cells, in order, as they are now. They are read when they are asked for, and read again
   * only after a change: for one cell of a big notebook use {@linkcode EditableNotebook.cell}.
   */
  get cells(): readonly Cell[] {
    return this.#replica.cells;
  }

  /**
   * One cell as it is now. What that costs doesn't grow with the notebook.
   *
   * @param id The cell's id.
   * @returns The cell, or undefined when there is none with this id.
   */
  cell(id: string): Cell | undefined {
    return this.#replica.cell(id);
  }

  /** What runs the notebook: "python", "deno" or another word that its file has. */
  get runtime(): string {
    return this.#replica.runtime;
  }

  /** The notebook's metadata as its file has it, kernelspec and dependencies included. */
  get metadata(): JsonObject {
    return this.#replica.metadata;
  }

  /** The hashes of the newest changes: two copies with equal heads are equal. */
  get heads(): readonly string[] {
    return this.#replica.heads;
  }

  /**
   * Inserts a cell.
   *
   * @param options The cell, and where it goes.
   * @returns The cell's id.
   * @throws {NotebookdError} with code `invalid_argument` when the id is taken, the index is out of
   * range or there is no cell `after`; `closed` when the session has ended.
   */
  insertCell(options: InsertCellOptions = {}): string {
    const { cellType, source, id } = options;
    return this.#edit((editor) =>
      editor.insertCell(this.#position(options), {
        ...(cellType === undefined ? {} : { cell_type: cellType }),
        ...(source === undefined ? {} : { source }),
        ...(id === undefined ? {} : { id }),
      })
    );
  }

  /**
   * Deletes a cell.
   *
   * @param id The cell's id.
   * @throws {NotebookdError} with code `invalid_argument` when there is no such cell; `closed` when
   * the session has ended.
   */
  deleteCell(id: string): void {
    this.#edit((editor) => editor.deleteCell(id));
  }

  /**
   * Moves a cell. What others type into it at the same moment is lost.
   *
   * @param id The cell's id.
   * @param index The position it will have, from 0.
   * @throws {NotebookdError} with code `invalid_argument` when there is no such cell or the index is
   * out of range; `closed` when the session has ended.
   */
  moveCell(id: string, index: number): void {
    this.#edit((editor) => editor.moveCell(id, index));
  }

  /**
   * Replaces part of a cell's source: what an editor does at a keystroke.
   *
   * @param id The cell's id.
   * @param index Where, in UTF-16 units as in JavaScript strings.
   * @param deleteCount How many units are taken away.
   * @param text What comes in their place.
   * @throws {NotebookdError} with code `invalid_argument` when there is no such cell or range;
   * `closed` when the session has ended.
   */
  splice(id: string, index: number, deleteCount: number, text: string): void {
    this.#edit((editor) => editor.spliceSource(id, index, deleteCount, text));
  }

  /**
   * Makes a cell's source this text. Only the part that differs is replaced, so that it merges with
   * what others type elsewhere in the cell.
   *
   * @param id The cell's id.
   * @param source The new source.
   * @throws {NotebookdError} with code `invalid_argument` when there is no such cell; `closed` when
   * the session has ended.
   */
  setSource(id: string, source: string): void {
    this.#edit((editor) => editor.setSource(id, source));
  }

  /**
   * Makes a cell one of another kind; its source stays.
   *
   * @param id The cell's id.
   * @param cellType The new kind.
   * @throws {NotebookdError} with code `invalid_argument` when there is no such cell; `closed` when
   * the session has ended.
   */
  setCellType(id: string, cellType: CellType): void {
    this.#edit((editor) => editor.setCellType(id, cellType));
  }

  /**
   * Sets a key of a cell's metadata.
   *
   * @param id The cell's id.
   * @param key The key.
   * @param value Its value; undefined removes it.
   * @throws {NotebookdError} with code `invalid_argument` when there is no such cell; `closed` when
   * the session has ended.
   */
  setCellMetadata(id: string, key: string, value: JsonValue | undefined): void {
    this.#edit((editor) => editor.setCellMetadata(id, key, value));
  }

  /**
   * Takes a cell's outputs and its execution count away.
   *
   * @param id The cell's id.
   * @throws {NotebookdError} with code `invalid_argument` when there is no such cell; `closed` when
   * the session has ended.
   */
  clearOutputs(id: string): void {
    this.#edit((editor) => editor.clearOutputs(id));
  }

  /**
   * Sets a key of the notebook's metadata.
   *
   * @param key The key, such as "title" or "kernelspec".
   * @param value Its value; undefined removes it.
   * @throws {NotebookdError} with code `closed` when the session has ended.
   */
  setMetadata(key: string, value: JsonValue | undefined): void {
    this.#edit((editor) => {
      const inSnapshot = belongsInSnapshot(key, value);
      if (isSnapshotKey(key)) {
        const entry = inSnapshot ? value as JsonObject : undefined;
        editor.setSnapshot(withSnapshotKey(this.#replica.snapshotText, key, entry));
      }
      editor.setNotebookMetadata(key, inSnapshot ? undefined : value);
    });
  }

  /**
   * Sets what the notebook depends on. That takes trust away until someone approves the new list.
   *
   * @param manager The tool that installs them.
   * @param dependencies Each as the tool writes it: "pandas>=2".
   * @param options For conda and pixi: the channels; left out, they stay.
   * @throws {NotebookdError} with code `closed` when the session has ended.
   */
  setDependencies(
    manager: PackageManager,
    dependencies: readonly string[],
    options: { readonly channels?: readonly string[] } = {},
  ): void {
    this.#edit((editor) => {
      const text = this.#replica.snapshotText;
      editor.setSnapshot(withDependencies(text, manager, dependencies, options.channels));
    });
  }

  #edit<T>(work: (editor: NotebookEditor) => T): T {
    this.beforeEdit();
    return this.#replica.edit(work, () => this.afterEdit());
  }

  #position({ index, after }: InsertCellOptions): number {
    if (index !== undefined) return index;
    if (after === undefined) return this.#replica.cellCount;
    const found = this.#replica.indexOf(after);
    if (found !== undefined) return found + 1;
    throw new NotebookdError(
      "invalid_argument",
      `Cannot insert a cell after "${after}": there is no such cell, read the cells again`,
    );
  }
}
