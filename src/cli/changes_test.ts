import { assertEquals } from "@std/assert";
import { describeChange } from "./changes.ts";

const notebook = {
  cell: () => ({
    id: "a",
    cellType: "code",
    source: "x = 1\ny",
    executionCount: null,
    outputs: [],
    metadata: {},
    attachments: {},
    extra: {},
  }),
};

Deno.test("describeChange() says what happened and shows the first line when a cell has one", () => {
  assertEquals(
    describeChange({ type: "cell_inserted", cellId: "a", index: 2 }, notebook),
    "cell a inserted at 2: x = 1 …",
  );
  const splices = [{ index: 0, deleteCount: 2, insert: "abc" }, {
    index: 9,
    deleteCount: 0,
    insert: "d",
  }];
  assertEquals(
    describeChange({ type: "source_changed", cellId: "a", splices }, notebook),
    "cell a edited (+4 -2): x = 1 …",
  );
});

Deno.test("describeChange() shows no source when the cell is gone", () => {
  assertEquals(
    describeChange({ type: "source_replaced", cellId: "a" }, { cell: () => undefined }),
    "cell a has another source",
  );
});
