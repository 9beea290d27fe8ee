import { assertEquals, assertRejects } from "@std/assert";
import { NotebookdError } from "../errors.ts";
import { silentLogger } from "../log.ts";
import type { NotebookSeed } from "../rooms/ports.ts";
import type { ToWorker } from "./messages.ts";
import { WorkerPool } from "./pool.ts";

/** A worker that does what its test says. */
class FakeWorker {
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onerror: ((event: { message: string; preventDefault(): void }) => void) | null = null;
  onmessageerror: (() => void) | null = null;
  terminated = false;
  readonly #answers: boolean;

  constructor(answers: boolean) {
    this.#answers = answers;
  }

  postMessage(message: ToWorker): void {
    if (!this.#answers || message.kind === "tell") return;
    const data = message.kind === "start"
      ? { kind: "started" }
      : { kind: "done", id: message.id, value: undefined };
    queueMicrotask(() => this.onmessage?.({ data }));
  }

  die(): void {
    this.onerror?.({ message: "Out of memory", preventDefault() {} });
  }

  terminate(): void {
    this.terminated = true;
  }
}

/** @param answers Whether the first worker, the second and so on answer; those after them do. */
function setUp(...answers: boolean[]) {
  const workers: FakeWorker[] = [];
  const pool = new WorkerPool({
    spawn: () => {
      const worker = new FakeWorker(answers[workers.length] ?? true);
      workers.push(worker);
      return worker as unknown as Worker;
    },
    // The smallest module there is: its magic number and version.
    automerge: new WebAssembly.Module(Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0)),
    autosave: true,
    trustKey: new Uint8Array(32),
    logger: silentLogger,
    limits: { workers: 4, ownWorkerBytes: 1000, unsentBytes: 1000 },
  });
  return { pool, workers };
}

const seed = (notebookId: string): NotebookSeed => ({ kind: "empty", notebookId });

Deno.test("open() begins no worker when the pool is closed", async () => {
  const { pool, workers } = setUp();
  await pool[Symbol.asyncDispose]();
  const error = await assertRejects(() => pool.open(seed("a")), NotebookdError);
  assertEquals(error.code, "closed");
  assertEquals(workers.map(({ terminated }) => terminated), [true]);
});

Deno.test("dispose ends every worker, also when another one died while it started", async () => {
  const { pool, workers } = setUp(false);
  const opening = pool.open(seed("a"));
  workers[0]?.die();
  assertEquals((await assertRejects(() => opening, NotebookdError)).code, "internal");
  await pool.open(seed("b"));
  await pool[Symbol.asyncDispose]();
  assertEquals(workers.map(({ terminated }) => terminated), workers.map(() => true));
});

Deno.test("a room is lost and its calls fail when its worker dies", async () => {
  const { pool, workers } = setUp();
  const room = await pool.open(seed("a"));
  const flushing = room.flush();
  workers[0]?.die();
  assertEquals((await assertRejects(() => flushing, NotebookdError)).code, "internal");
  assertEquals((await room.lost).code, "internal");
  await assertRejects(() => room.close(), NotebookdError);
  await pool[Symbol.asyncDispose]();
});
