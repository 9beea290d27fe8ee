import { assertEquals, assertRejects } from "@std/assert";
import { NotebookdError } from "../errors.ts";
import { WriteQueue } from "./write_queue.ts";

/** A queue whose writes take at most `step` bytes, each only when the test lets it. */
function heldQueue(step: number) {
  const written: number[][] = [];
  const writes: PromiseWithResolvers<void>[] = [];
  let arrived = Promise.withResolvers<void>();
  const queue = new WriteQueue({
    write: async (bytes) => {
      const write = Promise.withResolvers<void>();
      writes.push(write);
      arrived.resolve();
      await write.promise;
      const part = bytes.subarray(0, step);
      written.push([...part]);
      return part.length;
    },
    failed: () => {},
  });
  /** Waits for the next write and lets it happen. */
  async function release(): Promise<void> {
    if (writes.length === 0) await arrived.promise;
    arrived = Promise.withResolvers<void>();
    writes.shift()?.resolve();
  }
  return { queue, written, release };
}

Deno.test("WriteQueue writes on where a write took only a part", async () => {
  const { queue, written, release } = heldQueue(2);
  const pushed = queue.push(Uint8Array.of(1, 2, 3, 4, 5));
  assertEquals(queue.bytes, 5);
  for (let write = 0; write < 3; write++) await release();
  await pushed;
  assertEquals(written, [[1, 2], [3, 4], [5]]);
  assertEquals(queue.bytes, 0);
});

Deno.test("WriteQueue writes small frames that wait together in one piece", async () => {
  const { queue, written, release } = heldQueue(1000);
  const pushed = [[1], [2], [3, 4]].map((frame) => queue.push(Uint8Array.from(frame)));
  await release();
  await release();
  await Promise.all(pushed);
  assertEquals(written, [[1], [2, 3, 4]]);
});

Deno.test("WriteQueue does not copy a big frame together with others", async () => {
  const sizes: number[] = [];
  const queue = new WriteQueue({
    write: (bytes) => {
      sizes.push(bytes.length);
      return Promise.resolve(bytes.length);
    },
    failed: () => {},
  });
  await Promise.all([1, 10, 70_000, 10, 65_526, 1].map((size) => queue.push(new Uint8Array(size))));
  assertEquals(sizes, [1, 10, 70_000, 65_536, 1]);
});

Deno.test("WriteQueue fails what waits when it ends, and what comes later", async () => {
  const { queue, release } = heldQueue(1);
  const reason = new NotebookdError("closed", "Closed");
  const pushed = [queue.push(Uint8Array.of(1, 2)), queue.push(Uint8Array.of(3))].map((push) =>
    assertRejects(() => push, NotebookdError)
  );
  queue.end(reason);
  queue.end(new NotebookdError("internal", "Later"));
  await release();
  assertEquals(await Promise.all(pushed), [reason, reason]);
  assertEquals(await assertRejects(() => queue.push(Uint8Array.of(4))), reason);
  await queue.idle;
  assertEquals(queue.bytes, 0);
});

Deno.test("WriteQueue reports a write that fails", async () => {
  const errors: unknown[] = [];
  const cause = new Error("Broken pipe");
  const queue: WriteQueue = new WriteQueue({
    write: () => Promise.reject(cause),
    failed: (error) => {
      errors.push(error);
      queue.end(new NotebookdError("connection_lost", "Lost"));
    },
  });
  const error = await assertRejects(() => queue.push(Uint8Array.of(1)), NotebookdError);
  assertEquals(error.code, "connection_lost");
  assertEquals(errors, [cause]);
});
