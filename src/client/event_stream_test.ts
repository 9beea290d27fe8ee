import { assertEquals, assertRejects } from "@std/assert";
import { NotebookdError } from "../errors.ts";
import { EventStream } from "./event_stream.ts";
import { Subscribers } from "./subscribers.ts";

const OPTIONS = { name: "numbers", limits: { items: 3, weight: 100 } };

async function all<T>(stream: EventStream<T>): Promise<T[]> {
  const items: T[] = [];
  for await (const item of stream) items.push(item);
  return items;
}

Deno.test("EventStream gives what was pushed before the first read when it is read later", async () => {
  const stream = new EventStream<number>(OPTIONS);
  stream.push(1);
  stream.push(2);
  stream.end();
  stream.push(3);
  assertEquals(await all(stream), [1, 2]);
});

Deno.test("EventStream.next() waits when nothing is there yet", async () => {
  const stream = new EventStream<number>(OPTIONS);
  const next = stream.next();
  stream.push(7);
  assertEquals(await next, { done: false, value: 7 });
});

Deno.test("EventStream gives an error in place of what waited when there are too many items", async () => {
  let ends = 0;
  const stream = new EventStream<number>({ ...OPTIONS, onEnd: () => ends++ });
  for (const value of [1, 2, 3, 4, 5]) stream.push(value);
  const error = await assertRejects(() => stream.next(), NotebookdError);
  assertEquals(error.code, "limit_reached");
  assertEquals(ends, 1);
  assertEquals(await stream.next(), { done: true, value: undefined });
});

Deno.test("EventStream gives an error when what waits is too heavy", async () => {
  const stream = new EventStream<number>(OPTIONS);
  stream.push(1, 60);
  stream.push(2, 60);
  assertEquals((await assertRejects(() => stream.next(), NotebookdError)).code, "limit_reached");
});

Deno.test("EventStream takes new weight when the old was read", async () => {
  const stream = new EventStream<number>(OPTIONS);
  for (let value = 0; value < 10; value++) {
    stream.push(value, 60);
    assertEquals((await stream.next()).value, value);
  }
});

Deno.test("EventStream.end() throws its error after what waited when it is given one", async () => {
  const stream = new EventStream<number>(OPTIONS);
  stream.push(1);
  stream.end(new NotebookdError("connection_lost", "Gone"));
  assertEquals((await stream.next()).value, 1);
  assertEquals((await assertRejects(() => stream.next(), NotebookdError)).code, "connection_lost");
});

Deno.test("EventStream drops what waits when its loop is left", async () => {
  let ends = 0;
  const stream = new EventStream<number>({ ...OPTIONS, onEnd: () => ends++ });
  stream.push(1);
  stream.push(2);
  for await (const value of stream) {
    assertEquals(value, 1);
    break;
  }
  assertEquals(ends, 1);
  assertEquals((await stream.next()).done, true);
});

Deno.test("Subscribers.publish() reaches every reader when one of them is too slow", async () => {
  const subscribers = new Subscribers<number>(OPTIONS);
  const slow = subscribers.subscribe();
  const quick = subscribers.subscribe();
  for (let value = 0; value < 5; value++) {
    subscribers.publish(value);
    assertEquals((await quick.next()).value, value);
  }
  await assertRejects(() => slow.next(), NotebookdError);
  assertEquals(subscribers.none, false);
  await quick.return();
  assertEquals(subscribers.none, true);
});

Deno.test("Subscribers.subscribe() gives an ended stream when the session has ended", async () => {
  const subscribers = new Subscribers<number>(OPTIONS);
  subscribers.end(undefined);
  assertEquals(await all(subscribers.subscribe()), []);
});
