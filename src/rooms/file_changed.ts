/**
 * How windows learn that somebody else wrote the file.
 *
 * @module
 */

import { parseSnapshot } from "../ipynb/snapshot.ts";
import type { NotebookState } from "../ipynb/write/state.ts";
import type { NotebookBroadcast } from "../wire/broadcasts.ts";

/** Gives the broadcast: all cells as they are after the merge, and the metadata snapshot. */
export function fileChangedBroadcast(state: NotebookState): NotebookBroadcast {
  return {
    event: "file_changed",
    cells: state.cells.map(({ id, cellType, source, executionCount, outputs }) => ({
      id,
      cell_type: cellType,
      source,
      execution_count: JSON.stringify(executionCount),
      outputs: [...outputs],
    })),
    ...(state.snapshot === null ? {} : { metadata: parseSnapshot(state.snapshot) }),
  };
}
