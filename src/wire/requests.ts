/**
 * Requests of a notebook's window to the daemon: frames of type 0x01, tagged by `action`.
 *
 * @module
 */

import { NotebookdError } from "../errors.ts";
import type { Codec } from "./codec.ts";
import type { PayloadObject } from "./payload.ts";
import {
  anyObject,
  count,
  fields,
  flag,
  integer,
  isObject,
  literal,
  oneOf,
  optional,
  text,
  texts,
} from "./schemas.ts";
import { parseVariant, type VariantSchemas } from "./validate.ts";

/** Starts the notebook's kernel. */
export type LaunchKernelRequest = {
  readonly action: "launch_kernel";
  /** "python", "deno", or "auto" or "" to take what the notebook says. */
  readonly kernel_type: string;
  /** Where the environment comes from; "auto", "prewarmed" and "" leave it to the daemon. */
  readonly env_source: string;
  /** Path of the notebook, for those that find their project files by it. */
  readonly notebook_path?: string;
};

/** Runs the code that a cell has now. */
export type ExecuteCellRequest = {
  readonly action: "execute_cell";
  /** Which cell. */
  readonly cell_id: string;
};

/** Runs code sent along: what clients did before `execute_cell`. */
export type QueueCellRequest = {
  readonly action: "queue_cell";
  /** Which cell the outputs go to. */
  readonly cell_id: string;
  /** What to run. */
  readonly code: string;
};

/** Runs every code cell from the top. */
export type RunAllCellsRequest = {
  readonly action: "run_all_cells";
};

/** Takes a cell's outputs away. */
export type ClearOutputsRequest = {
  readonly action: "clear_outputs";
  /** Which cell. */
  readonly cell_id: string;
};

/** Interrupts what runs. */
export type InterruptExecutionRequest = {
  readonly action: "interrupt_execution";
};

/** Ends the kernel. */
export type ShutdownKernelRequest = {
  readonly action: "shutdown_kernel";
};

/** Asks which kernel runs. */
export type GetKernelInfoRequest = {
  readonly action: "get_kernel_info";
};

/** Asks what runs and what waits. */
export type GetQueueStateRequest = {
  readonly action: "get_queue_state";
};

/** Hands a widget's message to the kernel. */
export type SendCommRequest = {
  readonly action: "send_comm";
  /** A whole Jupyter message: header, parent_header, metadata, content, buffers, channel. */
  readonly message: PayloadObject;
};

/** Searches the kernel's history. */
export type GetHistoryRequest = {
  readonly action: "get_history";
  /** A glob pattern; absent for the latest entries. */
  readonly pattern?: string;
  /** How many entries at most. */
  readonly n: number;
  /** Whether equal entries come once. */
  readonly unique: boolean;
};

/** Asks the kernel for completions. */
export type CompleteRequest = {
  readonly action: "complete";
  /** The code around the cursor. */
  readonly code: string;
  /** Place of the cursor in the code, in Unicode code points as Jupyter counts. */
  readonly cursor_pos: number;
};

/** Writes the notebook to its file. */
export type SaveNotebookRequest = {
  readonly action: "save_notebook";
  /** Whether code is formatted first. */
  readonly format_cells: boolean;
  /** Another absolute path to write to. */
  readonly path?: string;
};

/** Writes a copy without outputs, with an identity of its own. */
export type CloneNotebookRequest = {
  readonly action: "clone_notebook";
  /** Absolute path of the copy. */
  readonly path: string;
};

/** Installs what the notebook's dependencies gained since the kernel started. */
export type SyncEnvironmentRequest = {
  readonly action: "sync_environment";
};

/** Approves the dependencies as the person saw them. An addition to protocol v2. */
export type ApproveTrustRequest = {
  readonly action: "approve_trust";
  /** The uv dependencies that were shown; absent if there were none. */
  readonly uv_dependencies?: readonly string[];
  /** The conda dependencies that were shown; absent if there were none. */
  readonly conda_dependencies?: readonly string[];
  /** The conda channels that were shown; absent if there were none. */
  readonly conda_channels?: readonly string[];
};

/** Asks for the trust verdict and what it is about. An addition to protocol v2. */
export type GetTrustRequest = {
  readonly action: "get_trust";
};

/** Decides what a merge with the file couldn't. An addition to protocol v2. */
export type ResolveConflictRequest = {
  readonly action: "resolve_conflict";
  /** Which side stays. */
  readonly keep: ConflictSide;
};

/** Which side of a conflict stays. */
export type ConflictSide = typeof CONFLICT_SIDES[number];

/** Turns autosave of the notebook on or off. An addition to protocol v2. */
export type SetAutosaveRequest = {
  readonly action: "set_autosave";
  readonly enabled: boolean;
};

/** Asks how the notebook stands to its file. An addition to protocol v2. */
export type GetSaveStateRequest = {
  readonly action: "get_save_state";
};

