/**
 * The module for editors and other programs: open notebooks of a notebookd daemon, read and edit
 * them together with whoever else has them open, and ask the daemon to act on them.
 *
 * It needs the permissions of the daemon's socket and no others: `--allow-read`, `--allow-write` and
 * `--allow-net=unix:` of its path.
 *
 * @example
 * ```ts ignore
 * import { openNotebook } from "@notebookd/notebookd";
 *
 * await using notebook = await openNotebook("analysis.ipynb");
 * console.log(notebook.runtime, notebook.cells.length);
 * const id = notebook.insertCell({ cellType: "markdown", source: "# Results" });
 * notebook.splice(id, 9, 0, " so far");
 * await notebook.synced();
 * for await (const { changes, origin } of notebook.changes()) {
 *   if (!origin.local) console.log(changes);
 * }
 * ```
 *
 * @module
 */
export { ERROR_CODES, type ErrorCode, NotebookdError } from "../errors.ts";
export type { NotebookChange } from "../doc/changes.ts";
export type { TextSplice } from "../doc/text_diff.ts";
export {
  PACKAGE_MANAGERS,
  type PackageManager,
  type Runtime,
  RUNTIMES,
} from "../handshake/runtime.ts";
export type { JsonObject, JsonValue } from "../json.ts";
export { LOG_LEVELS, type LogFields, type Logger, type LogLevel } from "../log.ts";
export {
  type AdditionBroadcast,
  type CommState,
  type EnvSyncDiff,
  type KernelBroadcast,
  type NotebookBroadcast,
  type SaveStateBroadcast,
  type SessionBroadcast,
  type TrustChangedBroadcast,
} from "../wire/broadcasts.ts";
export { SAVE_STATES, type SaveState } from "../wire/save_state.ts";
export type { CellView } from "../wire/cell_view.ts";
export type { EnvProgressBroadcast, EnvProgressPhase } from "../wire/env_progress.ts";
export type { JsonLike, PayloadObject } from "../wire/payload.ts";
export type { InspectedKernel, PoolStats, RoomInfo } from "../wire/pool.ts";
export type {
  ApproveTrustRequest,
  ClearOutputsRequest,
  CloneNotebookRequest,
  CompleteRequest,
  ExecuteCellRequest,
  GetHistoryRequest,
  GetKernelInfoRequest,
  GetQueueStateRequest,
  GetSaveStateRequest,
  GetTrustRequest,
  InterruptExecutionRequest,
  LaunchKernelRequest,
  NotebookRequest,
  QueueCellRequest,
  ResolveConflictRequest,
  RunAllCellsRequest,
  SaveNotebookRequest,
  SendCommRequest,
  SetAutosaveRequest,
  ShutdownKernelRequest,
  SyncEnvironmentRequest,
} from "../wire/requests.ts";
export { CONFLICT_SIDES, type ConflictSide } from "../wire/requests.ts";
export {
  type CompletionItem,
  type ConflictPlace,
  type DenoLaunchConfig,
  type ErrorResponse,
  type HistoryEntry,
  type KernelResponse,
  type LaunchedConfig,
  type NotebookResponse,
  type SaveStateResponse,
  TRUST_STATUSES,
  type TrustStatus,
} from "../wire/responses.ts";
export type { Cell, CellType } from "./cells.ts";
export { Daemon, type NotebookState } from "./daemon.ts";
export type { EditableNotebook, InsertCellOptions } from "./editable_notebook.ts";
export {
  createNotebook,
  type CreateNotebookOptions,
  joinNotebook,
  type JoinNotebookOptions,
  openNotebook,
} from "./open.ts";
export type { ConnectOptions, SessionOptions } from "./options.ts";
export type { ChangeOrigin, NotebookChangeEvent } from "./replica.ts";
export { type ResponseTo, RESULTS_OF } from "./results.ts";
export type { NotebookSession, SessionInfo, WaitOptions } from "./session.ts";
export type { SessionState } from "./session_parts.ts";
