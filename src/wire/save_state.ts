/**
 * How a notebook stands to its file. An addition to protocol v2.
 *
 * @module
 */

/** `conflict`: somebody has to decide, or the file isn't a notebook any more. */
export const SAVE_STATES = ["saved", "unsaved", "conflict", "failed"] as const;

/** One of {@linkcode SAVE_STATES}. */
export type SaveState = typeof SAVE_STATES[number];
