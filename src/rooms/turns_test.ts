import { assertEquals } from "@std/assert";
import { Turns } from "./turns.ts";

Deno.test("Turns lets later turns come only when earlier ones are done", async () => {
  const turns = new Turns();
  const [first, second, third] = [turns.take(), turns.take(), turns.take()];
  const order: string[] = [];
  const all = Promise.all([
    third.ready.then(() => order.push("third")),
    second.ready.then(() => {
      order.push("second");
      second.done();
    }),
    first.ready.then(() => {
      order.push("first");
      first.done();
    }),
  ]);
  await all;
  assertEquals(order, ["first", "second", "third"]);
});
