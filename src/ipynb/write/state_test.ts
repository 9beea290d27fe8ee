import { assertEquals } from "@std/assert";
import { minorOf } from "./state.ts";
import { edit, stateOf } from "./testing_edit.ts";

Deno.test("notebookState() replaces what a document can't hold, everywhere", () => {
  const odd = String.raw`{"\ud83d": [1E400, -1E400, "\udc00"]}`;
  const text =
    `{"nbformat":4,"metadata":${odd},"top":${odd},"cells":[{"cell_type":"raw","id":"a",` +
    String.raw`"source":["\ud83d"],"metadata":${odd},"attachments":${odd},"x":${odd}}]}`;
  const even = { "\ufffd": [null, null, "\ufffd"] };
  assertEquals(stateOf(text), {
    nbformat: 4,
    nbformatMinor: 0,
    snapshot: '{"runt":{"schema_version":"1"}}',
    metadata: even,
    extra: { top: even },
    cells: [{
      id: "a",
      cellType: "raw",
      source: "\ufffd",
      executionCount: null,
      outputs: [],
      metadata: even,
      attachments: even,
      extra: { x: even },
    }],
  });
  const changed = { "\ufffd": [null, null, "\ufffd", 1] };
  assertEquals(
    edit(text, () => ({ metadata: changed })),
    text.replace(String.raw`"\udc00"]`, String.raw`"\udc00", 1]`),
  );
});

Deno.test("minorOf() gives the minor version that a state names, if there can be such", () => {
  const state = stateOf('{"nbformat":4,"cells":[]}');
  const minors = [0, 5, 99, -1, 0.5, NaN, null].map((nbformatMinor) =>
    minorOf({ ...state, nbformatMinor })
  );
  assertEquals(minors, [0, 5, 99, null, null, null, null]);
});
