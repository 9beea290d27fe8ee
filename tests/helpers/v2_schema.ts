/**
 * The closed schema of protocol v2: everything that may be sent to a connection whose handshake
 * carried no features. A v2 client drops its connection at a broadcast it can't parse, so one frame
 * that isn't in here is a client lost.
 *
 * @module
 */

import * as v from "valibot";
import { fromJson, TYPE } from "./bytes.ts";

const text = v.string();
const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const texts = v.array(text);

/** The answer to `open_notebook` and `create_notebook`; the last two keys are additions to it. */
export const infoSchema = v.strictObject({
  protocol: v.literal("v2"),
  notebook_id: text,
  cell_count: count,
  needs_trust_approval: v.boolean(),
  error: v.optional(text),
  daemon_version: v.optional(text),
  error_code: v.optional(text),
});

/** The answer to `notebook_sync`. */
export const capabilitiesSchema = v.union([
  v.strictObject({ protocol: v.literal("v2") }),
  v.strictObject({ protocol: v.literal("v2"), error: text, error_code: text }),
]);

const launchedConfig = v.strictObject({
  uv_deps: v.optional(texts),
  conda_deps: v.optional(texts),
  conda_channels: v.optional(texts),
  deno_config: v.optional(v.strictObject({
    permissions: texts,
    import_map: v.optional(text),
    config: v.optional(text),
    flexible_npm_imports: v.boolean(),
  })),
  venv_path: v.optional(text),
  python_path: v.optional(text),
  launch_id: v.optional(text),
});

function response<Tag extends string, Fields extends v.ObjectEntries>(tag: Tag, fields: Fields) {
  return v.strictObject({
    result: v.literal(tag),
    id: v.optional(v.union([text, v.number()])),
    ...fields,
  });
}

/** Every response; `id` is there only where the request carried one. */
export const responseSchema = v.variant("result", [
  response("kernel_launched", {
    kernel_type: text,
    env_source: text,
    launched_config: launchedConfig,
  }),
  response("kernel_already_running", {
    kernel_type: text,
    env_source: text,
    launched_config: launchedConfig,
  }),
  response("cell_queued", { cell_id: text }),
  response("all_cells_queued", { count }),
  response("outputs_cleared", { cell_id: text }),
  response("interrupt_sent", {}),
  response("kernel_shutting_down", {}),
  response("no_kernel", {}),
  response("kernel_info", {
    kernel_type: v.nullable(text),
    env_source: v.nullable(text),
    status: text,
  }),
  response("queue_state", { executing: v.nullable(text), queued: texts }),
  response("ok", {}),
  response("history_result", {
    entries: v.array(v.strictObject({ session: v.number(), line: v.number(), source: text })),
  }),
  response("completion_result", {
    items: v.array(v.strictObject({
      label: text,
      kind: v.optional(text),
      detail: v.optional(text),
      source: v.optional(text),
    })),
    cursor_start: count,
    cursor_end: count,
  }),
  response("notebook_saved", {
    path: text,
    formatted: v.optional(v.boolean()),
    format_error: v.optional(text),
  }),
  response("notebook_cloned", { path: text }),
  response("sync_environment_started", { packages: texts }),
  response("sync_environment_complete", { synced_packages: texts }),
  response("sync_environment_failed", { error: text, needs_restart: v.boolean() }),
  response("trust_approved", { trust_signature: text, trust_timestamp: text }),
  response("trust", {
    status: v.picklist(["trusted", "untrusted", "signature_invalid", "no_dependencies"]),
    uv_dependencies: texts,
    conda_dependencies: texts,
    conda_channels: texts,
  }),
  response("conflict_resolved", {}),
  response("autosave_set", { enabled: v.boolean() }),
  response("save_state", {
    state: v.picklist(["saved", "unsaved", "conflict", "failed"]),
    path: v.optional(text),
    error: v.optional(text),
    autosave: v.boolean(),
    conflicts: v.array(v.strictObject({ cell_id: v.nullable(text), path: texts })),
  }),
  response("error", { error: text, error_code: v.optional(text) }),
]);

const cell = v.strictObject({
  id: text,
  cell_type: text,
  source: text,
  execution_count: text,
  outputs: texts,
});

const comm = v.strictObject({
  comm_id: text,
  target_name: text,
  state: v.unknown(),
  model_module: v.optional(text),
  model_name: v.optional(text),
  buffers: v.optional(v.array(v.array(count))),
});

function progress<Phase extends string, Fields extends v.ObjectEntries>(
  phase: Phase,
  fields: Fields,
) {
  return v.strictObject({
    event: v.literal("env_progress"),
    env_type: text,
    phase: v.literal(phase),
    ...fields,
  });
}

