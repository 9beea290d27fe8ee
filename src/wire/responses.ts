/**
 * The daemon's answers to requests: frames of type 0x02, tagged by `result`.
 *
 * @module
 */

import type { ErrorCode } from "../errors.ts";
import type { Codec } from "./codec.ts";
import { type RequestId, requestIdOf } from "./requests.ts";
import { SAVE_STATES, type SaveState } from "./save_state.ts";
import {
  count,
  errorCode,
  fields,
  flag,
  integer,
  list,
  literal,
  nullable,
  oneOf,
  optional,
  type Schema,
  text,
  texts,
} from "./schemas.ts";
import { parseVariant, type VariantSchemas } from "./validate.ts";

/** What a Deno kernel was launched with. */
export type DenoLaunchConfig = {
  /** Deno's permission flags. */
  readonly permissions: readonly string[];
  /** Path or text of an import map. */
  readonly import_map?: string;
  /** Path of a deno.json. */
  readonly config?: string;
  /** Whether npm packages may be imported by their bare names. */
  readonly flexible_npm_imports: boolean;
};

/** What a kernel was launched with, to tell later what changed since. */
export type LaunchedConfig = {
  /** Dependencies that uv installed. */
  readonly uv_deps?: readonly string[];
  /** Dependencies that conda installed. */
  readonly conda_deps?: readonly string[];
  /** Channels that conda took them from. */
  readonly conda_channels?: readonly string[];
  /** For a Deno kernel. */
  readonly deno_config?: DenoLaunchConfig;
  /** Folder of the virtual environment. */
  readonly venv_path?: string;
  /** Its interpreter. */
  readonly python_path?: string;
  /** One launch, told from another. */
  readonly launch_id?: string;
};

/** One entry of the kernel's history. */
export type HistoryEntry = {
  /** The kernel's session; 0 is the present one. */
  readonly session: number;
  /** Number of the entry in its session. */
  readonly line: number;
  /** What was run. */
  readonly source: string;
};

/** One completion. */
export type CompletionItem = {
  /** What is put in. */
  readonly label: string;
  /** "function", "module", … */
  readonly kind?: string;
  /** A signature or type. */
  readonly detail?: string;
  /** Who suggested it. */
  readonly source?: string;
};

/** The verdicts on a notebook's dependencies. */
export const TRUST_STATUSES = [
  "trusted",
  "untrusted",
  "signature_invalid",
  "no_dependencies",
] as const;

/** One of {@linkcode TRUST_STATUSES}. */
export type TrustStatus = typeof TRUST_STATUSES[number];

/** A kernel that was started, or ran already. */
export type KernelResponse = {
  readonly result: "kernel_launched" | "kernel_already_running";
  /** "python" or "deno". */
  readonly kernel_type: string;
  /** Where its environment comes from. */
  readonly env_source: string;
  /** What it was launched with. */
  readonly launched_config: LaunchedConfig;
};

/** A request that failed. */
export type ErrorResponse = {
  readonly result: "error";
  /** What was tried, with which value, and what to do next. */
  readonly error: string;
  /** The stable code of the failure. An addition to protocol v2. */
  readonly error_code?: ErrorCode;
};

