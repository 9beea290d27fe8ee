import { assert, assertEquals } from "@std/assert";
import { Backoff } from "./backoff.ts";

Deno.test("Backoff.next() grows to the cap and stays there when it is asked again and again", () => {
  const backoff = new Backoff({ firstMs: 100, capMs: 30_000, random: () => 0.999999 });
  const delays = Array.from({ length: 14 }, () => Math.round(backoff.next()));
  assertEquals(delays.slice(0, 4), [100, 200, 400, 800]);
  assertEquals(delays.slice(-3), [30_000, 30_000, 30_000]);
});

Deno.test("Backoff.next() never gives less than half of the ceiling when random is 0", () => {
  const backoff = new Backoff({ firstMs: 100, capMs: 30_000, random: () => 0 });
  const delays = Array.from({ length: 14 }, () => backoff.next());
  assertEquals(delays.slice(0, 4), [50, 100, 200, 400]);
  assertEquals(delays.at(-1), 15_000);
});

Deno.test("Backoff.next() differs between two clients when random does", () => {
  const one = new Backoff({ random: () => 0.1 });
  const other = new Backoff({ random: () => 0.9 });
  assert(one.next() !== other.next());
});

Deno.test("Backoff.reset() starts with the first delay when the connection was good", () => {
  const backoff = new Backoff({ firstMs: 100, random: () => 0 });
  backoff.next();
  backoff.next();
  backoff.reset();
  assertEquals(backoff.next(), 50);
});

Deno.test("Backoff.next() keeps to a cap when it is below the first delay", () => {
  assertEquals(new Backoff({ firstMs: 1000, capMs: 10, random: () => 0 }).next(), 5);
});
