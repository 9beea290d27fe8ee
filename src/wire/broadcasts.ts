/**
 * What the daemon tells every window of a notebook: frames of type 0x03, tagged by `event`.
 *
 * @module
 */

import { type CellView, cellViewSchema } from "./cell_view.ts";
import { ENV_PROGRESS_SCHEMAS, type EnvProgressBroadcast } from "./env_progress.ts";
import type { PayloadObject } from "./payload.ts";
import { TRUST_STATUSES, type TrustStatus } from "./responses.ts";
import { SAVE_STATES, type SaveState } from "./save_state.ts";
import {
  anyObject,
  byteArrays,
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
  texts,
} from "./schemas.ts";
import { parseVariant, type RefusalOptions, tagOf, type VariantSchemas } from "./validate.ts";

/** A widget that exists, for a window that comes later. */
export type CommState = {
  /** The widget. */
  readonly comm_id: string;
  /** Who handles it, as "jupyter.widget". */
  readonly target_name: string;
  /** All of its state. */
  readonly state: PayloadObject;
  /** Package of the model class. */
  readonly model_module?: string;
  /** The model class. */
  readonly model_name?: string;
  /** Binary parts of the state. */
  readonly buffers?: readonly Uint8Array[];
};

/** What differs between the dependencies and the running kernel's environment. */
export type EnvSyncDiff = {
  /** Packages that the notebook names and the environment lacks. */
  readonly added: readonly string[];
  /** Packages that the notebook names no more. */
  readonly removed: readonly string[];
  /** Whether the conda channels differ. */
  readonly channels_changed: boolean;
  /** Whether Deno's settings differ. */
  readonly deno_changed: boolean;
};

/** The verdict on the dependencies changed. An addition to protocol v2. */
export type TrustChangedBroadcast = {
  readonly event: "trust_changed";
  /** The verdict now. */
  readonly status: TrustStatus;
};

/** The document's relation to the file changed. An addition to protocol v2. */
export type SaveStateBroadcast = {
  readonly event: "save_state";
  /** The relation now. */
  readonly state: SaveState;
  /** The file. */
  readonly path?: string;
  /** Why a save failed. */
  readonly error?: string;
};

/** What only a connection with the feature "notebookd/1" may be sent. */
export type AdditionBroadcast = TrustChangedBroadcast | SaveStateBroadcast;

/** What a kernel does. */
export type KernelBroadcast =
  | {
    readonly event: "kernel_status";
    /** As Jupyter says it ("idle", "busy", "starting"), or "shutdown", "error". */
    readonly status: string;
    /** The cell that it works on, if any. */
    readonly cell_id: string | null;
  }
  | {
    readonly event: "execution_started";
    readonly cell_id: string;
    readonly execution_count: number;
  }
  | {
    readonly event: "output";
    readonly cell_id: string;
    /** "stream", "display_data", "execute_result" or "error". */
    readonly output_type: string;
    /** The same text as in the document: the output's JSON, or the hash of its manifest. */
    readonly output_json: string;
    /** The output that this one replaces; absent where it is a new one. */
    readonly output_index?: number;
  }
  | {
    readonly event: "display_update";
    readonly display_id: string;
    /** Content by media type. */
    readonly data: PayloadObject;
    readonly metadata: PayloadObject;
  }
  | { readonly event: "execution_done"; readonly cell_id: string }
  | {
    readonly event: "queue_changed";
    /** Id of the cell that runs. */
    readonly executing: string | null;
    /** Ids of the cells that wait, first come first. */
    readonly queued: readonly string[];
  }
  | { readonly event: "kernel_error"; readonly error: string }
  | { readonly event: "outputs_cleared"; readonly cell_id: string };

/** What a widget's messages and the environment's state are told with. */
export type SessionBroadcast =
  | {
    readonly event: "comm";
    /** "comm_open", "comm_msg" or "comm_close". */
    readonly msg_type: string;
    readonly content: PayloadObject;
    /** Empty when there are none. */
    readonly buffers: readonly Uint8Array[];
  }
  | { readonly event: "comm_sync"; readonly comms: readonly CommState[] }
  | {
    readonly event: "file_changed";
    /** The cells of the file. */
    readonly cells: readonly CellView[];
    /** The metadata snapshot. */
    readonly metadata?: PayloadObject;
  }
  | {
    readonly event: "env_sync_state";
    readonly in_sync: boolean;
    /** Only when it isn't in sync. */
    readonly diff?: EnvSyncDiff;
  }
  | EnvProgressBroadcast;

