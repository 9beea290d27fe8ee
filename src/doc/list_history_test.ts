import { assertEquals } from "@std/assert";
import { ListHistory } from "./list_history.ts";
import { seededRandom } from "./testing.ts";

Deno.test("ListHistory.steps() names where each element was and where it ended up", () => {
  const history = new ListHistory();
  history.delete(100, 1);
  history.delete(200, 1);
  history.insert(50, 2);
  assertEquals(history.steps(), [
    { type: "deleted", index: 100, before: 100 },
    { type: "deleted", index: 200, before: 201 },
    { type: "inserted", index: 50, after: 50 },
    { type: "inserted", index: 51, after: 51 },
  ]);
  assertEquals([49, 50, 51, 52].map((index) => history.isNew(index)), [false, true, true, false]);
});

Deno.test("ListHistory.steps() follow random edits of a real list", () => {
  const seed = 99;
  const random = seededRandom(seed);
  for (let round = 0; round < 300; round++) {
    const before = Array.from({ length: 12 }, (_, n) => `old${n}`);
    const list = [...before];
    const history = new ListHistory();
    for (let step = 0; step < 6; step++) {
      const index = Math.floor(random() * (list.length + 1));
      if (random() < 0.5) {
        list.splice(index, 0, `new${step}a`, `new${step}b`);
        history.insert(index, 2);
      } else {
        const count = Math.min(3, list.length - index);
        list.splice(index, count);
        history.delete(index, count);
      }
    }
    const gone = before.filter((name) => !list.includes(name));
    const came = list.filter((name) => name.startsWith("new"));
    const steps = history.steps();
    const deleted = steps.flatMap((step) => step.type === "deleted" ? before[step.before] : []);
    const inserted = steps.flatMap((step) => step.type === "inserted" ? list[step.after] : []);
    assertEquals(deleted.sort(), gone.sort(), `seed ${seed}, round ${round}`);
    assertEquals(inserted.sort(), came.sort(), `seed ${seed}, round ${round}`);
    for (const [index, name] of list.entries()) {
      assertEquals(history.isNew(index), name.startsWith("new"), `seed ${seed}, round ${round}`);
    }
  }
});
