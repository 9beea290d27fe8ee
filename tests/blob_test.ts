import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { dirname, join } from "@std/path";
import { fromJson, json, sha256, utf8 } from "./helpers/bytes.ts";
import { TestDaemon } from "./helpers/daemon.ts";
import { TestHome } from "./helpers/home.ts";
import { openChannel } from "./helpers/pool_client.ts";
import type { RawSocket } from "./helpers/raw_socket.ts";

async function store(
  socket: RawSocket,
  bytes: Uint8Array,
  mediaType: string,
): Promise<Record<string, unknown>> {
  await socket.send(json({ action: "store", media_type: mediaType }));
  await socket.send(bytes);
  return fromJson(await socket.nextFrame("the hash")) as Record<string, unknown>;
}

async function portOf(socket: RawSocket): Promise<number> {
  await socket.send(json({ action: "get_port" }));
  const answer = fromJson(await socket.nextFrame("the port")) as { port: number };
  return answer.port;
}

async function get(port: number, path: string, init: RequestInit = {}) {
  const response = await fetch(`http://127.0.0.1:${port}${path}`, { redirect: "manual", ...init });
  const body = new Uint8Array(await response.arrayBuffer());
  return { status: response.status, headers: response.headers, body };
}

Deno.test("the blob channel stores bytes and HTTP serves them by their hash", async (t) => {
  await using daemon = await TestDaemon.start();
  await using socket = await openChannel(daemon.socket, "blob");
  const port = await portOf(socket);
  const blobs: [bytes: Uint8Array<ArrayBuffer>, mediaType: string][] = [
    [utf8("hello"), "text/plain"],
    [new Uint8Array(), "application/octet-stream"],
    [crypto.getRandomValues(new Uint8Array(60_000)), "image/png"],
    [new Uint8Array(3_000_000).fill(7), "application/x-jupyter-output+json"],
  ];
  for (const [bytes, mediaType] of blobs) {
    await t.step(`${bytes.length} bytes of ${mediaType}`, async () => {
      const hash = await sha256(bytes);
      assertEquals(await store(socket, bytes, mediaType), { hash });
      assertEquals(await store(socket, bytes, mediaType), { hash }, "Stored twice");
      for (const path of [`/blob/${hash}`, `/blobs/${hash}`]) {
        const { status, headers, body } = await get(port, path);
        assertEquals(status, 200);
        assertEquals(body, bytes);
        assertStringIncludes(headers.get("content-type") ?? "", mediaType);
        assertEquals(headers.get("x-content-type-options"), "nosniff");
        assertStringIncludes(headers.get("content-security-policy") ?? "", "sandbox");
        assertEquals(headers.get("access-control-allow-origin"), null);
      }
    });
  }
});

Deno.test("a blob is a file beside the socket when the socket is in the state folder", async () => {
  await using home = await TestHome.make({ socketInState: true });
  await using daemon = await TestDaemon.start({ home });
  await using socket = await openChannel(daemon.socket, "blob");
  const bytes = utf8("v2 clients look for the file first");
  const hash = String((await store(socket, bytes, "text/plain"))["hash"]);
  const beside = join(dirname(daemon.socket), "blobs", hash.slice(0, 2), hash.slice(2));
  assertEquals(await Deno.readFile(beside), bytes);
});

Deno.test("the blob channel answers an error and goes on when a request can't be done", async () => {
  await using daemon = await TestDaemon.start();
  await using socket = await openChannel(daemon.socket, "blob");
  for (const bad of [{}, { action: "fly" }, { action: "store" }, { action: 1 }, []]) {
    await socket.send(json(bad));
    const answer = fromJson(await socket.nextFrame("an error")) as Record<string, unknown>;
    assertEquals(Object.keys(answer), ["error"]);
  }
  assert(await portOf(socket) > 0);
});

