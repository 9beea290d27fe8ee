/**
 * The blob channel: keeps bytes by their hash, and tells where they are served.
 *
 * @module
 */

import { NotebookdError, toNotebookdError } from "../errors.ts";
import { type BlobAnswer, parseBlobRequest } from "../wire/blob.ts";
import { MAX_FRAME_BYTES, MAX_SIDE_REQUEST_BYTES } from "../wire/caps.ts";
import type { Codec } from "../wire/codec.ts";
import { encodeFrame } from "../wire/frame.ts";
import type { FrameConnection } from "./connection_port.ts";
import type { Services } from "./services.ts";

/** Answers blob requests until the connection ends. */
export async function serveBlobs(
  connection: FrameConnection,
  codec: Codec,
  services: Services,
): Promise<void> {
  for (;;) {
    const payload = await connection.readFrame(() => MAX_SIDE_REQUEST_BYTES);
    if (payload === null) return;
    const answer = await answerBlob(connection, payload, codec, services);
    await connection.send(encodeFrame(codec.encode(answer)));
  }
}

async function answerBlob(
  connection: FrameConnection,
  payload: Uint8Array,
  codec: Codec,
  services: Services,
): Promise<BlobAnswer> {
  try {
    const request = parseBlobRequest(codec.decode(payload));
    if (request.action === "get_port") return { port: services.blobPort };
    const bytes = await connection.readFrame(() => MAX_FRAME_BYTES);
    if (bytes === null) throw endedBeforeBytes();
    return { hash: await services.blobs.store(bytes, request.media_type) };
  } catch (error) {
    const reason = toNotebookdError(error, "Cannot answer the blob request");
    if (reason.code === "bad_frame") throw reason;
    return { error: reason.message };
  }
}

function endedBeforeBytes(): NotebookdError {
  return new NotebookdError(
    "bad_frame",
    'Connection ended after "store": one frame with the bytes must follow it',
  );
}
