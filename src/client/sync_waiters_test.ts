import { assertEquals, assertRejects } from "@std/assert";
import { NotebookdError } from "../errors.ts";
import { SyncWaiters } from "./sync_waiters.ts";

Deno.test("SyncWaiters.settle() lets go only those whose heads are confirmed", async () => {
  const waiters = new SyncWaiters();
  const settled: string[] = [];
  const early = waiters.add(["a"]).then(() => settled.push("a"));
  const late = waiters.add(["b"]).then(() => settled.push("b"));
  waiters.settle(([head]) => head === "a");
  await early;
  assertEquals(settled, ["a"]);
  waiters.settle(() => true);
  await late;
  assertEquals(settled, ["a", "b"]);
});

Deno.test("SyncWaiters.add() rejects with the signal's reason when it aborts", async () => {
  const waiters = new SyncWaiters();
  const abort = new AbortController();
  const waiting = waiters.add(["a"], abort.signal);
  abort.abort(new Error("enough"));
  await assertRejects(() => waiting, Error, "enough");
});

Deno.test("SyncWaiters.end() rejects everyone when the session ends", async () => {
  const waiters = new SyncWaiters();
  const waiting = waiters.add(["a"]);
  waiters.end(new NotebookdError("closed", "The session was closed"));
  assertEquals((await assertRejects(() => waiting, NotebookdError)).code, "closed");
});
