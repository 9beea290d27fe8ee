/**
 * What a merge could not decide.
 *
 * @module
 */

import type { JsonValue } from "../../json.ts";

/**
 * One value that both sides changed, each in another way. The merged notebook has ours; theirs is
 * kept here until a person decides.
 */
export interface MergeConflict {
  /** The cell that has the value, or null for the notebook as a whole. */
  readonly cellId: string | null;
  /**
   * Where the value is. In a cell: `["source"]`, `["cell_type"]`, `["outputs"]` (a list of JSON
   * texts), `["execution_count"]`, or `["metadata" | "attachments" | "extra", …keys]`. In the notebook:
   * `["snapshot" | "metadata" | "extra", …keys]` or `["nbformat_minor"]`.
   */
  readonly path: readonly string[];
  /** What the other side has there; absent where it has nothing. */
  readonly theirs?: JsonValue;
}
