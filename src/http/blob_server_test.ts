import { assertEquals, assertStringIncludes } from "@std/assert";
import { silentLogger } from "../log.ts";
import { BlobFolder } from "../storage/blobs.ts";
import { RecordingLogger } from "../../tests/helpers/recording_logger.ts";
import { TempFolder } from "../../tests/helpers/temp_folder.ts";
import { BlobServer, type BlobServerOptions } from "./blob_server.ts";

/** A server over a folder of blobs. */
class Fixture implements AsyncDisposable {
  readonly blobs: BlobFolder;
  readonly server: BlobServer;
  readonly #folder: TempFolder;

  private constructor(folder: TempFolder, options: Partial<BlobServerOptions>) {
    this.#folder = folder;
    this.blobs = new BlobFolder(folder.path);
    this.server = new BlobServer({
      blobs: this.blobs,
      status: () => ({ pid: 1 }),
      logger: silentLogger,
      ...options,
    });
  }

  static async make(options: Partial<BlobServerOptions> = {}): Promise<Fixture> {
    return new Fixture(await TempFolder.make(), options);
  }

  async fetch(path: string, init: RequestInit = {}): Promise<Response> {
    return await fetch(`http://127.0.0.1:${this.server.port}${path}`, init);
  }

  /** Status and body of an answer. */
  async get(path: string, init: RequestInit = {}): Promise<[number, string]> {
    const response = await this.fetch(path, init);
    return [response.status, await response.text()];
  }

  /** The whole answer to a request that `fetch` wouldn't send. */
  async raw(request: string): Promise<string> {
    using connection = await Deno.connect({ hostname: "127.0.0.1", port: this.server.port });
    await connection.write(new TextEncoder().encode(request));
    const chunks: string[] = [];
    const buffer = new Uint8Array(4096);
    for (let read = await connection.read(buffer); read !== null;) {
      chunks.push(new TextDecoder().decode(buffer.subarray(0, read)));
      read = await connection.read(buffer);
    }
    return chunks.join("");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server[Symbol.asyncDispose]();
    await this.#folder[Symbol.asyncDispose]();
  }
}

const bytesOf = (text: string) => new TextEncoder().encode(text);

Deno.test("BlobServer serves a blob under both addresses, with its media type", async () => {
  await using fixture = await Fixture.make();
  const hash = await fixture.blobs.store(bytesOf("content"), "image/png");
  for (const path of [`/blob/${hash}`, `/blobs/${hash}`]) {
    const response = await fixture.fetch(path);
    assertEquals(response.status, 200);
    assertEquals(await response.text(), "content");
    assertEquals(response.headers.get("content-type"), "image/png");
    assertEquals(response.headers.get("content-length"), "7");
    assertEquals(response.headers.get("x-content-type-options"), "nosniff");
    assertEquals(response.headers.get("content-security-policy"), "sandbox");
    assertEquals(response.headers.get("access-control-allow-origin"), null);
  }
});

Deno.test("BlobServer answers HEAD with the headers alone", async () => {
  await using fixture = await Fixture.make();
  const hash = await fixture.blobs.store(bytesOf("content"), "image/png");
  const response = await fixture.fetch(`/blob/${hash}`, { method: "HEAD" });
  assertEquals(response.status, 200);
  assertEquals(response.headers.get("content-length"), "7");
  assertEquals(await response.text(), "");
});

Deno.test("BlobServer never serves what a browser would run", async () => {
  await using fixture = await Fixture.make();
  const html = await fixture.blobs.store(bytesOf("<script>1</script>"), "text/html");
  const page = await fixture.fetch(`/blob/${html}`);
  assertEquals(page.headers.get("content-type"), "text/plain; charset=utf-8");
  assertEquals(await page.text(), "<script>1</script>");
  const svg = await fixture.blobs.store(bytesOf("<svg/>"), "image/svg+xml");
  const image = await fixture.fetch(`/blob/${svg}`);
  assertEquals(image.headers.get("content-type"), "image/svg+xml");
  assertEquals(image.headers.get("content-disposition"), "attachment");
  assertEquals(await image.text(), "<svg/>");
});

Deno.test("BlobServer streams a big blob whole", async () => {
  await using fixture = await Fixture.make();
  const bytes = new Uint8Array(8 * 1024 * 1024).map((_, i) => i * 31);
  const hash = await fixture.blobs.store(bytes, "application/octet-stream");
  const response = await fixture.fetch(`/blob/${hash}`, {
    headers: { "accept-encoding": "gzip" },
  });
  assertEquals(response.headers.get("content-length"), `${bytes.length}`);
  const received = await response.bytes();
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", received)).toHex();
  assertEquals(digest, hash);
});

Deno.test("BlobServer gives up the file when a client goes in the middle of a blob", async () => {
  await using fixture = await Fixture.make();
  const hash = await fixture.blobs.store(new Uint8Array(8 * 1024 * 1024), "image/png");
  for (let i = 0; i < 20; i++) {
    using connection = await Deno.connect({ hostname: "127.0.0.1", port: fixture.server.port });
    const host = `127.0.0.1:${fixture.server.port}`;
    await connection.write(bytesOf(`GET /blob/${hash} HTTP/1.1\r\nHost: ${host}\r\n\r\n`));
    await connection.read(new Uint8Array(100));
  }
  assertEquals(await fixture.get("/health"), [200, "OK"]);
});

