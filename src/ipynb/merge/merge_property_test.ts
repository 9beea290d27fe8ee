import { assert, assertEquals } from "@std/assert";
import { forEachSeed } from "../testing_random.ts";
import type { NotebookState } from "../write/state.ts";
import { mergeNotebooks } from "./merge.ts";
import { randomEdits, randomNotebook } from "./testing_versions.ts";

const SEEDS = 2000;

function ids({ cells }: NotebookState): string[] {
  return cells.map(({ id }) => id);
}

function sorted(state: NotebookState): NotebookState {
  const cells = state.cells.toSorted((one, other) => one.id < other.id ? -1 : 1);
  return { ...state, cells };
}

Deno.test("mergeNotebooks() gives the one side when the other changed nothing", () => {
  forEachSeed(SEEDS, (random) => {
    const base = randomNotebook(random);
    const other = randomEdits(base, random, "o");
    assertEquals(mergeNotebooks({ base, ours: base, theirs: other }), {
      merged: other,
      conflicts: [],
    });
    assertEquals(mergeNotebooks({ base, ours: other, theirs: base }).merged, other);
    assertEquals(mergeNotebooks({ base, ours: other, theirs: other }).merged, other);
  });
});

Deno.test("mergeNotebooks() changes nothing when it is done again", () => {
  forEachSeed(SEEDS, (random) => {
    const base = randomNotebook(random);
    const ours = randomEdits(base, random, "o");
    const theirs = randomEdits(base, random, "t");
    const first = mergeNotebooks({ base, ours, theirs });
    const again = mergeNotebooks({ base, ours: first.merged, theirs });
    assertEquals(sorted(again.merged), sorted(first.merged));
    // Where both moved cells, which of them moved can be told in more than one way.
    if (ids(theirs).join() === ids(base).join()) assertEquals(ids(again.merged), ids(first.merged));
    const places = new Set(
      first.conflicts.map(({ cellId, path }) => JSON.stringify([cellId, path])),
    );
    for (const { cellId, path } of again.conflicts) {
      assert(places.has(JSON.stringify([cellId, path])), "A conflict came from nowhere");
    }
  });
});

Deno.test("mergeNotebooks() loses no token of either side, and doubles no cell", () => {
  forEachSeed(SEEDS, (random) => {
    const base = randomNotebook(random);
    const ours = randomEdits(base, random, "o");
    const theirs = randomEdits(base, random, "t");
    const { merged, conflicts } = mergeNotebooks({ base, ours, theirs });
    assertEquals(new Set(ids(merged)).size, merged.cells.length, "An id is there twice");
    const kept = JSON.stringify([merged, conflicts]);
    for (const token of JSON.stringify([ours, theirs]).match(/[ot]\d+/g) ?? []) {
      assert(kept.includes(token), `"${token}" is lost`);
    }
  });
});

Deno.test("mergeNotebooks() keeps the cells that both kept in an order that a side has", () => {
  forEachSeed(SEEDS, (random) => {
    const base = randomNotebook(random);
    const ours = randomEdits(base, random, "o");
    const theirs = { ...base, cells: base.cells.filter(() => random.below(3) > 0) };
    const { merged } = mergeNotebooks({ base, ours, theirs });
    const left = new Set(ids(merged));
    assertEquals(ids(merged), ids(ours).filter((id) => left.has(id)));
  });
});
