import { assertEquals } from "@std/assert";
import { Window } from "./window.ts";

/** Notes who came in, so that a test can see the order. */
function recorder(window: Window) {
  const entered: string[] = [];
  const places = new Map<string, () => void>();
  return {
    entered,
    ask: (name: string, bytes: number) =>
      window.enter(bytes).then((leave) => {
        entered.push(name);
        places.set(name, leave);
      }),
    leave: (name: string) => places.get(name)?.(),
  };
}

Deno.test("Window lets no more in than its count when all are small", async () => {
  const { entered, ask, leave } = recorder(new Window({ count: 2, bytes: 100 }));
  await Promise.all([ask("a", 1), ask("b", 1)]);
  const third = ask("c", 1);
  assertEquals(entered, ["a", "b"]);
  leave("a");
  await third;
  assertEquals(entered, ["a", "b", "c"]);
});

Deno.test("Window lets a piece above its bytes in alone", async () => {
  const { entered, ask, leave } = recorder(new Window({ count: 9, bytes: 100 }));
  await ask("large", 1000);
  const small = ask("small", 1);
  assertEquals(entered, ["large"]);
  leave("large");
  await small;
  assertEquals(entered, ["large", "small"]);
});

Deno.test("Window keeps the order when a small piece asks after one that waits", async () => {
  const { entered, ask, leave } = recorder(new Window({ count: 9, bytes: 100 }));
  await ask("first", 60);
  const waiting = Promise.all([ask("second", 60), ask("third", 1)]);
  assertEquals(entered, ["first"]);
  leave("first");
  await waiting;
  assertEquals(entered, ["first", "second", "third"]);
});