Deno.test("the HTTP server shows nothing that isn't asked for by hash", async (t) => {
  await using daemon = await TestDaemon.start();
  await using socket = await openChannel(daemon.socket, "blob");
  const port = await portOf(socket);
  const { hash } = await store(socket, utf8("x"), "text/plain");
  const cases: [path: string, status: number][] = [
    ["/health", 200],
    ["/", 404],
    ["/status", 404],
    [`/blob/${"0".repeat(64)}`, 404],
    [`/blob/${String(hash).toUpperCase()}`, 404],
    [`/blob/${String(hash).slice(0, 63)}`, 404],
    [`/blob/${hash}/`, 404],
    [`/blob/..%2f..%2fetc%2fpasswd`, 404],
    [`/blob/`, 404],
  ];
  for (const [path, status] of cases) {
    await t.step(path, async () => {
      const answer = await get(port, path);
      assertEquals(answer.status, status);
      assertEquals(answer.headers.get("access-control-allow-origin"), null);
    });
  }
  assertEquals(new TextDecoder().decode((await get(port, "/health")).body), "OK");
  for (const method of ["POST", "PUT", "DELETE"]) {
    const { status } = await get(port, `/blob/${hash}`, { method });
    assert(status === 404 || status === 405, `${method} gave ${status}`);
  }
});

/** One HTTP request by hand: fetch sets Host itself. */
async function rawHttp(port: number, lines: string[]): Promise<string> {
  using conn = await Deno.connect({ hostname: "127.0.0.1", port });
  await conn.write(utf8(`${lines.join("\r\n")}\r\nConnection: close\r\n\r\n`));
  return await new Response(conn.readable).text();
}

Deno.test("the HTTP server checks Host and allows only the configured origins", async () => {
  await using daemon = await TestDaemon.start();
  await using socket = await openChannel(daemon.socket, "blob");
  const port = await portOf(socket);
  const { hash } = await store(socket, utf8("x"), "text/html");
  const ask = (host: string, ...more: string[]) =>
    rawHttp(port, [`GET /blob/${hash} HTTP/1.1`, `Host: ${host}`, ...more]);
  assertMatch(await ask(`127.0.0.1:${port}`), /^HTTP\/1\.1 200 /);
  assertMatch(await ask(`localhost:${port}`), /^HTTP\/1\.1 200 /);
  for (
    const host of [
      "evil.example",
      `evil.example:${port}`,
      "127.0.0.1:1",
      `127.0.0.1.nip.io:${port}`,
    ]
  ) {
    assertMatch(await ask(host), /^HTTP\/1\.1 4\d\d /);
  }
  const allowed = await ask(`127.0.0.1:${port}`, "Origin: tauri://localhost");
  assertMatch(allowed, /access-control-allow-origin: tauri:\/\/localhost/i);
  const refused = await ask(`127.0.0.1:${port}`, "Origin: http://evil.example");
  assert(!/access-control-allow-origin/i.test(refused));
});

Deno.test("stored content can't run as a page when a browser is sent to it", async () => {
  await using daemon = await TestDaemon.start();
  await using socket = await openChannel(daemon.socket, "blob");
  const port = await portOf(socket);
  for (const type of ["text/html", "image/svg+xml", "application/xhtml+xml", "text/javascript"]) {
    const { hash } = await store(socket, utf8(`<script>1</script><!-- ${type} -->`), type);
    const { headers } = await get(port, `/blob/${hash}`);
    assertStringIncludes(headers.get("content-security-policy") ?? "", "sandbox");
    assert(!(headers.get("content-security-policy") ?? "").includes("allow-scripts"));
    assertEquals(headers.get("x-content-type-options"), "nosniff");
  }
});

Deno.test("daemon.json beside the socket says where everything is, and goes with the daemon", async () => {
  await using daemon = await TestDaemon.start();
  await using socket = await openChannel(daemon.socket, "blob");
  const path = join(dirname(daemon.socket), "daemon.json");
  const file = JSON.parse(await Deno.readTextFile(path));
  assertEquals(Object.keys(file).sort(), ["blob_port", "endpoint", "pid", "started_at", "version"]);
  assertEquals(file.endpoint, daemon.socket);
  assertEquals(file.pid, daemon.pid);
  assertEquals(file.blob_port, await portOf(socket));
  assert(!Number.isNaN(Date.parse(file.started_at)));
  assertEquals(((await Deno.stat(path)).mode ?? 0) & 0o777, 0o600);
  await daemon.end();
  const left = await Deno.stat(path).then(() => true, () => false);
  assertEquals(left, false, "daemon.json outlived the daemon");
});
