/**
 * From a request's payload to its response.
 *
 * @module
 */

import type { NotebookEditor } from "../doc/editor.ts";
import { NotebookdError, toNotebookdError } from "../errors.ts";
import { readDependencies } from "../ipynb/dependencies.ts";
import type { JsonObject } from "../json.ts";
import type { NotebookBroadcast } from "../wire/broadcasts.ts";
import type { Codec } from "../wire/codec.ts";
import {
  type NotebookRequest,
  parseRequest,
  type RequestId,
  requestIdOf,
  type SaveNotebookRequest,
} from "../wire/requests.ts";
import type { NotebookResponse, TrustStatus } from "../wire/responses.ts";
import type { Formatting } from "./format_cells.ts";
import type { Saver } from "./saver.ts";

/** What requests act on. */
export interface RequestTarget {
  readonly editor: NotebookEditor;
  trust(): Promise<TrustStatus>;
  /** The notebook's metadata, put together. */
  metadata(): JsonObject;
  /** Keeps the document and the notebook's file alike. */
  readonly saver: Saver;
  /** Runs something that may change the document. */
  change(work: () => void): void;
  /** Resolves when the journal holds what the document holds now. */
  committed(): Promise<void>;
  broadcast(broadcast: NotebookBroadcast): void;
}

/** A request as it came: to be answered, or what is wrong with it. */
export interface ReceivedRequest {
  id: RequestId | undefined;
  request: NotebookRequest | NotebookdError;
}

/** What each action that this version doesn't serve would need. */
const UNSERVED = {
  launch_kernel: "run kernels",
  execute_cell: "run kernels",
  queue_cell: "run kernels",
  run_all_cells: "run kernels",
  send_comm: "run kernels",
  get_history: "run kernels",
  complete: "run kernels",
  sync_environment: "run kernels",
  approve_trust: "approve dependencies",
} as const satisfies Partial<Record<NotebookRequest["action"], string>>;

/** Reads a request. One that can't be read keeps its id, so that its error finds who asked. */
export function readRequest(payload: Uint8Array, codec: Codec): ReceivedRequest {
  let id: RequestId | undefined;
  try {
    const value = codec.decode(payload);
    id = requestIdOf(value);
    return { id, request: parseRequest(value).request };
  } catch (error) {
    return { id, request: toNotebookdError(error, "Cannot read a request") };
  }
}

/** Does what a request asks. Never throws: what fails is a response too. */
export async function answerRequest(
  request: ReceivedRequest["request"],
  target: RequestTarget,
): Promise<NotebookResponse> {
  try {
    if (request instanceof NotebookdError) throw request;
    return await answer(request, target);
  } catch (error) {
    const { code, message } = toNotebookdError(error, "Cannot answer the request");
    return { result: "error", error: message, error_code: code };
  }
}

async function answer(request: NotebookRequest, target: RequestTarget): Promise<NotebookResponse> {
  switch (request.action) {
    case "get_trust":
      return await answerTrust(target);
    case "clear_outputs":
      return await answerClear(request.cell_id, target);
    case "save_notebook":
      return await answerSave(request, target);
    case "clone_notebook":
      return { result: "notebook_cloned", path: await target.saver.clone(request.path) };
    case "resolve_conflict":
      await target.saver.resolve(request.keep);
      return { result: "conflict_resolved" };
    case "set_autosave":
      await target.saver.setAutosave(request.enabled);
      return { result: "autosave_set", enabled: request.enabled };
    case "get_save_state":
      return { result: "save_state", ...target.saver.status };
    case "get_kernel_info":
      return { result: "kernel_info", kernel_type: null, env_source: null, status: "not_started" };
    case "get_queue_state":
      return { result: "queue_state", executing: null, queued: [] };
    case "interrupt_execution":
    case "shutdown_kernel":
      return { result: "no_kernel" };
    default:
      throw new NotebookdError(
        "bad_request",
        `Cannot do "${request.action}": this version of notebookd doesn't ${
          UNSERVED[request.action]
        } yet; the notebook stays as it is`,
      );
  }
}

async function answerTrust(target: RequestTarget): Promise<NotebookResponse> {
  const { uv, conda } = readDependencies(target.metadata());
  return {
    result: "trust",
    status: await target.trust(),
    uv_dependencies: uv?.dependencies ?? [],
    conda_dependencies: conda?.dependencies ?? [],
    conda_channels: conda?.channels ?? [],
  };
}

async function answerClear(cell_id: string, target: RequestTarget): Promise<NotebookResponse> {
  target.change(() => target.editor.clearOutputs(cell_id));
  await target.committed();
  target.broadcast({ event: "outputs_cleared", cell_id });
  return { result: "outputs_cleared", cell_id };
}

async function answerSave(
  { path, format_cells: format }: SaveNotebookRequest,
  { saver }: RequestTarget,
): Promise<NotebookResponse> {
  const saved = await saver.save({ path, format });
  return { result: "notebook_saved", path: saved.path, ...formattingFields(saved.formatting) };
}

function formattingFields(formatting: Formatting | undefined) {
  if (formatting === undefined) return {};
  if (!formatting.formatted) return { formatted: false, format_error: formatting.reason };
  const { refused } = formatting;
  return {
    formatted: true,
    ...(refused === 0 ? {} : { format_error: `The formatter couldn't read ${refused} cells` }),
  };
}
