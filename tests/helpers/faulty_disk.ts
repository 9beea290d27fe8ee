/**
 * A disk in memory that fails, fills up, and loses its power or its process at any step.
 *
 * @module
 */

import { basename, dirname } from "@std/path";
import type { FileStatus, FileSystem, OpenFile, OpenMode } from "../../src/storage/file_system.ts";
import type { FolderListener } from "../../src/storage/folder_watch.ts";
import {
  afterPowerLoss,
  afterProcessDeath,
  changeNames,
  type DiskNode,
  type FileNode,
  type FolderNode,
  makeDurable,
} from "./disk_tree.ts";
import type { SeededRandom } from "../../src/testing_random.ts";

/** A call that reached the disk. */
export interface DiskCall {
  /** Which of the calls of the port, or of an open file. */
  op: keyof FileSystem | Exclude<keyof OpenFile, symbol> | "watch";
  /** What it is about. */
  path: string;
}

/** Where a run stops. */
export interface CrashPoint {
  /** Before which step, counted from 1. */
  step: number;
  /** Whether that step, if it writes bytes, leaves the first half of them. */
  half?: boolean;
}

/** What the code sees from the moment on at which its process is dead. */
export class DiskCrash extends Error {
  override readonly name = "DiskCrash";
}

/** The user that files belong to unless told otherwise. */
const USER = 1000;

const STEPS: ReadonlySet<DiskCall["op"]> = new Set<DiskCall["op"]>([
  "write",
  "truncate",
  "sync",
  "makeFolder",
  "rename",
  "link",
  "remove",
  "chmod",
  "chown",
]);

/** The disk. A crash ends it for its process; {@linkcode FaultyDisk.restart} gives what is left. */
export class FaultyDisk implements FileSystem {
  /** How many steps that change the disk were taken so far. */
  steps = 0;
  /** Where it stops. */
  crash: CrashPoint | null = null;
  /** Gives the error, such as `ENOSPC`, that a call fails with. */
  fail: (call: DiskCall) => string | undefined = () => undefined;
  /** The most bytes that one call writes. */
  maxWrite = Infinity;
  readonly #root: FolderNode;
  readonly #locks = new Map<DiskNode, OpenFile>();
  readonly #watches = new Set<{ folder: string; listener: FolderListener }>();
  #dead = false;
  #time = 0;
  #inodes: number;

  /** Use it without arguments; {@linkcode FaultyDisk.restart} gives it a root. */
  constructor(root?: FolderNode, inodes = 1) {
    this.#inodes = inodes;
    this.#root = root ?? this.#newFolder();
  }

  /** Whether its process is dead. */
  get dead(): boolean {
    return this.#dead;
  }

  /** Ends its process, here and now. */
  kill(): void {
    this.#dead = true;
  }

