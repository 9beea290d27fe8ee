/**
 * How far making a kernel's environment has come.
 *
 * @module
 */

import { count, decimal, fields, literal, nullable, type Schema, text, texts } from "./schemas.ts";
import type { VariantSchemas } from "./validate.ts";

/** A phase of making an environment, with its fields. Protocol v2 knows these and no other. */
export type EnvProgressPhase =
  | { readonly phase: "starting"; readonly env_hash: string }
  | { readonly phase: "cache_hit"; readonly env_path: string }
  | { readonly phase: "fetching_repodata"; readonly channels: readonly string[] }
  | {
    readonly phase: "repodata_complete";
    readonly record_count: number;
    readonly elapsed_ms: number;
  }
  | { readonly phase: "solving"; readonly spec_count: number }
  | {
    readonly phase: "solve_complete";
    readonly package_count: number;
    readonly elapsed_ms: number;
  }
  | { readonly phase: "installing"; readonly total: number }
  | {
    readonly phase: "download_progress";
    readonly completed: number;
    readonly total: number;
    readonly current_package: string;
    readonly bytes_downloaded: number;
    /** Null while it isn't known. */
    readonly bytes_total: number | null;
    readonly bytes_per_second: number;
  }
  | {
    readonly phase: "link_progress";
    readonly completed: number;
    readonly total: number;
    readonly current_package: string;
  }
  | { readonly phase: "install_complete"; readonly elapsed_ms: number }
  | { readonly phase: "creating_venv" }
  | { readonly phase: "installing_packages"; readonly packages: readonly string[] }
  | { readonly phase: "ready"; readonly env_path: string; readonly python_path: string }
  | { readonly phase: "error"; readonly message: string };

/** The broadcast that tells a phase, whose fields stand beside `phase` itself. */
export type EnvProgressBroadcast = EnvProgressPhase & {
  readonly event: "env_progress";
  /** What makes the environment: "uv", "conda", … */
  readonly env_type: string;
};

/** For each phase, the schema of its broadcast. */
export const ENV_PROGRESS_SCHEMAS: VariantSchemas<"phase", EnvProgressBroadcast> = {
  starting: fields({ ...head("starting"), env_hash: text }),
  cache_hit: fields({ ...head("cache_hit"), env_path: text }),
  fetching_repodata: fields({ ...head("fetching_repodata"), channels: texts }),
  repodata_complete: fields({
    ...head("repodata_complete"),
    record_count: count,
    elapsed_ms: count,
  }),
  solving: fields({ ...head("solving"), spec_count: count }),
  solve_complete: fields({ ...head("solve_complete"), package_count: count, elapsed_ms: count }),
  installing: fields({ ...head("installing"), total: count }),
  download_progress: fields({
    ...head("download_progress"),
    completed: count,
    total: count,
    current_package: text,
    bytes_downloaded: count,
    bytes_total: nullable(count),
    bytes_per_second: decimal,
  }),
  link_progress: fields({
    ...head("link_progress"),
    completed: count,
    total: count,
    current_package: text,
  }),
  install_complete: fields({ ...head("install_complete"), elapsed_ms: count }),
  creating_venv: fields(head("creating_venv")),
  installing_packages: fields({ ...head("installing_packages"), packages: texts }),
  ready: fields({ ...head("ready"), env_path: text, python_path: text }),
  error: fields({ ...head("error"), message: text }),
};

function head<const Phase extends string>(phase: Phase): {
  event: Schema<"env_progress">;
  env_type: Schema<string>;
  phase: Schema<Phase>;
} {
  return { event: literal("env_progress"), env_type: text, phase: literal(phase) };
}