/** Any request of a notebook's window. */
export type NotebookRequest =
  | LaunchKernelRequest
  | ExecuteCellRequest
  | QueueCellRequest
  | RunAllCellsRequest
  | ClearOutputsRequest
  | InterruptExecutionRequest
  | ShutdownKernelRequest
  | GetKernelInfoRequest
  | GetQueueStateRequest
  | SendCommRequest
  | GetHistoryRequest
  | CompleteRequest
  | SaveNotebookRequest
  | CloneNotebookRequest
  | SyncEnvironmentRequest
  | ApproveTrustRequest
  | GetTrustRequest
  | ResolveConflictRequest
  | SetAutosaveRequest
  | GetSaveStateRequest;

/** The sides that a conflict can be decided for. */
export const CONFLICT_SIDES = ["ours", "theirs", "both"] as const;

/** Longest text that a request may be numbered with: it is kept until the answer goes out. */
const MAX_ID_LENGTH = 128;

/** What a client may number a request with: an integer, or a text of at most 128 characters. */
export type RequestId = string | number;

/** A request as it came. */
export interface ParsedRequest {
  /** What is asked. */
  readonly request: NotebookRequest;
  /** The request's number, an addition: with one, the response needn't keep the order. */
  readonly id?: RequestId;
}

const REQUEST_SCHEMAS: VariantSchemas<"action", NotebookRequest> = {
  launch_kernel: fields({
    action: literal("launch_kernel"),
    kernel_type: text,
    env_source: text,
    notebook_path: optional(text),
  }),
  execute_cell: fields({ action: literal("execute_cell"), cell_id: text }),
  queue_cell: fields({ action: literal("queue_cell"), cell_id: text, code: text }),
  run_all_cells: fields({ action: literal("run_all_cells") }),
  clear_outputs: fields({ action: literal("clear_outputs"), cell_id: text }),
  interrupt_execution: fields({ action: literal("interrupt_execution") }),
  shutdown_kernel: fields({ action: literal("shutdown_kernel") }),
  get_kernel_info: fields({ action: literal("get_kernel_info") }),
  get_queue_state: fields({ action: literal("get_queue_state") }),
  send_comm: fields({ action: literal("send_comm"), message: anyObject }),
  get_history: fields({
    action: literal("get_history"),
    pattern: optional(text),
    n: integer,
    unique: flag,
  }),
  complete: fields({ action: literal("complete"), code: text, cursor_pos: count }),
  save_notebook: fields({
    action: literal("save_notebook"),
    format_cells: flag,
    path: optional(text),
  }),
  clone_notebook: fields({ action: literal("clone_notebook"), path: text }),
  sync_environment: fields({ action: literal("sync_environment") }),
  approve_trust: fields({
    action: literal("approve_trust"),
    uv_dependencies: optional(texts),
    conda_dependencies: optional(texts),
    conda_channels: optional(texts),
  }),
  resolve_conflict: fields({ action: literal("resolve_conflict"), keep: oneOf(CONFLICT_SIDES) }),
  set_autosave: fields({ action: literal("set_autosave"), enabled: flag }),
  get_save_state: fields({ action: literal("get_save_state") }),
  get_trust: fields({ action: literal("get_trust") }),
};

/**
 * Checks a decoded request. Fields that are null count as absent, unknown ones are left out.
 *
 * @example
 * ```ts
 * import { parseRequest } from "@/wire/requests.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const parsed = parseRequest({ action: "execute_cell", cell_id: "a", id: 7 });
 * assertEquals(parsed, { request: { action: "execute_cell", cell_id: "a" }, id: 7 });
 * ```
 *
 * @param value What the connection's codec decoded.
 * @throws {NotebookdError} with code `bad_request`, naming the field and what was expected.
 */
export function parseRequest(value: unknown): ParsedRequest {
  const request = parseVariant<"action", NotebookRequest>(value, "action", REQUEST_SCHEMAS, {
    what: "a request",
    code: "bad_request",
  });
  const id = requestIdOf(value);
  if (id === undefined && isObject(value) && (value["id"] ?? null) !== null) {
    throw new NotebookdError(
      "bad_request",
      'Cannot read a request: field "id": expected an integer or a string of at most ' +
        `${MAX_ID_LENGTH} characters`,
    );
  }
  return id === undefined ? { request } : { request, id };
}

/**
 * Reads the number of a request, also of one that is refused, whose answer carries it back too.
 *
 * @param value What was decoded.
 * @returns The number, or undefined where there is none that can be used.
 */
export function requestIdOf(value: unknown): RequestId | undefined {
  if (!isObject(value) || !Object.hasOwn(value, "id")) return undefined;
  const { id } = value;
  if (typeof id === "string") return id.length <= MAX_ID_LENGTH ? id : undefined;
  return typeof id === "number" && Number.isSafeInteger(id) ? id : undefined;
}

/**
 * Writes the body of a request frame.
 *
 * @param request What is asked.
 * @param codec The connection's codec.
 * @param id The request's number, if it has one.
 * @throws {NotebookdError} with code `limit_reached` when a message nests too deep.
 */
export function encodeRequest(
  request: NotebookRequest,
  codec: Codec,
  id?: RequestId,
): Uint8Array<ArrayBuffer> {
  return codec.encode({ ...request, id });
}
