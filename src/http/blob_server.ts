/**
 * Serves blobs over HTTP on the loopback address, where any program and any web page of this
 * machine can knock.
 *
 * @module
 */

import { timingSafeEqual } from "node:crypto";
import { NotebookdError } from "../errors.ts";
import type { JsonObject } from "../json.ts";
import type { Logger } from "../log.ts";
import { isBlobHash, type OpenBlob } from "../storage/blobs.ts";
import { servedAs } from "./media.ts";

/** The web pages that may read blobs, unless others are configured: those of the v2 app. */
export const DEFAULT_ORIGINS: readonly string[] = ["tauri://localhost", "http://tauri.localhost"];

/** The longest URL that is looked at, in characters. */
const MAX_URL_LENGTH = 2048;

/** How long the secret is, in bytes. */
const SECRET_BYTES = 32;

const METHODS = "GET, HEAD, OPTIONS";

/** Where the blobs come from; `BlobFolder` is one. */
export interface BlobSource {
  /** Opens a blob; null where there is none. The server closes the file. */
  open(hash: string): Promise<OpenBlob | null>;
}

/** What a {@linkcode BlobServer} is told. */
export interface BlobServerOptions {
  /** Where the blobs come from. */
  blobs: BlobSource;
  /** What the daemon says about itself to whoever has the secret. */
  status: () => JsonObject;
  /** Where failures are told. */
  logger: Logger;
  /** The origins of web pages that may read blobs; {@linkcode DEFAULT_ORIGINS} unless given. */
  origins?: readonly string[];
}

/**
 * The HTTP server on 127.0.0.1:
 *
 * - `GET /blob/<hash>` and `GET /blobs/<hash>`: a blob; its hash is what entitles to it.
 * - `GET /health`: `OK`.
 * - `GET /<secret>/status`: what the daemon says about itself, as JSON.
 *
 * Everything else isn't there. An answer never runs in a browser, and only the configured origins
 * may read it from a web page.
 */
export class BlobServer implements AsyncDisposable {
  /** The port that it listens on. */
  readonly port: number;
  /** The address of the status, with the secret in it. It doesn't belong in a log. */
  readonly statusUrl: string;
  readonly #options: BlobServerOptions;
  readonly #origins: ReadonlySet<string>;
  readonly #hosts: ReadonlySet<string>;
  readonly #secret: string;
  readonly #abort = new AbortController();
  readonly #server: Deno.HttpServer<Deno.NetAddr>;

  /**
   * Starts to listen, on a port that the operating system chooses.
   *
   * @param options Blobs, status and log.
   * @throws {NotebookdError} with code `storage_failed` when there is no port to be had.
   */
  constructor(options: BlobServerOptions) {
    this.#options = options;
    this.#origins = new Set(options.origins ?? DEFAULT_ORIGINS);
    this.#secret = crypto.getRandomValues(new Uint8Array(SECRET_BYTES)).toHex();
    this.#server = this.#serve();
    this.port = this.#server.addr.port;
    this.#hosts = new Set([`127.0.0.1:${this.port}`, `localhost:${this.port}`]);
    this.statusUrl = `http://127.0.0.1:${this.port}/${this.#secret}/status`;
  }

  /** Ends the server at once; answers under way are cut off. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#abort.abort();
    await this.#server.finished;
  }

  #serve(): Deno.HttpServer<Deno.NetAddr> {
    try {
      return Deno.serve({
        hostname: "127.0.0.1",
        port: 0,
        signal: this.#abort.signal,
        onListen() {},
        onError: (error) => this.#failed(error),
      }, (request) => this.#answer(request));
    } catch (error) {
      throw new NotebookdError("storage_failed", "Cannot serve blobs on 127.0.0.1", {
        cause: error,
      });
    }
  }

  #failed(error: unknown): Response {
    const code = error instanceof NotebookdError ? error.code : "internal";
    this.#options.logger.error("Answering an HTTP request failed", { code });
    return refusal(500);
  }

  async #answer(request: Request): Promise<Response> {
    // A web page can make its own name lead to 127.0.0.1; the Host it sends gives it away.
    if (!this.#hosts.has(request.headers.get("host") ?? "")) return refusal(403);
    if (request.url.length > MAX_URL_LENGTH) return refusal(414);
    const response = await this.#route(request);
    const origin = request.headers.get("origin");
    response.headers.append("vary", "origin");
    if (origin !== null && this.#origins.has(origin)) {
      response.headers.set("access-control-allow-origin", origin);
      if (request.method === "OPTIONS") {
        response.headers.set("access-control-allow-methods", METHODS);
      }
    }
    return response;
  }

  async #route(request: Request): Promise<Response> {
    switch (request.method) {
      case "OPTIONS":
        return new Response(null, { status: 204, headers: { allow: METHODS } });
      case "GET":
      case "HEAD":
        return await this.#get(new URL(request.url).pathname, request.method === "HEAD");
      default:
        return refusal(405, { allow: METHODS });
    }
  }

  async #get(path: string, headOnly: boolean): Promise<Response> {
    if (path === "/health") return text("OK");
    const [, first = "", second = "", ...rest] = path.split("/");
    if (rest.length > 0) return refusal(404);
    if (first === "blob" || first === "blobs") return await this.#blob(second, headOnly);
    if (second === "status" && this.#isSecret(first)) {
      return text(JSON.stringify(this.#options.status()), "application/json");
    }
    return refusal(404);
  }

  async #blob(hash: string, headOnly: boolean): Promise<Response> {
    if (!isBlobHash(hash)) return refusal(404);
    const blob = await this.#options.blobs.open(hash);
    if (blob === null) return refusal(404);
    if (headOnly) blob.file.close();
    return new Response(headOnly ? null : blob.file.readable, { headers: blobHeaders(blob) });
  }

  #isSecret(candidate: string): boolean {
    const encoder = new TextEncoder();
    const given = encoder.encode(candidate);
    const secret = encoder.encode(this.#secret);
    return given.length === secret.length && timingSafeEqual(given, secret);
  }
}

/** What every answer carries, so that no browser takes it for something that runs. */
const SAFE_HEADERS = {
  "x-content-type-options": "nosniff",
  "content-security-policy": "sandbox",
  "referrer-policy": "no-referrer",
};

function blobHeaders({ size, mediaType }: OpenBlob): HeadersInit {
  const { contentType, attachment } = servedAs(mediaType);
  return {
    ...SAFE_HEADERS,
    "content-type": contentType,
    "content-length": String(size),
    // The content of a hash never changes. Untransformed, so that the length stays true.
    "cache-control": "private, max-age=31536000, immutable, no-transform",
    ...(attachment ? { "content-disposition": "attachment" } : {}),
  };
}

function text(body: string, contentType = "text/plain; charset=utf-8"): Response {
  return new Response(body, {
    headers: { ...SAFE_HEADERS, "content-type": contentType, "cache-control": "no-store" },
  });
}

function refusal(status: number, headers: Record<string, string> = {}): Response {
  return new Response(null, {
    status,
    headers: { ...SAFE_HEADERS, "cache-control": "no-store", ...headers },
  });
}
