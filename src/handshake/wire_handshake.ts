/**
 * The handshake with its fields as on the wire, and the schema of each channel.
 *
 * @module
 */

import * as v from "valibot";
import { fields, literal, optional, type Schema, text, texts } from "../wire/schemas.ts";
import { parseVariant, type VariantSchemas } from "../wire/validate.ts";
import { isUuidV4 } from "./uuid.ts";
import { PROTOCOL } from "./version.ts";

/** The fields that every channel has. */
export type WireHead<Channel extends string> = {
  readonly channel: Channel;
  readonly features?: string[];
};

/** A handshake, its fields as on the wire. */
export type WireHandshake =
  | (WireHead<"open_notebook"> & { readonly path: string })
  | (WireHead<"create_notebook"> & {
    readonly runtime: string;
    readonly working_dir?: string;
    readonly package_manager?: string;
    readonly dependencies?: string[];
    readonly notebook_id?: string;
  })
  | (WireHead<"notebook_sync"> & {
    readonly notebook_id: string;
    readonly protocol?: typeof PROTOCOL;
    readonly working_dir?: string;
    readonly initial_metadata?: string;
  })
  | WireHead<"pool">
  | WireHead<"blob">
  | WireHead<"settings_sync">
  | WireHead<"pool_state_subscribe">;

const notEmpty: Schema<string> = v.pipe(text, v.nonEmpty("a string that isn't empty"));

const uuid: Schema<string> = v.pipe(text, v.check(isUuidV4, "a UUID of version 4"));

const SCHEMAS: VariantSchemas<"channel", WireHandshake> = {
  open_notebook: fields({ ...head("open_notebook"), path: notEmpty }),
  create_notebook: fields({
    ...head("create_notebook"),
    runtime: text,
    working_dir: optional(text),
    package_manager: optional(text),
    dependencies: optional(texts),
    notebook_id: optional(uuid),
  }),
  notebook_sync: fields({
    ...head("notebook_sync"),
    notebook_id: notEmpty,
    protocol: optional(literal(PROTOCOL)),
    working_dir: optional(text),
    initial_metadata: optional(text),
  }),
  pool: fields(head("pool")),
  blob: fields(head("blob")),
  settings_sync: fields(head("settings_sync")),
  pool_state_subscribe: fields(head("pool_state_subscribe")),
};

/**
 * Checks a decoded handshake.
 *
 * @throws {NotebookdError} with code `bad_handshake`, naming the field and what was expected.
 */
export function parseWireHandshake(value: unknown): WireHandshake {
  return parseVariant<"channel", WireHandshake>(value, "channel", SCHEMAS, {
    what: "the handshake",
    code: "bad_handshake",
  });
}

function head<const Channel extends string>(channel: Channel) {
  return { channel: literal(channel), features: optional(texts) };
}
