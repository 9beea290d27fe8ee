/**
 * The file system as far as notebookd writes to it: small calls, one for each step at which a crash
 * leaves a different disk, so that tests can stop at every one of them.
 *
 * @module
 */

/** What is at a path. */
export type FileKind = "file" | "folder" | "link" | "other";

/** What the operating system says about what is at a path. */
export interface FileStatus {
  /** A link is told as such and not followed. */
  kind: FileKind;
  /** In bytes. */
  size: number;
  /** The permission bits, such as `0o644`. */
  mode: number;
  /** The owner. */
  uid: number;
  /** The group. */
  gid: number;
  /** The device that it is on. */
  dev: number;
  /** The inode; with `dev` it names the file whatever its path. */
  ino: number;
  /** When its content last changed, in milliseconds since the Unix epoch. */
  modified: number;
}

/** How {@linkcode FileSystem.open} opens. */
export type OpenMode =
  /** A new file, for writing; `EEXIST` where anything is, also a link. */
  | "new"
  /** For writing at the end, whatever the end is by then; made if missing. */
  | "append"
  /** For writing from the start, content kept; made if missing. */
  | "update"
  /** For locking; `ENOENT` where nothing is. Never waits for the other end of a pipe. */
  | "existing"
  /** For syncing what others wrote: a file, or a folder and the names in it. */
  | "read";

/** A file that is open. Disposing it closes it, and ends its lock. */
export interface OpenFile extends Disposable {
  /** Writes, and gives how many bytes that was: it may be fewer than there are. */
  write(bytes: Uint8Array): Promise<number>;
  /** Cuts the file off after this many bytes. */
  truncate(length: number): Promise<void>;
  /** Resolves once everything written, through any handle, survives a power loss. */
  sync(): Promise<void>;
  /** See {@linkcode FileStatus}; of the open file, wherever its path leads by now. */
  status(): Promise<FileStatus>;
  /**
   * Takes the exclusive lock, unless another handle has it, in this process or another one. The
   * lock ends with the handle, and so with the process, however that dies.
   */
  tryLock(): Promise<boolean>;
}

/**
 * The calls. Each throws what the operating system says, an error with its name (`ENOSPC`) as
 * `code`. Paths are absolute.
 */
export interface FileSystem {
  /** Opens a file; one that is made gets the mode, less what the umask takes away. */
  open(path: string, how: OpenMode, mode?: number): Promise<OpenFile>;
  /** Reads a whole file. */
  readFile(path: string): Promise<Uint8Array>;
  /** Doesn't follow a link. */
  status(path: string): Promise<FileStatus>;
  /** Gives the path with every link resolved. */
  realPath(path: string): Promise<string>;
  /** Lists the names in a folder, in no order. */
  names(path: string): Promise<string[]>;
  /** Makes one folder, mode 0700; `EEXIST` where anything is. */
  makeFolder(path: string): Promise<void>;
  /** Moves a file over another one, or a folder to a free name, in one step. */
  rename(from: string, to: string): Promise<void>;
  /** Gives a file a second name; `EEXIST` where anything is. */
  link(from: string, to: string): Promise<void>;
  /** Removes a file, a link or an empty folder. */
  remove(path: string): Promise<void>;
  /** Sets the permission bits, whatever the umask. */
  chmod(path: string, mode: number): Promise<void>;
  /** Sets owner and group. */
  chown(path: string, uid: number, gid: number): Promise<void>;
}

/** The mode of files that only the owner of the daemon may read. */
const PRIVATE_MODE = 0o600;

const OPEN_OPTIONS: Readonly<Record<OpenMode, Deno.OpenOptions>> = {
  new: { write: true, createNew: true },
  append: { append: true, create: true },
  update: { read: true, write: true, create: true },
  existing: { read: true, write: true },
  read: { read: true },
};

/** The file system of the machine. */
export const denoFileSystem: FileSystem = {
  async open(path, how, mode = PRIVATE_MODE) {
    const options = OPEN_OPTIONS[how];
    const makes = options.create === true || options.createNew === true;
    return new DenoFile(await Deno.open(path, makes ? { ...options, mode } : options));
  },
  readFile: (path) => Deno.readFile(path),
  status: async (path) => statusOf(await Deno.lstat(path)),
  realPath: (path) => Deno.realPath(path),
  names: (path) => Array.fromAsync(Deno.readDir(path), ({ name }) => name),
  makeFolder: (path) => Deno.mkdir(path, { mode: 0o700 }),
  rename: (from, to) => Deno.rename(from, to),
  link: (from, to) => Deno.link(from, to),
  remove: (path) => Deno.remove(path),
  chmod: (path, mode) => Deno.chmod(path, mode),
  chown: (path, uid, gid) => Deno.chown(path, uid, gid),
};

class DenoFile implements OpenFile {
  readonly #file: Deno.FsFile;

  constructor(file: Deno.FsFile) {
    this.#file = file;
  }

  write(bytes: Uint8Array): Promise<number> {
    return this.#file.write(bytes);
  }

  truncate(length: number): Promise<void> {
    return this.#file.truncate(length);
  }

  sync(): Promise<void> {
    return this.#file.sync();
  }

  async status(): Promise<FileStatus> {
    return statusOf(await this.#file.stat());
  }

  tryLock(): Promise<boolean> {
    return this.#file.tryLock(true);
  }

  [Symbol.dispose](): void {
    this.#file.close();
  }
}

function statusOf(info: Deno.FileInfo): FileStatus {
  return {
    kind: kindOf(info),
    size: info.size,
    mode: (info.mode ?? 0) & 0o7777,
    uid: info.uid ?? 0,
    gid: info.gid ?? 0,
    dev: info.dev,
    ino: info.ino ?? 0,
    modified: info.mtime?.getTime() ?? 0,
  };
}

function kindOf(info: Deno.FileInfo): FileKind {
  if (info.isFile) return "file";
  if (info.isDirectory) return "folder";
  return info.isSymlink ? "link" : "other";
}

/**
 * Writes all of the bytes, in as many calls as it takes.
 *
 * @param file Where to; the bytes follow what the handle wrote before.
 * @param bytes What to write.
 */
export async function writeAll(file: OpenFile, bytes: Uint8Array): Promise<void> {
  for (let written = 0; written < bytes.length;) {
    written += await file.write(bytes.subarray(written));
  }
}