/** Anything the daemon tells every window. */
export type NotebookBroadcast = KernelBroadcast | SessionBroadcast | AdditionBroadcast;

const commState: Schema<CommState> = fields({
  comm_id: text,
  target_name: text,
  state: anyObject,
  model_module: optional(text),
  model_name: optional(text),
  buffers: optional(byteArrays),
});

const envSyncDiff: Schema<EnvSyncDiff> = fields({
  added: texts,
  removed: texts,
  channels_changed: flag,
  deno_changed: flag,
});

/** `env_progress` has one schema for each of its phases. */
type OneSchemaBroadcast = Exclude<NotebookBroadcast, EnvProgressBroadcast>;

const BROADCAST_SCHEMAS: VariantSchemas<"event", OneSchemaBroadcast> = {
  kernel_status: fields({
    event: literal("kernel_status"),
    status: text,
    cell_id: nullable(text),
  }),
  execution_started: fields({
    event: literal("execution_started"),
    cell_id: text,
    execution_count: count,
  }),
  output: fields({
    event: literal("output"),
    cell_id: text,
    output_type: text,
    output_json: text,
    output_index: optional(count),
  }),
  display_update: fields({
    event: literal("display_update"),
    display_id: text,
    data: anyObject,
    metadata: anyObject,
  }),
  execution_done: fields({ event: literal("execution_done"), cell_id: text }),
  queue_changed: fields({
    event: literal("queue_changed"),
    executing: nullable(text),
    queued: texts,
  }),
  kernel_error: fields({ event: literal("kernel_error"), error: text }),
  outputs_cleared: fields({ event: literal("outputs_cleared"), cell_id: text }),
  comm: fields({
    event: literal("comm"),
    msg_type: text,
    content: anyObject,
    buffers: byteArrays,
  }),
  comm_sync: fields({ event: literal("comm_sync"), comms: list(commState) }),
  file_changed: fields({
    event: literal("file_changed"),
    cells: list(cellViewSchema),
    metadata: optional(anyObject),
  }),
  env_sync_state: fields({
    event: literal("env_sync_state"),
    in_sync: flag,
    diff: optional(envSyncDiff),
  }),
  trust_changed: fields({ event: literal("trust_changed"), status: oneOf(TRUST_STATUSES) }),
  save_state: fields({
    event: literal("save_state"),
    state: oneOf(SAVE_STATES),
    path: optional(text),
    error: optional(text),
  }),
};

const ADDITIONS = {
  trust_changed: true,
  save_state: true,
} as const satisfies Record<AdditionBroadcast["event"], true>;

const REFUSAL: RefusalOptions = { what: "a broadcast", code: "bad_frame" };

/**
 * Tells whether a broadcast may only go to a connection with the feature "notebookd/1": any other
 * client drops its connection at an event that it doesn't know.
 */
export function isAdditionBroadcast(broadcast: NotebookBroadcast): broadcast is AdditionBroadcast {
  return Object.hasOwn(ADDITIONS, broadcast.event);
}

/**
 * Checks a decoded broadcast, as a client does.
 *
 * @example
 * ```ts
 * import { parseBroadcast } from "@/wire/broadcasts.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const broadcast = parseBroadcast({ event: "kernel_status", status: "idle", cell_id: null });
 * assertEquals(broadcast, { event: "kernel_status", status: "idle", cell_id: null });
 * assertEquals(parseBroadcast({ event: "of_a_later_version" }), null);
 * ```
 *
 * @param value What the connection's codec decoded.
 * @returns The broadcast, or null for an event that this build doesn't know.
 * @throws {NotebookdError} with code `bad_frame`, naming the field and what was expected.
 */
export function parseBroadcast(value: unknown): NotebookBroadcast | null {
  const event = tagOf(value, "event", REFUSAL);
  if (event === "env_progress") {
    const phase = tagOf(value, "phase", REFUSAL);
    if (phase !== undefined && !Object.hasOwn(ENV_PROGRESS_SCHEMAS, phase)) return null;
    return parseVariant<"phase", EnvProgressBroadcast>(
      value,
      "phase",
      ENV_PROGRESS_SCHEMAS,
      REFUSAL,
    );
  }
  if (event !== undefined && !Object.hasOwn(BROADCAST_SCHEMAS, event)) return null;
  return parseVariant<"event", OneSchemaBroadcast>(value, "event", BROADCAST_SCHEMAS, REFUSAL);
}
