/**
 * As what a stored blob is served, so that no browser runs it.
 *
 * @module
 */

/** What a blob's answer says about its content. */
export interface ServedAs {
  /** The `Content-Type` of the answer. */
  contentType: string;
  /** Whether a browser that goes to the address itself must save the content, not show it. */
  attachment: boolean;
}

/** Kinds that are shown, heard or read, and in which nothing runs. */
const PASSIVE = /^(?:image|audio|video|font)\/(?!.*\+xml$)/;
const PASSIVE_TEXT = /^text\/(?:plain|csv|markdown|latex|x-python)$/;
const JSON_TYPE = /^application\/(?:.+\+)?json$/;
const PASSIVE_APPLICATION = /^application\/(?:octet-stream|pdf|zip|gzip|vnd\.[\w.-]+)$/;

/** Kinds that are text for a person although a browser would run or render them. */
const ACTIVE_TEXT = /^text\/|^application\/(?:.*script|xml|.+\+xml)$|\+xml$/;

/**
 * Decides as what a blob is served.
 *
 * An SVG keeps its type, or an `<img>` wouldn't show it; in an `<img>` its scripts don't run, and
 * whoever goes to its address gets a download in a sandbox. Other markup and scripts become plain
 * text: a client that fetches them has the same bytes. What isn't known becomes a stream of bytes.
 *
 * @param mediaType The media type that the blob was stored with.
 *
 * @example
 * ```ts
 * import { servedAs } from "@/http/media.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(servedAs("image/png"), { contentType: "image/png", attachment: false });
 * assertEquals(servedAs("text/html").contentType, "text/plain; charset=utf-8");
 * ```
 */
export function servedAs(mediaType: string): ServedAs {
  const essence = (mediaType.split(";", 1)[0] ?? "").trim().toLowerCase();
  if (essence === "image/svg+xml") return { contentType: mediaType, attachment: true };
  if (
    PASSIVE.test(essence) || PASSIVE_TEXT.test(essence) || JSON_TYPE.test(essence) ||
    PASSIVE_APPLICATION.test(essence)
  ) {
    return { contentType: mediaType, attachment: false };
  }
  if (ACTIVE_TEXT.test(essence)) {
    return { contentType: "text/plain; charset=utf-8", attachment: false };
  }
  return { contentType: "application/octet-stream", attachment: true };
}
