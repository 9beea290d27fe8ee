/**
 * What the main thread and a worker say to each other: the calls of {@linkcode RoomHandle}, as
 * plain values.
 *
 * @module
 */

import { type ErrorCode, NotebookdError } from "../errors.ts";
import type { JsonObject } from "../json.ts";
import type { LogFields, LogLevel } from "../log.ts";
import type {
  CodeFormatter,
  FrameKind,
  NotebookStorage,
  PeerId,
  RoomHandle,
  RoomSeed,
} from "../rooms/ports.ts";

/** Names a room within one worker. */
export type RoomKey = number;

/** What a worker is started with. */
export interface WorkerStart {
  kind: "start";
  /** Automerge, compiled once by the main thread. */
  automerge: WebAssembly.Module;
  /** The machine's key for trust signatures. */
  trustKey: Uint8Array;
  /** See the bound of the same name in `Limits`. */
  unsentBytes: number;
  /** Whether notebooks save themselves unless they say otherwise. */
  autosave: boolean;
}

/** The methods of a room that have an answer, except `attach`, whose sink can't cross. */
export type CallMethod = "receive" | "request" | "inspect" | "flush" | "close";

/** The methods of a room that have none. */
export type TellMethod = "start" | "written" | "detach" | "applySettings" | "fileChanged";

/** One method call, its arguments typed by the room's own interface. */
export type MethodCall<M extends CallMethod | TellMethod> = {
  [K in M]: { method: K; args: Parameters<RoomHandle[K]> };
}[M];

/** A call that wants an answer. */
export type Call =
  | { method: "open"; seed: RoomSeed; has: Record<AskPort, boolean> }
  | { method: "attach"; peer: PeerId; options: Parameters<RoomHandle["attach"]>[1] }
  | MethodCall<CallMethod>;

/** What a room may ask the main thread. */
interface AskPorts {
  storage: NotebookStorage;
  formatter: CodeFormatter;
}

/** Names one of them. */
export type AskPort = keyof AskPorts;

/** What a room asks, its arguments typed by the port itself. */
export type Ask = {
  [P in AskPort]: {
    [M in keyof AskPorts[P]]: AskPorts[P][M] extends (...args: infer A) => unknown
      ? { port: P; method: M; args: A }
      : never;
  }[keyof AskPorts[P]];
}[AskPort];

/** From the main thread to a worker. */
export type ToWorker =
  | WorkerStart
  | { kind: "answer"; id: number; value: unknown }
  | { kind: "refusal"; id: number; error: PlainError }
  | { kind: "call"; id: number; room: RoomKey; call: Call }
  | { kind: "tell"; room: RoomKey; tell: MethodCall<TellMethod> };

/** An error as it crosses. */
export interface PlainError {
  code: ErrorCode;
  message: string;
}

/** From a worker to the main thread. */
export type FromWorker =
  | { kind: "started" }
  | { kind: "done"; id: number; value: unknown }
  | { kind: "failed"; id: number; error: PlainError }
  | { kind: "frame"; room: RoomKey; peer: PeerId; frameKind: FrameKind; frame: Uint8Array }
  | { kind: "drop"; room: RoomKey; peer: PeerId; error: PlainError }
  | { kind: "settings"; room: RoomKey; values: JsonObject; saved: Uint8Array }
  | { kind: "ask"; room: RoomKey; id: number; ask: Ask }
  | { kind: "lost"; room: RoomKey; error: PlainError }
  | { kind: "log"; level: LogLevel; message: string; fields: LogFields };

/** How a message leaves the worker. Buffers in `transfer` move instead of being copied. */
export type Post = (message: FromWorker, transfer?: ArrayBuffer[]) => void;

/** Makes an error ready to cross. */
export function plainError(error: NotebookdError): PlainError {
  return { code: error.code, message: error.message };
}

/** Makes an error again of what crossed. */
export function revivedError(plain: PlainError): NotebookdError {
  return new NotebookdError(plain.code, plain.message);
}