  /**
   * The disk as the next process finds it. A process that dies leaves all that it wrote; a power
   * loss leaves what was synced, and with a seed any part of the rest.
   */
  restart(lost: "process" | "power", random?: SeededRandom): FaultyDisk {
    this.#dead = true;
    const root = lost === "process"
      ? afterProcessDeath(this.#root)
      : afterPowerLoss(this.#root, random);
    return new FaultyDisk(root, this.#inodes);
  }

  /** Puts folders on the disk, and files where content is given; all of it durable. */
  put(
    path: string,
    content?: string | Uint8Array,
    status: Partial<Pick<FileStatus, "mode" | "uid" | "gid">> = {},
  ): void {
    let folder = this.#root;
    const parts = path.split("/").filter((part) => part !== "");
    const last = content === undefined ? undefined : parts.pop();
    for (const part of parts) {
      const next = folder.entries.get(part) ?? this.#newFolder();
      if (next.kind !== "folder") throw new Error(`Not a folder: "${path}"`);
      changeNames(folder, [[part, next]]);
      makeDurable(folder);
      folder = next;
    }
    if (last === undefined || content === undefined) return;
    const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
    changeNames(folder, [[last, { ...this.#newFile(0o644), bytes, durable: bytes, ...status }]]);
    makeDurable(folder);
    this.#touched(path);
  }

  /** Takes a file, or a folder with all that is in it, off the disk for good. */
  take(path: string): void {
    const folder = this.#folderOf(path);
    changeNames(folder, [[basename(path), null]]);
    makeDurable(folder);
    this.#touched(path);
  }

  /** Tells of what happens in a folder, soon after it happened; the folder must be there. */
  watch(folder: string, listener: FolderListener): AsyncDisposable {
    const error = this.fail({ op: "watch", path: folder });
    if (error !== undefined) throw osError(error);
    this.#folder(folder);
    const watch = { folder, listener };
    this.#watches.add(watch);
    return {
      [Symbol.asyncDispose]: () => {
        this.#watches.delete(watch);
        return Promise.resolve();
      },
    };
  }

  /** How many folders are watched. */
  get watched(): number {
    return this.#watches.size;
  }

  /** What a file holds now, as text; null if it isn't there. */
  text(path: string): string | null {
    const node = this.#find(path);
    return node?.kind === "file" ? new TextDecoder().decode(node.bytes) : null;
  }

  /** Every file, with its path from the root. */
  paths(): string[] {
    const paths: string[] = [];
    function walk(folder: FolderNode, prefix: string): void {
      for (const [name, node] of folder.entries) {
        if (node.kind === "folder") walk(node, `${prefix}/${name}`);
        else paths.push(`${prefix}/${name}`);
      }
    }
    walk(this.#root, "");
    return paths.sort();
  }

  async open(path: string, how: OpenMode, mode = 0o600): Promise<OpenFile> {
    await this.#call({ op: "open", path });
    const there = this.#find(path);
    if (there === undefined) {
      if (how === "existing" || how === "read") throw osError("ENOENT");
      const made = this.#newFile(mode);
      await this.#step(() => changeNames(this.#folderOf(path), [[basename(path), made]]));
      this.#touched(path);
      return this.#handle(made, path, how);
    }
    if (how === "new") throw osError("EEXIST");
    if (there.kind === "folder" && how !== "read") throw osError("EISDIR");
    return this.#handle(there, path, how);
  }

  async readFile(path: string): Promise<Uint8Array> {
    await this.#call({ op: "readFile", path });
    const node = this.#get(path);
    if (node.kind !== "file") throw osError("EISDIR");
    return node.bytes.slice();
  }

  async status(path: string): Promise<FileStatus> {
    await this.#call({ op: "status", path });
    return statusOf(this.#get(path));
  }

  async realPath(path: string): Promise<string> {
    await this.#call({ op: "realPath", path });
    this.#get(path);
    return path;
  }

  async names(path: string): Promise<string[]> {
    await this.#call({ op: "names", path });
    return [...this.#folder(path).entries.keys()];
  }

  async makeFolder(path: string): Promise<void> {
    await this.#call({ op: "makeFolder", path });
    if (this.#find(path) !== undefined) throw osError("EEXIST");
    changeNames(this.#folderOf(path), [[basename(path), this.#newFolder()]]);
  }

  async rename(from: string, to: string): Promise<void> {
    await this.#call({ op: "rename", path: to });
    const node = this.#get(from);
    const there = this.#find(to);
    if (there?.kind === "folder" && there.entries.size > 0) throw osError("ENOTEMPTY");
    if (dirname(from) !== dirname(to)) throw osError("EXDEV");
    changeNames(this.#folderOf(to), [[basename(to), node], [basename(from), null]]);
    this.#touched(from);
    this.#touched(to);
  }

  async link(from: string, to: string): Promise<void> {
    await this.#call({ op: "link", path: to });
    const node = this.#get(from);
    if (this.#find(to) !== undefined) throw osError("EEXIST");
    changeNames(this.#folderOf(to), [[basename(to), node]]);
    this.#touched(to);
  }

  async remove(path: string): Promise<void> {
    await this.#call({ op: "remove", path });
    const node = this.#get(path);
    if (node.kind === "folder" && node.entries.size > 0) throw osError("ENOTEMPTY");
    changeNames(this.#folderOf(path), [[basename(path), null]]);
    this.#touched(path);
  }

  async chmod(path: string, mode: number): Promise<void> {
    await this.#call({ op: "chmod", path });
    this.#get(path).mode = mode;
  }

  async chown(path: string, uid: number, gid: number): Promise<void> {
    await this.#call({ op: "chown", path });
    Object.assign(this.#get(path), { uid, gid });
  }

  #handle(node: DiskNode, path: string, how: OpenMode): OpenFile {
    let position = 0;
    let open = true;
    const call = async (op: DiskCall["op"], half?: () => void) => {
      if (!open) throw osError("EBADF");
      await this.#call({ op, path }, half);
    };
    const put = (file: FileNode, bytes: Uint8Array) => {
      const at = how === "append" ? file.bytes.length : position;
      file.bytes = splice(file.bytes, at, bytes);
      file.modified = ++this.#time;
      position = at + bytes.length;
      this.#touched(path);
    };
    const handle: OpenFile = {
      write: async (bytes) => {
        if (node.kind !== "file" || how === "read") throw osError("EBADF");
        const written = bytes.slice(0, this.maxWrite);
        await call("write", () => put(node, written.slice(0, written.length >> 1)));
        put(node, written);
        return written.length;
      },
      truncate: async (length) => {
        if (node.kind !== "file" || how === "read") throw osError("EBADF");
        await call("truncate");
        node.bytes = node.bytes.slice(0, length);
      },
      sync: async () => {
        await call("sync");
        makeDurable(node);
      },
      status: async () => {
        await call("status");
        return statusOf(node);
      },
      tryLock: async () => {
        await call("tryLock");
        const holder = this.#locks.get(node) ?? handle;
        this.#locks.set(node, holder);
        return holder === handle;
      },
      [Symbol.dispose]: () => {
        open = false;
        if (this.#locks.get(node) === handle) this.#locks.delete(node);
      },
    };
    return handle;
  }

  async #call(call: DiskCall, half?: () => void): Promise<void> {
    // As on a real disk, others get their turn while a call is under way.
    await Promise.resolve();
    if (this.#dead) throw new DiskCrash();
    const error = this.fail(call);
    if (error !== undefined) throw osError(error);
    if (STEPS.has(call.op)) await this.#step(undefined, half);
  }

  async #step(take?: () => void, half?: () => void): Promise<void> {
    await Promise.resolve();
    if (this.#dead) throw new DiskCrash();
    this.steps++;
    if (this.crash?.step === this.steps) {
      if (this.crash.half) half?.();
      this.#dead = true;
      throw new DiskCrash();
    }
    take?.();
  }

  #touched(path: string): void {
    for (const { folder, listener } of this.#watches) {
      const names = new Set([basename(path)]);
      if (folder === dirname(path)) queueMicrotask(() => listener.changed(names));
      if (folder === path && this.#find(path) === undefined) {
        queueMicrotask(() => listener.lost?.());
      }
    }
  }

  #find(path: string): DiskNode | undefined {
    let node: DiskNode = this.#root;
    for (const part of path.split("/").filter((part) => part !== "")) {
      const next: DiskNode | undefined = node.kind === "folder"
        ? node.entries.get(part)
        : undefined;
      if (next === undefined) return undefined;
      node = next;
    }
    return node;
  }

  #get(path: string): DiskNode {
    const node = this.#find(path);
    if (node === undefined) throw osError("ENOENT");
    return node;
  }

  #folder(path: string): FolderNode {
    const node = this.#get(path);
    if (node.kind !== "folder") throw osError("ENOTDIR");
    return node;
  }

  #folderOf(path: string): FolderNode {
    return this.#folder(dirname(path));
  }

  #newFile(mode: number): FileNode {
    const bytes = new Uint8Array();
    return { kind: "file", bytes, durable: bytes, ...this.#newNode(mode) };
  }

  #newFolder(): FolderNode {
    const names = { entries: new Map(), durable: new Map(), unsynced: [] };
    return { kind: "folder", ...names, ...this.#newNode(0o700) };
  }

  #newNode(mode: number) {
    return { ino: this.#inodes++, mode, uid: USER, gid: USER, modified: ++this.#time };
  }
}

function statusOf(node: DiskNode): FileStatus {
  const { kind, mode, uid, gid, ino, modified } = node;
  const size = node.kind === "file" ? node.bytes.length : 0;
  return { kind, size, mode, uid, gid, dev: 1, ino, modified };
}

function splice(into: Uint8Array, at: number, bytes: Uint8Array): Uint8Array {
  const result = new Uint8Array(Math.max(into.length, at + bytes.length));
  result.set(into);
  result.set(bytes, at);
  return result;
}

/** An error as the operating system's errors look. */
export function osError(code: string): Error {
  return Object.assign(new Error(`${code} (injected)`), { code });
}
