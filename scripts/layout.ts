/**
 * The folders of `src/`, what each may import, and which of them touch the machine: the one table
 * behind the layer check, the lint rules and the two groups of tests.
 *
 * @module
 */

/** One part of the program: a folder of `src/`, or a file that stands alone there. */
export interface Part {
  /** The parts it may import, or single files of them (`rooms/ports.ts`). */
  readonly imports: readonly string[];
  /** Whether it may use `Deno`, the network, workers and `node:` modules that do I/O. */
  readonly touchesMachine: boolean;
  /** The only files of a part that touch the machine, where it isn't all of them. */
  readonly touchingFiles?: readonly string[];
}

/** Small modules that everything may import. */
const LEAVES = ["errors", "log", "json", "limits", "reasons", "version", "clock", "testing_random"];
const PURE_DATA = [...LEAVES, "wire", "handshake", "ipynb", "trust", "doc"];

/** Every part of `src/`. A part that isn't named here fails the check. */
export const PARTS: Readonly<Record<string, Part>> = {
  errors: pure(),
  json: pure(),
  limits: pure(),
  log: pure(),
  reasons: pure("errors"),
  testing_random: pure(),
  version: pure(),
  clock: pure("errors"),
  config: pure("errors", "limits", "log"),
  permissions: pure("errors", "config"),
  logging: pure("errors", "log", "json"),
  wire: pure(...LEAVES),
  handshake: pure(...LEAVES, "wire"),
  ipynb: pure(...LEAVES),
  trust: pure(...LEAVES, "wire", "ipynb"),
  doc: pure(...LEAVES, "wire", "ipynb", "trust"),
  rooms: pure(...PURE_DATA),
  channels: pure(...PURE_DATA, "rooms"),
  storage: touching(...PURE_DATA, "rooms/ports.ts", "channels/settings_ports.ts"),
  socket: touching(...PURE_DATA, "storage", "channels/connection_port.ts"),
  http: touching(...PURE_DATA, "storage", "channels/services.ts"),
  workers: touching(...PURE_DATA, "rooms", "channels", "storage"),
  client: {
    imports: [...LEAVES, "wire", "handshake", "doc"],
    touchesMachine: false,
    touchingFiles: ["client/connection.ts"],
  },
  daemon: touching(
    ...PURE_DATA,
    "config",
    "rooms",
    "channels",
    "storage",
    "socket",
    "http",
    "workers",
  ),
  cli: {
    imports: [...LEAVES, "config", "handshake", "logging", "client", "daemon"],
    touchesMachine: false,
    touchingFiles: ["cli/terminal.ts"],
  },
};

function pure(...imports: string[]): Part {
  return { imports, touchesMachine: false };
}

function touching(...imports: string[]): Part {
  return { imports, touchesMachine: true };
}

/**
 * Names the part that a source file belongs to: `wire/frame.ts` to `wire`, `config.ts` to `config`.
 *
 * @param file The path of the file within `src/`.
 */
export function partOf(file: string): string {
  const slash = file.indexOf("/");
  return slash === -1 ? file.replace(/(_test)?\.ts$/, "") : file.slice(0, slash);
}

/**
 * Tells whether a source file may touch the machine.
 *
 * @param file The path of the file within `src/`.
 */
export function mayTouchMachine(file: string): boolean {
  const part = PARTS[partOf(file)];
  if (part === undefined) return false;
  return part.touchesMachine || (part.touchingFiles?.includes(file) ?? false);
}

/** The `node:` modules that compute and do nothing else. */
export const PURE_NODE_MODULES: readonly string[] = [
  "node:crypto",
  "node:path",
  "node:util",
  "node:zlib",
];