/** Any answer to a request. */
export type NotebookResponse =
  | (KernelResponse & { readonly result: "kernel_launched" })
  | (KernelResponse & { readonly result: "kernel_already_running" })
  | { readonly result: "cell_queued"; readonly cell_id: string }
  | { readonly result: "all_cells_queued"; readonly count: number }
  | { readonly result: "outputs_cleared"; readonly cell_id: string }
  | { readonly result: "interrupt_sent" }
  | { readonly result: "kernel_shutting_down" }
  | { readonly result: "no_kernel" }
  | {
    readonly result: "kernel_info";
    readonly kernel_type: string | null;
    readonly env_source: string | null;
    /** "not_started" without a kernel. */
    readonly status: string;
  }
  | {
    readonly result: "queue_state";
    /** Id of the cell that runs. */
    readonly executing: string | null;
    /** Ids of the cells that wait, first come first. */
    readonly queued: readonly string[];
  }
  | { readonly result: "ok" }
  | { readonly result: "history_result"; readonly entries: readonly HistoryEntry[] }
  | {
    readonly result: "completion_result";
    readonly items: readonly CompletionItem[];
    /** Where the text to replace starts, in Unicode code points. */
    readonly cursor_start: number;
    /** Where it ends. */
    readonly cursor_end: number;
  }
  | {
    readonly result: "notebook_saved";
    readonly path: string;
    /** Whether the code was formatted, if that was asked. An addition to protocol v2. */
    readonly formatted?: boolean;
    /** What the formatter couldn't do. An addition to protocol v2. */
    readonly format_error?: string;
  }
  | { readonly result: "notebook_cloned"; readonly path: string }
  | { readonly result: "sync_environment_started"; readonly packages: readonly string[] }
  | { readonly result: "sync_environment_complete"; readonly synced_packages: readonly string[] }
  | {
    readonly result: "sync_environment_failed";
    readonly error: string;
    /** Whether starting the kernel anew would bring the packages. */
    readonly needs_restart: boolean;
  }
  | ErrorResponse
  | {
    /** An addition to protocol v2. */
    readonly result: "trust_approved";
    /** "hmac-sha256:" and 64 hex digits. */
    readonly trust_signature: string;
    /** RFC 3339. */
    readonly trust_timestamp: string;
  }
  | {
    /** An addition to protocol v2. */
    readonly result: "trust";
    readonly status: TrustStatus;
    readonly uv_dependencies: readonly string[];
    readonly conda_dependencies: readonly string[];
    readonly conda_channels: readonly string[];
  }
  /** An addition to protocol v2. */
  | { readonly result: "conflict_resolved" }
  /** An addition to protocol v2. */
  | { readonly result: "autosave_set"; readonly enabled: boolean }
  | SaveStateResponse;

/** How a notebook stands to its file. An addition to protocol v2. */
export type SaveStateResponse = {
  readonly result: "save_state";
  readonly state: SaveState;
  /** The file; absent as long as the notebook is untitled. */
  readonly path?: string;
  /** Why it isn't saved. */
  readonly error?: string;
  /** Whether the notebook saves itself. */
  readonly autosave: boolean;
  /** What somebody has to decide with `resolve_conflict`. */
  readonly conflicts: readonly ConflictPlace[];
};

/** Where both sides changed something. */
export type ConflictPlace = {
  /** The cell, or null for the notebook as a whole. */
  readonly cell_id: string | null;
  /** The field, and the keys inside it. */
  readonly path: readonly string[];
};

/** A response as it came. */
export interface ParsedResponse {
  /** What the daemon answers. */
  readonly response: NotebookResponse;
  /** The number of the request, if it had one. */
  readonly id?: RequestId;
}

const launchedConfig: Schema<LaunchedConfig> = fields({
  uv_deps: optional(texts),
  conda_deps: optional(texts),
  conda_channels: optional(texts),
  deno_config: optional(fields({
    permissions: texts,
    import_map: optional(text),
    config: optional(text),
    flexible_npm_imports: flag,
  })),
  venv_path: optional(text),
  python_path: optional(text),
  launch_id: optional(text),
});

const completionItem: Schema<CompletionItem> = fields({
  label: text,
  kind: optional(text),
  detail: optional(text),
  source: optional(text),
});