Deno.test("BlobServer says OK to whoever asks for its health", async () => {
  await using fixture = await Fixture.make();
  assertEquals(await fixture.get("/health"), [200, "OK"]);
});

Deno.test("BlobServer tells its status only to whoever has the secret", async () => {
  await using fixture = await Fixture.make();
  const response = await fetch(fixture.server.statusUrl);
  assertEquals(await response.json(), { pid: 1 });
  const [, secret = ""] = new URL(fixture.server.statusUrl).pathname.split("/");
  assertEquals(secret.length, 64);
  for (
    const path of [
      "/status",
      "//status",
      `/${secret}`,
      `/${secret}/`,
      `/${secret}/other`,
      `/${secret}/status/more`,
      `/${"0".repeat(64)}/status`,
      `/${secret.slice(1)}/status`,
      "/é/status",
    ]
  ) {
    assertEquals(await fixture.get(path), [404, ""], path);
  }
});

Deno.test("BlobServer has nothing under addresses that aren't the hash of a blob", async () => {
  await using fixture = await Fixture.make();
  const hash = await fixture.blobs.store(bytesOf("content"), "image/png");
  for (
    const path of [
      "/",
      "/blob",
      "/blob/",
      `/blob/${"0".repeat(64)}`,
      `/blob/${hash.toUpperCase()}`,
      `/blob/${hash}/`,
      `/blob/${hash}.meta`,
      `/blob/${hash.slice(0, 2)}/${hash.slice(2)}`,
      "/blob/..%2f..%2fetc%2fpasswd",
      "/blob/%00",
    ]
  ) {
    assertEquals((await fixture.get(path))[0], 404, path);
  }
});

Deno.test("BlobServer refuses a Host that is not its own", async () => {
  await using fixture = await Fixture.make();
  const { port } = fixture.server;
  const statusOf = async (host: string) => {
    const answer = await fixture.raw(
      `GET /health HTTP/1.1\r\n${host}Connection: close\r\n\r\n`,
    );
    return answer.slice(9, 12);
  };
  assertEquals(await statusOf(`Host: 127.0.0.1:${port}\r\n`), "200");
  assertEquals(await statusOf(`Host: localhost:${port}\r\n`), "200");
  for (const host of ["evil.example", "127.0.0.1", `evil.example:${port}`, "localhost:1"]) {
    assertEquals(await statusOf(`Host: ${host}\r\n`), "403", host);
  }
  assertEquals((await fixture.raw("GET /health HTTP/1.0\r\n\r\n")).slice(9, 12), "403");
});

Deno.test("BlobServer lets web pages of the configured origins read, and no others", async () => {
  for (
    const [origins, allowed, refused] of [
      [undefined, "tauri://localhost", "http://localhost"],
      [undefined, "http://tauri.localhost", "null"],
      [["http://mine"], "http://mine", "tauri://localhost"],
    ] as const
  ) {
    await using fixture = await Fixture.make(origins === undefined ? {} : { origins });
    const allowOrigin = async (origin: string, method = "GET") => {
      const response = await fixture.fetch("/health", { headers: { origin }, method });
      await response.body?.cancel();
      return response.headers.get("access-control-allow-origin");
    };
    assertEquals(await allowOrigin(allowed), allowed);
    assertEquals(await allowOrigin(allowed, "OPTIONS"), allowed);
    assertEquals(await allowOrigin(refused), null);
    assertEquals(await allowOrigin(refused, "OPTIONS"), null);
  }
});

Deno.test("BlobServer refuses other methods and URLs without end", async () => {
  await using fixture = await Fixture.make();
  for (const method of ["POST", "PUT", "DELETE", "PATCH"]) {
    const response = await fixture.fetch("/health", { method });
    await response.body?.cancel();
    assertEquals(response.status, 405);
    assertEquals(response.headers.get("allow"), "GET, HEAD, OPTIONS");
  }
  assertEquals((await fixture.get(`/${"x".repeat(5000)}`))[0], 414);
});

Deno.test("BlobServer answers a failure without its reason, and goes on", async () => {
  const logger = new RecordingLogger();
  await using fixture = await Fixture.make({
    blobs: { open: () => Promise.reject(new Error("secret detail")) },
    logger,
  });
  assertEquals(await fixture.get(`/blob/${"0".repeat(64)}`), [500, ""]);
  assertEquals(await fixture.get("/health"), [200, "OK"]);
  assertEquals(logger.lines.map(({ fields }) => fields["code"]), ["internal"]);
});

Deno.test("BlobServer ends at once, whoever is still connected", async () => {
  await using fixture = await Fixture.make();
  using connection = await Deno.connect({ hostname: "127.0.0.1", port: fixture.server.port });
  await connection.write(bytesOf("GET /health HT"));
  await fixture.server[Symbol.asyncDispose]();
  await fixture.server[Symbol.asyncDispose]();
  assertStringIncludes(fixture.server.statusUrl, `127.0.0.1:${fixture.server.port}`);
});
