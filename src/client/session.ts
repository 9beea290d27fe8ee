/**
 * A notebook that is open in an editor.
 *
 * @module
 */
import type { NotebookEditor } from "../doc/editor.ts";
import { readSnapshotText } from "../doc/snapshot.ts";
import type { JsonObject, JsonValue } from "../json.ts";
import type { NotebookBroadcast } from "../wire/broadcasts.ts";
import type { NotebookRequest } from "../wire/requests.ts";
import type { Cell } from "./cells.ts";
import {
  belongsInSnapshot,
  isSnapshotKey,
  type PackageManager,
  withDependencies,
  withSnapshotKey,
} from "./metadata.ts";
import type { NotebookChangeEvent, Replica } from "./replica.ts";
import { readsDocument, type ResponseTo } from "./results.ts";
import { SessionCore, type SessionParts, type SessionState } from "./session_core.ts";