const RESPONSE_SCHEMAS: VariantSchemas<"result", NotebookResponse> = {
  kernel_launched: kernel("kernel_launched"),
  kernel_already_running: kernel("kernel_already_running"),
  cell_queued: fields({ result: literal("cell_queued"), cell_id: text }),
  all_cells_queued: fields({ result: literal("all_cells_queued"), count }),
  outputs_cleared: fields({ result: literal("outputs_cleared"), cell_id: text }),
  interrupt_sent: fields({ result: literal("interrupt_sent") }),
  kernel_shutting_down: fields({ result: literal("kernel_shutting_down") }),
  no_kernel: fields({ result: literal("no_kernel") }),
  kernel_info: fields({
    result: literal("kernel_info"),
    kernel_type: nullable(text),
    env_source: nullable(text),
    status: text,
  }),
  queue_state: fields({
    result: literal("queue_state"),
    executing: nullable(text),
    queued: texts,
  }),
  ok: fields({ result: literal("ok") }),
  history_result: fields({
    result: literal("history_result"),
    entries: list(fields({ session: integer, line: integer, source: text })),
  }),
  completion_result: fields({
    result: literal("completion_result"),
    items: list(completionItem),
    cursor_start: count,
    cursor_end: count,
  }),
  notebook_saved: fields({
    result: literal("notebook_saved"),
    path: text,
    formatted: optional(flag),
    format_error: optional(text),
  }),
  notebook_cloned: fields({ result: literal("notebook_cloned"), path: text }),
  sync_environment_started: fields({
    result: literal("sync_environment_started"),
    packages: texts,
  }),
  sync_environment_complete: fields({
    result: literal("sync_environment_complete"),
    synced_packages: texts,
  }),
  sync_environment_failed: fields({
    result: literal("sync_environment_failed"),
    error: text,
    needs_restart: flag,
  }),
  error: fields({ result: literal("error"), error: text, error_code: optional(errorCode) }),
  trust_approved: fields({
    result: literal("trust_approved"),
    trust_signature: text,
    trust_timestamp: text,
  }),
  trust: fields({
    result: literal("trust"),
    status: oneOf(TRUST_STATUSES),
    uv_dependencies: texts,
    conda_dependencies: texts,
    conda_channels: texts,
  }),
  conflict_resolved: fields({ result: literal("conflict_resolved") }),
  autosave_set: fields({ result: literal("autosave_set"), enabled: flag }),
  save_state: fields({
    result: literal("save_state"),
    state: oneOf(SAVE_STATES),
    path: optional(text),
    error: optional(text),
    autosave: flag,
    conflicts: list(fields({ cell_id: nullable(text), path: texts })),
  }),
};

/**
 * Checks a decoded response, as a client does.
 *
 * @param value What the connection's codec decoded.
 * @throws {NotebookdError} with code `bad_frame`, naming the field and what was expected.
 */
export function parseResponse(value: unknown): ParsedResponse {
  const response = parseVariant<"result", NotebookResponse>(value, "result", RESPONSE_SCHEMAS, {
    what: "a response",
    code: "bad_frame",
  });
  const id = requestIdOf(value);
  return id === undefined ? { response } : { response, id };
}

/**
 * Writes the body of a response frame.
 *
 * @example
 * ```ts
 * import { jsonCodec } from "@/wire/codec.ts";
 * import { encodeResponse } from "@/wire/responses.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const body = encodeResponse({ result: "cell_queued", cell_id: "a" }, jsonCodec, 7);
 * assertEquals(new TextDecoder().decode(body), '{"result":"cell_queued","cell_id":"a","id":7}');
 * ```
 *
 * @param response What is answered.
 * @param codec The connection's codec.
 * @param id The number of the request, if it had one.
 * @throws {NotebookdError} with code `limit_reached` when the response nests too deep.
 */
export function encodeResponse(
  response: NotebookResponse,
  codec: Codec,
  id?: RequestId,
): Uint8Array<ArrayBuffer> {
  return codec.encode({ ...response, id });
}

function kernel<const Result extends KernelResponse["result"]>(result: Result) {
  return fields({
    result: literal(result),
    kernel_type: text,
    env_source: text,
    launched_config: launchedConfig,
  });
}
