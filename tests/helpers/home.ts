/**
 * A temporary home for one daemon: roots, state, configuration and socket apart from each other and
 * from the person's own.
 *
 * @module
 */

import { join } from "@std/path";

/** What {@linkcode TestHome.make} may be told. */
export interface TestHomeOptions {
  /** True for a socket in the state folder, where it is on systems without a runtime folder. */
  socketInState?: boolean;
}

/** Folders that outlive a daemon, so that a test can start a second one on them. */
export class TestHome implements AsyncDisposable {
  /** The folder that holds everything below. */
  readonly base: string;
  /** The only root the daemon may serve, canonical. */
  readonly root: string;
  /** The state folder; the daemon makes it. */
  readonly state: string;
  /** The configuration folder; the daemon makes it. */
  readonly config: string;
  /** The socket's path, short enough for every system. */
  readonly socket: string;

  private constructor(base: string, options: TestHomeOptions) {
    this.base = base;
    this.root = join(base, "root");
    this.state = join(base, "state");
    this.config = join(base, "config");
    this.socket = join(options.socketInState ? this.state : join(base, "run"), "n.sock");
  }

  /** Makes the folders that a person would have: the home and the root. */
  static async make(options: TestHomeOptions = {}): Promise<TestHome> {
    const base = await Deno.realPath(await Deno.makeTempDir({ prefix: "nbd-" }));
    const home = new TestHome(base, options);
    await Deno.mkdir(home.root);
    return home;
  }

  /** A path inside the root. */
  path(...names: string[]): string {
    return join(this.root, ...names);
  }

  /** Writes a file into the root and gives its path. */
  async write(name: string, content: string | Uint8Array): Promise<string> {
    const path = this.path(name);
    await Deno.writeFile(
      path,
      typeof content === "string" ? new TextEncoder().encode(content) : content,
    );
    return path;
  }

  /** Every name below the root, sorted, with what would show that something was touched. */
  async listing(): Promise<string[]> {
    const lines: string[] = [];
    await list(this.root, "", lines);
    return lines.sort();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.base, { recursive: true });
  }
}

async function list(folder: string, prefix: string, lines: string[]): Promise<void> {
  for await (const entry of Deno.readDir(folder)) {
    const name = `${prefix}${entry.name}`;
    const path = join(folder, entry.name);
    const info = await Deno.lstat(path);
    if (entry.isDirectory) await list(path, `${name}/`, lines);
    else lines.push(`${name} ${info.size} ${info.mtime?.getTime()} ${info.ino} ${info.mode}`);
  }
}
