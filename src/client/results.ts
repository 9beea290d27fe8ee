/**
 * Which results answer which request: the types and the check.
 *
 * @module
 */
import type { NotebookRequest } from "../wire/requests.ts";
import type { NotebookResponse } from "../wire/responses.ts";

type Action = NotebookRequest["action"];
type Result = Exclude<NotebookResponse["result"], "error">;

/** The results that each action can have when it succeeds; protocol v2 and its additions. */
export const RESULTS_OF = {
  launch_kernel: ["kernel_launched", "kernel_already_running"],
  execute_cell: ["cell_queued"],
  queue_cell: ["cell_queued"],
  run_all_cells: ["all_cells_queued"],
  clear_outputs: ["outputs_cleared"],
  interrupt_execution: ["interrupt_sent", "no_kernel"],
  shutdown_kernel: ["kernel_shutting_down", "no_kernel"],
  get_kernel_info: ["kernel_info"],
  get_queue_state: ["queue_state"],
  send_comm: ["ok"],
  get_history: ["history_result"],
  complete: ["completion_result"],
  save_notebook: ["notebook_saved"],
  clone_notebook: ["notebook_cloned"],
  sync_environment: [
    "sync_environment_started",
    "sync_environment_complete",
    "sync_environment_failed",
  ],
  approve_trust: ["trust_approved"],
  get_trust: ["trust"],
  resolve_conflict: ["conflict_resolved"],
  set_autosave: ["autosave_set"],
  get_save_state: ["save_state"],
} as const satisfies Record<Action, readonly Result[]>;

/**
 * The response that a request gets when it succeeds. A refusal is thrown and never part of it.
 *
 * @typeParam R The request, or a union of requests.
 */
export type ResponseTo<R extends NotebookRequest> = Extract<
  NotebookResponse,
  { result: typeof RESULTS_OF[R["action"]][number] }
>;

/** Requests that neither read nor change the document: they need not wait for its edits. */
const WITHOUT_DOCUMENT: ReadonlySet<Action> = new Set<Action>([
  "interrupt_execution",
  "shutdown_kernel",
  "get_kernel_info",
  "get_queue_state",
  "send_comm",
  "get_history",
  "complete",
]);

/** Tells whether what a request does depends on the edits made before it. */
export function readsDocument(action: Action): boolean {
  return !WITHOUT_DOCUMENT.has(action);
}

/** Tells whether a response is of a kind that the action can have. */
export function isResultOf(action: Action, response: NotebookResponse): boolean {
  return (RESULTS_OF[action] as readonly string[]).includes(response.result);
}
