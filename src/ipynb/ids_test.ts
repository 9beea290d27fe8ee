import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { assignIds, type IdCandidate, MAX_ID_LENGTH } from "./ids.ts";
import { forEachSeed } from "./testing_random.ts";

function cell(id: unknown, source = "", cellType = "code"): IdCandidate {
  return { id, cellType, source };
}

Deno.test("assignIds() keeps every usable id, whatever nbformat's pattern says", () => {
  const ids = ["a/b.c:d", "ü😀", "__proto__", "constructor", "x".repeat(MAX_ID_LENGTH), " "];
  assertEquals(assignIds(ids.map((id) => cell(id))), { ids, repairs: [] });
});

Deno.test("assignIds() repairs ids that are missing, empty, too long or no strings", () => {
  const bad = [undefined, null, 5, {}, "", "x".repeat(MAX_ID_LENGTH + 1)];
  const { ids, repairs } = assignIds(bad.map((id) => cell(id)));
  assertEquals(repairs.map(({ index, reason }) => [index, reason]), [
    [0, "missing"],
    [1, "missing"],
    [2, "missing"],
    [3, "missing"],
    [4, "missing"],
    [5, "missing"],
  ]);
  assertEquals(new Set(ids).size, bad.length);
  for (const id of ids) assert(/^cell-[0-9a-f]{12}$/.test(id), id);
});

Deno.test("assignIds() lets the first owner keep an id, also after lone surrogates are replaced", () => {
  const { ids, repairs } = assignIds([
    cell("\ud800", "1"),
    cell("\ufffd", "2"),
    cell("\ufffd", "3"),
  ]);
  assertEquals(ids[0], "\ufffd");
  assertEquals(repairs.map(({ index, reason }) => [index, reason]), [
    [1, "duplicate"],
    [2, "duplicate"],
  ]);
});

Deno.test("assignIds() gives a cell the same id when other cells come before it", () => {
  const alone = assignIds([cell(undefined, "x")]).ids[0];
  const second = assignIds([cell(undefined, "y"), cell(undefined, "x")]).ids[1];
  assertEquals(alone, second);
  assertNotEquals(alone, assignIds([cell(undefined, "x", "markdown")]).ids[0]);
});

Deno.test("assignIds() never takes an id that a later cell has in the file", () => {
  const derived = assignIds([cell(undefined, "x")]).ids[0] ?? "";
  const { ids } = assignIds([cell(undefined, "x"), cell(derived, "y")]);
  assertEquals(ids[1], derived);
  assertNotEquals(ids[0], derived);
});

Deno.test("assignIds() gives golden ids, which journals and clients remember", () => {
  const { ids } = assignIds([
    cell(undefined, ""),
    cell(undefined, ""),
    cell("", "é😀", "markdown"),
  ]);
  assertEquals(ids, ["cell-b4c0c0a3b3b8", "cell-ee6f25cb2cec", "cell-7486d914d781"]);
});

Deno.test("assignIds() gives unique ids, the same ones each time, when cells are random", () => {
  forEachSeed(300, (random) => {
    const cells = Array.from(
      { length: random.below(30) },
      () => cell(random.pick([undefined, "", "a", "b", "\ud800", "__proto__"]), random.text()),
    );
    const { ids, repairs } = assignIds(cells);
    assertEquals(new Set(ids).size, cells.length);
    assertEquals(ids.every((id) => id.isWellFormed() && id !== ""), true);
    for (const repair of repairs) assertEquals(ids[repair.index], repair.id);
    assertEquals(assignIds(structuredClone(cells)), { ids, repairs });
  });
});
