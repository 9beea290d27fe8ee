/**
 * The pool channel: untyped frames, one request and one response each, tagged by `type`. And what
 * the channel `pool_state_subscribe` pushes.
 *
 * @module
 */

import { type CellView, cellViewSchema } from "./cell_view.ts";
import {
  count,
  fields,
  flag,
  list,
  literal,
  nullable,
  oneOf,
  optional,
  type Schema,
  text,
} from "./schemas.ts";
import { parseVariant, type VariantSchemas } from "./validate.ts";

/** Which tool made an environment of the pool. */
export type PoolEnvType = "uv" | "conda";

/** An environment of the pool. */
export type PooledEnv = {
  /** Which tool made it. */
  readonly env_type: PoolEnvType;
  /** Its folder. */
  readonly venv_path: string;
  /** Its interpreter. */
  readonly python_path: string;
};

/** How full the pool is. */
export type PoolStats = {
  readonly uv_available: number;
  readonly uv_warming: number;
  readonly conda_available: number;
  readonly conda_warming: number;
  /** Why the last uv environment couldn't be made. */
  readonly uv_error?: string;
  /** Why the last conda environment couldn't be made. */
  readonly conda_error?: string;
};

/** A room that is open. */
export type RoomInfo = {
  /** Its path or UUID. */
  readonly notebook_id: string;
  /** How many connections it has. */
  readonly active_peers: number;
  /** Whether a kernel runs. */
  readonly has_kernel: boolean;
  /** "python" or "deno". */
  readonly kernel_type?: string;
  /** Where the kernel's environment comes from. */
  readonly env_source?: string;
  /** What the kernel does. */
  readonly kernel_status?: string;
};

/** The kernel of an inspected notebook. */
export type InspectedKernel = {
  readonly kernel_type: string;
  readonly env_source: string;
  readonly status: string;
};

/** Any request on the pool channel. */
export type PoolRequest =
  | { readonly type: "ping" }
  | { readonly type: "status" }
  | { readonly type: "list_rooms" }
  | { readonly type: "inspect_notebook"; readonly notebook_id: string }
  | { readonly type: "shutdown_notebook"; readonly notebook_id: string }
  | { readonly type: "shutdown" }
  | { readonly type: "take"; readonly env_type: PoolEnvType }
  | { readonly type: "return"; readonly env: PooledEnv }
  | { readonly type: "flush_pool" };

/** Any response on the pool channel. */
export type PoolResponse =
  | { readonly type: "pong" }
  | { readonly type: "stats"; readonly stats: PoolStats }
  | { readonly type: "rooms_list"; readonly rooms: readonly RoomInfo[] }
  | {
    readonly type: "notebook_state";
    readonly notebook_id: string;
    readonly cells: readonly CellView[];
    readonly source: "live_room" | "persisted_file";
    readonly kernel_info: InspectedKernel | null;
  }
  | { readonly type: "notebook_shutdown"; readonly found: boolean }
  | { readonly type: "shutting_down" }
  | { readonly type: "env"; readonly env: PooledEnv }
  | { readonly type: "empty" }
  | { readonly type: "returned" }
  | { readonly type: "flushed" }
  | { readonly type: "error"; readonly message: string };

/** Why environments of one kind can't be made. */
export type PoolError = {
  /** What went wrong. */
  readonly message: string;
  /** The package at fault, where one is known. */
  readonly failed_package?: string;
  /** How often it went wrong in a row. */
  readonly consecutive_failures: number;
  /** Seconds until the next try. */
  readonly retry_in_secs: number;
};

/** What a subscriber of the pool's state is told: once at the start, then at every change. */
export type PoolStateEvent = {
  readonly event: "pool_state";
  readonly uv_error: PoolError | null;
  readonly conda_error: PoolError | null;
};

const pooledEnv: Schema<PooledEnv> = fields({
  env_type: oneOf(["uv", "conda"]),
  venv_path: text,
  python_path: text,
});

const poolStats: Schema<PoolStats> = fields({
  uv_available: count,
  uv_warming: count,
  conda_available: count,
  conda_warming: count,
  uv_error: optional(text),
  conda_error: optional(text),
});

const roomInfo: Schema<RoomInfo> = fields({
  notebook_id: text,
  active_peers: count,
  has_kernel: flag,
  kernel_type: optional(text),
  env_source: optional(text),
  kernel_status: optional(text),
});

const inspectedKernel: Schema<InspectedKernel> = fields({
  kernel_type: text,
  env_source: text,
  status: text,
});

const POOL_REQUEST_SCHEMAS: VariantSchemas<"type", PoolRequest> = {
  ping: fields({ type: literal("ping") }),
  status: fields({ type: literal("status") }),
  list_rooms: fields({ type: literal("list_rooms") }),
  inspect_notebook: fields({ type: literal("inspect_notebook"), notebook_id: text }),
  shutdown_notebook: fields({ type: literal("shutdown_notebook"), notebook_id: text }),
  shutdown: fields({ type: literal("shutdown") }),
  take: fields({ type: literal("take"), env_type: oneOf(["uv", "conda"]) }),
  return: fields({ type: literal("return"), env: pooledEnv }),
  flush_pool: fields({ type: literal("flush_pool") }),
};

const POOL_RESPONSE_SCHEMAS: VariantSchemas<"type", PoolResponse> = {
  pong: fields({ type: literal("pong") }),
  stats: fields({ type: literal("stats"), stats: poolStats }),
  rooms_list: fields({ type: literal("rooms_list"), rooms: list(roomInfo) }),
  notebook_state: fields({
    type: literal("notebook_state"),
    notebook_id: text,
    cells: list(cellViewSchema),
    source: oneOf(["live_room", "persisted_file"]),
    kernel_info: nullable(inspectedKernel),
  }),
  notebook_shutdown: fields({ type: literal("notebook_shutdown"), found: flag }),
  shutting_down: fields({ type: literal("shutting_down") }),
  env: fields({ type: literal("env"), env: pooledEnv }),
  empty: fields({ type: literal("empty") }),
  returned: fields({ type: literal("returned") }),
  flushed: fields({ type: literal("flushed") }),
  error: fields({ type: literal("error"), message: text }),
};

/**
 * Checks a decoded request of the pool channel.
 *
 * @param value What the connection's codec decoded.
 * @throws {NotebookdError} with code `bad_request`, naming the field and what was expected.
 */
export function parsePoolRequest(value: unknown): PoolRequest {
  return parseVariant<"type", PoolRequest>(value, "type", POOL_REQUEST_SCHEMAS, {
    what: "a pool request",
    code: "bad_request",
  });
}

/**
 * Checks a decoded response of the pool channel, as a client does.
 *
 * @param value What the connection's codec decoded.
 * @throws {NotebookdError} with code `bad_frame`, naming the field and what was expected.
 */
export function parsePoolResponse(value: unknown): PoolResponse {
  return parseVariant<"type", PoolResponse>(value, "type", POOL_RESPONSE_SCHEMAS, {
    what: "a pool response",
    code: "bad_frame",
  });
}
