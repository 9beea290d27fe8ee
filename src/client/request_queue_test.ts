import { assert, assertEquals, assertRejects } from "@std/assert";
import { NotebookdError } from "../errors.ts";
import { jsonCodec } from "../wire/codec.ts";
import { MAX_PENDING_REQUESTS, RequestQueue } from "./request_queue.ts";

const always = () => true;

async function refusal(promise: Promise<unknown>): Promise<NotebookdError> {
  return await assertRejects(() => promise, NotebookdError);
}

function sent(queue: RequestQueue): unknown {
  const body = queue.next(always);
  return body === null ? null : jsonCodec.decode(body);
}

Deno.test("RequestQueue.settle() gives each request its response when they come out of order", async () => {
  const queue = new RequestQueue(jsonCodec);
  const info = queue.submit({ action: "get_kernel_info" });
  const run = queue.submit({ action: "execute_cell", cell_id: "a" });
  assertEquals(sent(queue), { action: "get_kernel_info", id: 1 });
  assertEquals(sent(queue), { action: "execute_cell", cell_id: "a", id: 2 });
  assertEquals(sent(queue), null);
  queue.settle({ result: "cell_queued", cell_id: "a", id: 2 });
  queue.settle({
    result: "kernel_info",
    kernel_type: null,
    env_source: null,
    status: "not_started",
    id: 1,
  });
  assertEquals((await run).result, "cell_queued");
  assertEquals((await info).result, "kernel_info");
});

Deno.test("RequestQueue.settle() takes responses in order when the daemon echoes no ids", async () => {
  const queue = new RequestQueue(jsonCodec);
  const first = queue.submit({ action: "clear_outputs", cell_id: "a" });
  const second = queue.submit({ action: "interrupt_execution" });
  sent(queue);
  sent(queue);
  queue.settle({ result: "outputs_cleared", cell_id: "a" });
  queue.settle({ result: "interrupt_sent" });
  assertEquals((await first).result, "outputs_cleared");
  assertEquals((await second).result, "interrupt_sent");
});

Deno.test("RequestQueue.settle() rejects with the daemon's code when it refused", async () => {
  const queue = new RequestQueue(jsonCodec);
  const save = queue.submit({ action: "save_notebook", format_cells: false });
  sent(queue);
  queue.settle({ result: "error", error: "Disk full", error_code: "storage_failed", id: 1 });
  assertEquals((await refusal(save)).code, "storage_failed");
});

Deno.test("RequestQueue.settle() rejects only that request when its response doesn't fit", async () => {
  const queue = new RequestQueue(jsonCodec);
  const wrong = queue.submit({ action: "execute_cell", cell_id: "a" });
  const unknown = queue.submit({ action: "execute_cell", cell_id: "b" });
  const good = queue.submit({ action: "execute_cell", cell_id: "c" });
  for (let count = 0; count < 3; count++) sent(queue);
  queue.settle({ result: "ok", id: 1 });
  queue.settle({ result: "of_a_later_version", id: 2 });
  queue.settle({ result: "cell_queued", cell_id: "c", id: 3 });
  assertEquals((await refusal(wrong)).code, "bad_frame");
  assertEquals((await refusal(unknown)).code, "bad_frame");
  assertEquals((await good).result, "cell_queued");
});

Deno.test("RequestQueue.next() holds a request back when its edits are not confirmed", () => {
  const queue = new RequestQueue(jsonCodec);
  queue.submit({ action: "execute_cell", cell_id: "a" }, { after: ["h1"] });
  const asked: (readonly string[])[] = [];
  assertEquals(queue.next((heads) => (asked.push(heads), false)), null);
  assertEquals(asked, [["h1"]]);
  assert(queue.next(always) !== null);
});

Deno.test("RequestQueue.connectionLost() rejects what was sent and keeps the rest", async () => {
  const queue = new RequestQueue(jsonCodec);
  const out = queue.submit({ action: "interrupt_execution" });
  sent(queue);
  queue.submit({ action: "get_queue_state" });
  queue.connectionLost();
  assertEquals((await refusal(out)).code, "connection_lost");
  assertEquals(sent(queue), { action: "get_queue_state", id: 2 });
});

Deno.test("RequestQueue.submit() gives a request up when its signal aborts", async () => {
  const queue = new RequestQueue(jsonCodec);
  const abort = new AbortController();
  const reason = new Error("changed my mind");
  const { signal } = abort;
  const out = queue.submit({ action: "get_queue_state" }, { signal });
  sent(queue);
  const waiting = queue.submit({ action: "interrupt_execution" }, { signal });
  abort.abort(reason);
  assertEquals(await out.catch((error) => error), reason);
  assertEquals(await waiting.catch((error) => error), reason);
  assertEquals(sent(queue), null);
  const late = queue.submit({ action: "get_queue_state" }, { signal });
  assertEquals(await late.catch((error) => error), reason);
  queue.settle({ result: "queue_state", executing: null, queued: [], id: 1 });
});

Deno.test("RequestQueue.submit() refuses when too many requests wait", async () => {
  const queue = new RequestQueue(jsonCodec);
  const waiting = Array.from(
    { length: MAX_PENDING_REQUESTS },
    () => queue.submit({ action: "get_queue_state" }),
  );
  const error = await refusal(queue.submit({ action: "get_queue_state" }));
  assertEquals(error.code, "limit_reached");
  queue.end(new NotebookdError("closed", "The session was closed"));
  for (const request of waiting) assertEquals((await refusal(request)).code, "closed");
});

Deno.test("RequestQueue.submit() refuses when a request is too big for a frame", async () => {
  const queue = new RequestQueue(jsonCodec);
  const code = "x".repeat(16 * 1024 * 1024);
  const error = await refusal(queue.submit({ action: "complete", code, cursor_pos: 0 }));
  assertEquals(error.code, "limit_reached");
  assertEquals(sent(queue), null);
});
