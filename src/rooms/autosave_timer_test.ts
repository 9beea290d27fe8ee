import { assertEquals } from "@std/assert";
import { ManualClock } from "../../tests/helpers/manual_clock.ts";
import { AutosaveTimer } from "./autosave_timer.ts";

function setUp() {
  const clock = new ManualClock(1000);
  const due: number[] = [];
  const timer = new AutosaveTimer(clock, () => due.push(clock.now() - 1000));
  return { clock, due, timer };
}

Deno.test("AutosaveTimer calls 2 s after the last edit", () => {
  const { clock, due, timer } = setUp();
  timer.edited();
  clock.advance(1_500);
  timer.edited();
  clock.advance(1_999);
  assertEquals(due, []);
  clock.advance(1);
  assertEquals(due, [3_500]);
  clock.advance(60_000);
  assertEquals(due, [3_500]);
});

Deno.test("AutosaveTimer calls 10 s after the first edit when editing goes on", () => {
  const { clock, due, timer } = setUp();
  for (let edits = 0; edits < 25; edits++) {
    timer.edited();
    clock.advance(1_000);
  }
  assertEquals(due, [10_000, 20_000]);
  timer[Symbol.dispose]();
  clock.advance(60_000);
  assertEquals(due, [10_000, 20_000]);
});
