import { assertEquals } from "@std/assert";
import { ManualClock } from "../../tests/helpers/manual_clock.ts";
import { Backoff } from "./backoff.ts";

Deno.test("Backoff waits twice as long each time, 30 s at the most, until it is reset", () => {
  const clock = new ManualClock();
  const calls: number[] = [];
  const backoff = new Backoff(clock, () => {
    calls.push(clock.now() / 1000);
    if (calls.length < 9) backoff.schedule();
  });
  backoff.schedule();
  backoff.schedule();
  clock.advance(200_000);
  assertEquals(calls, [0.5, 1.5, 3.5, 7.5, 15.5, 31.5, 61.5, 91.5, 121.5]);
  backoff.schedule();
  assertEquals(backoff.scheduled, true);
  backoff.reset();
  assertEquals(backoff.scheduled, false);
  backoff.schedule();
  clock.advance(500);
  assertEquals(calls.length, 10);
});