const progressSchema = v.variant("phase", [
  progress("starting", { env_hash: text }),
  progress("cache_hit", { env_path: text }),
  progress("fetching_repodata", { channels: texts }),
  progress("repodata_complete", { record_count: count, elapsed_ms: count }),
  progress("solving", { spec_count: count }),
  progress("solve_complete", { package_count: count, elapsed_ms: count }),
  progress("installing", { total: count }),
  progress("download_progress", {
    completed: count,
    total: count,
    current_package: text,
    bytes_downloaded: count,
    bytes_total: v.nullable(count),
    bytes_per_second: v.number(),
  }),
  progress("link_progress", { completed: count, total: count, current_package: text }),
  progress("install_complete", { elapsed_ms: count }),
  progress("creating_venv", {}),
  progress("installing_packages", { packages: texts }),
  progress("ready", { env_path: text, python_path: text }),
  progress("error", { message: text }),
]);

function broadcast<Event extends string, Fields extends v.ObjectEntries>(
  event: Event,
  fields: Fields,
) {
  return v.strictObject({ event: v.literal(event), ...fields });
}

/** Every broadcast that a v2 client can parse. */
export const broadcastSchema = v.variant("event", [
  broadcast("kernel_status", { status: text, cell_id: v.nullable(text) }),
  broadcast("execution_started", { cell_id: text, execution_count: count }),
  broadcast("output", {
    cell_id: text,
    output_type: text,
    output_json: text,
    output_index: v.optional(count),
  }),
  broadcast("display_update", { display_id: text, data: v.unknown(), metadata: v.unknown() }),
  broadcast("execution_done", { cell_id: text }),
  broadcast("queue_changed", { executing: v.nullable(text), queued: texts }),
  broadcast("kernel_error", { error: text }),
  broadcast("outputs_cleared", { cell_id: text }),
  broadcast("comm", { msg_type: text, content: v.unknown(), buffers: v.array(v.array(count)) }),
  broadcast("comm_sync", { comms: v.pipe(v.array(comm), v.minLength(1)) }),
  broadcast("file_changed", { cells: v.array(cell), metadata: v.optional(v.unknown()) }),
  broadcast("env_sync_state", {
    in_sync: v.boolean(),
    diff: v.optional(v.strictObject({
      added: texts,
      removed: texts,
      channels_changed: v.boolean(),
      deno_changed: v.boolean(),
    })),
  }),
  progressSchema,
]);

const poolError = v.strictObject({
  message: text,
  failed_package: v.optional(text),
  consecutive_failures: count,
  retry_in_secs: count,
});

/** Every answer of the pool channel. */
export const poolSchema = v.variant("type", [
  v.strictObject({ type: v.literal("pong") }),
  v.strictObject({
    type: v.literal("stats"),
    stats: v.strictObject({
      uv_available: count,
      uv_warming: count,
      conda_available: count,
      conda_warming: count,
      uv_error: v.optional(poolError),
      conda_error: v.optional(poolError),
    }),
  }),
  v.strictObject({
    type: v.literal("rooms_list"),
    rooms: v.array(v.strictObject({
      notebook_id: text,
      active_peers: count,
      has_kernel: v.boolean(),
      kernel_type: v.optional(text),
      env_source: v.optional(text),
      kernel_status: v.optional(text),
    })),
  }),
  v.strictObject({
    type: v.literal("notebook_state"),
    notebook_id: text,
    cells: v.array(cell),
    source: v.picklist(["live_room", "persisted_file"]),
    kernel_info: v.nullable(v.strictObject({ kernel_type: text, env_source: text, status: text })),
  }),
  v.strictObject({ type: v.literal("notebook_shutdown"), found: v.boolean() }),
  v.strictObject({ type: v.literal("shutting_down") }),
  v.strictObject({
    type: v.literal("env"),
    env: v.strictObject({ env_type: text, venv_path: text, python_path: text }),
  }),
  v.strictObject({ type: v.literal("empty") }),
  v.strictObject({ type: v.literal("returned") }),
  v.strictObject({ type: v.literal("flushed") }),
  v.strictObject({ type: v.literal("error"), message: text }),
]);

/** What `pool_state_subscribe` pushes. */
export const poolStateSchema = v.strictObject({
  event: v.literal("pool_state"),
  uv_error: v.nullable(poolError),
  conda_error: v.nullable(poolError),
});

/** One answer of the pool channel. */
export type PoolAnswer = v.InferOutput<typeof poolSchema>;

/** One response to a request. */
export type Response = v.InferOutput<typeof responseSchema>;

/** One broadcast. */
export type Broadcast = v.InferOutput<typeof broadcastSchema>;

/** A typed frame of the daemon, checked. */
export type CheckedFrame =
  | { type: "sync"; message: Uint8Array }
  | { type: "response"; response: Response }
  | { type: "broadcast"; broadcast: Broadcast };

/**
 * Checks a typed frame that a connection without features got.
 *
 * @param payload The frame's payload, with its type byte.
 * @throws {Error} when a v2 client couldn't read it.
 */
export function checkFrame(payload: Uint8Array): CheckedFrame {
  const body = payload.subarray(1);
  switch (payload[0]) {
    case TYPE.sync:
      return { type: "sync", message: body };
    case TYPE.response:
      return { type: "response", response: v.parse(responseSchema, fromJson(body)) };
    case TYPE.broadcast:
      return { type: "broadcast", broadcast: v.parse(broadcastSchema, fromJson(body)) };
    default:
      throw new Error(`No v2 client knows frames of type "${payload[0]}"`);
  }
}
