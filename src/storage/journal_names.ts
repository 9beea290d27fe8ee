/**
 * What the files of a journal are called.
 *
 * The document is in the snapshot with the highest number, and in the logs with that number and
 * higher ones. What is numbered lower is left from a compaction.
 *
 * @module
 */

/** The file that makes a folder a journal: it is written last and removed first. */
export const META_NAME = "meta.json";

/** What the name of a file in a journal's folder says. */
export type JournalName =
  /** Which notebook, which baselines. */
  | { kind: "meta" }
  /** The document, as it was when the log of the same number began. */
  | { kind: "snapshot"; generation: number }
  /** What was appended since. */
  | { kind: "log"; generation: number }
  /** A content of the notebook's file. */
  | { kind: "baseline"; hash: string }
  /** A log that was damaged, kept as it was found. */
  | { kind: "damaged" }
  /** Anything else. */
  | { kind: "unknown" };

/** Names a snapshot by its number. */
export function snapshotName(generation: number): string {
  return `snapshot-${generation}`;
}

/** Names a log by its number. */
export function logName(generation: number): string {
  return `log-${generation}`;
}

/** Names a baseline by the SHA-256 of its content. */
export function baselineName(hash: string): string {
  return `baseline-${hash}`;
}

/** Reads a name. */
export function parseJournalName(name: string): JournalName {
  if (name === META_NAME) return { kind: "meta" };
  const [, kind, rest = ""] = /^(snapshot|log|baseline|damaged)-(.+)$/.exec(name) ?? [];
  switch (kind) {
    case "snapshot":
    case "log": {
      const generation = Number(rest);
      return /^[1-9]\d{0,14}$/.test(rest) ? { kind, generation } : { kind: "unknown" };
    }
    case "baseline":
      return /^[0-9a-f]{64}$/.test(rest) ? { kind, hash: rest } : { kind: "unknown" };
    case "damaged":
      return { kind };
    default:
      return { kind: "unknown" };
  }
}

/** Gives a time as it stands in file names: `20240131T235959Z`. */
export function timeName(ms: number): string {
  return new Date(ms).toISOString().replace(/[-:]|\.\d+/g, "");
}
