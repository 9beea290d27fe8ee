/**
 * The version of this build.
 *
 * @module
 */

/** The version in deno.json, a semantic version; the info frame carries it as `daemon_version`. */
export const VERSION = "0.1.0";
