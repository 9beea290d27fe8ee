import { assert, assertEquals, assertRejects } from "@std/assert";
import { initAutomerge } from "../doc/automerge.ts";
import { readCells } from "../doc/snapshot.ts";
import { NotebookdError } from "../errors.ts";
import { notebookText, openTestRoom, PATH, storageWith } from "../../tests/helpers/test_room.ts";
import { contentOf, MemoryStorage } from "../../tests/helpers/memory_storage.ts";

await initAutomerge();

const FULL = new NotebookdError("storage_failed", "No space left");

async function codeOf(work: () => Promise<unknown>): Promise<string> {
  return (await assertRejects(work, NotebookdError)).code;
}

Deno.test("save() writes nothing when nothing was edited", async () => {
  await using test = await openTestRoom({ storage: storageWith("1") });
  assertEquals(await test.room.saver.save(), { path: PATH });
  assertEquals(test.storage.calls, ["begin"]);
});

Deno.test("save() writes what was edited, and the state goes from saved to unsaved to saved", async () => {
  await using test = await openTestRoom({ storage: storageWith("1", "2") });
  test.room.change(() => test.room.editor.setSource("c1", "20"));
  await test.room.saver.save();
  assertEquals(test.text(), notebookText(["1", "20"]));
  assertEquals(test.states(), ["unsaved", "saved"]);
});

Deno.test("a notebook saves itself 2 s after the last edit", async () => {
  await using test = await openTestRoom({ storage: storageWith("1") });
  test.room.change(() => test.room.editor.setSource("c0", "10"));
  await test.room.committed();
  test.clock.advance(1_999);
  assertEquals(test.text(), notebookText(["1"]));
  test.clock.advance(1);
  await test.room.saver.flush();
  assertEquals(test.text(), notebookText(["10"]));
});

Deno.test("a notebook whose autosave is off keeps its edits in the journal", async () => {
  await using test = await openTestRoom({ storage: storageWith("1") });
  await test.room.saver.setAutosave(false);
  test.room.change(() => test.room.editor.setSource("c0", "10"));
  await test.room.committed();
  test.clock.advance(60_000);
  assertEquals(await test.room.flush(), true);
  assertEquals(test.text(), notebookText(["1"]));
  assertEquals(test.room.saver.status.autosave, false);
  await using again = await openTestRoom({ storage: test.storage });
  assertEquals(again.sources(), ["10"]);
  assertEquals(again.room.saver.status.autosave, false);
});

Deno.test("a save that fails is told and tried again until it works", async () => {
  await using test = await openTestRoom({ storage: storageWith("1") });
  test.storage.fileFault = FULL;
  test.room.change(() => test.room.editor.setSource("c0", "10"));
  assertEquals(await codeOf(() => test.room.saver.save()), "storage_failed");
  assertEquals(test.states(), ["unsaved", "failed"]);
  test.storage.fileFault = null;
  test.clock.advance(500);
  await test.room.flush();
  assertEquals(test.text(), notebookText(["10"]));
  assertEquals(test.states(), ["unsaved", "failed", "saved"]);
});

Deno.test("a change of the file merges with what was typed, and is saved with it", async () => {
  await using test = await openTestRoom({ storage: storageWith("1", "2") });
  test.room.change(() => test.room.editor.setSource("c0", "10"));
  test.storage.file = contentOf(notebookText(["1", "2", "3"]));
  await test.room.saver.takeIn(test.storage.file);
  assertEquals(test.sources(), ["10", "2", "3"]);
  await test.room.saver.save();
  assertEquals(test.text(), notebookText(["10", "2", "3"]));
  assertEquals(test.told.filter(({ event }) => event === "file_changed").length, 1);
});

Deno.test("save() merges first when the file was changed unnoticed", async () => {
  await using test = await openTestRoom({ storage: storageWith("1", "2") });
  test.room.change(() => test.room.editor.setSource("c0", "10"));
  test.storage.file = contentOf(notebookText(["1", "20"]));
  await test.room.saver.save();
  assertEquals(test.text(), notebookText(["10", "20"]));
});

Deno.test("takeIn() changes nothing for the same bytes, half a file, or none", async () => {
  await using test = await openTestRoom({ storage: storageWith("1", "2") });
  const heads = test.room.document.heads();
  const whole = test.storage.file;
  for (const file of [whole, contentOf(notebookText(["1"]).slice(0, 40)), contentOf(""), null]) {
    test.storage.file = file;
    await test.room.saver.takeIn(file);
    assertEquals(test.room.document.heads(), heads);
  }
  test.storage.file = whole;
  await test.room.saver.takeIn(whole);
  assertEquals(test.room.saver.status.state, "saved");
});

Deno.test("a file that can't be read as a notebook is never overwritten", async () => {
  await using test = await openTestRoom({ storage: storageWith("1") });
  test.storage.file = contentOf("{ not a notebook");
  test.room.change(() => test.room.editor.setSource("c0", "10"));
  await assertRejects(() => test.room.saver.save(), NotebookdError);
  assertEquals(test.text(), "{ not a notebook");
  assertEquals(test.room.saver.status.state, "conflict");
  test.storage.file = contentOf(notebookText(["1"]));
  await test.room.saver.takeIn(test.storage.file);
  await test.room.saver.save();
  assertEquals(test.text(), notebookText(["10"]));
});

Deno.test("a deleted file is made again only when somebody asks", async () => {
  await using test = await openTestRoom({ storage: storageWith("1") });
  test.storage.file = null;
  await test.room.saver.takeIn(null);
  test.room.change(() => test.room.editor.setSource("c0", "10"));
  test.clock.advance(60_000);
  assertEquals(await test.room.flush(), true);
  assertEquals(test.text(), null);
  await test.room.saver.save();
  assertEquals(test.text(), notebookText(["10"]));
});

for (const keep of ["ours", "theirs", "both"] as const) {
  Deno.test(`what both sides changed waits for a decision: keep ${keep}`, async () => {
    await using test = await openTestRoom({ storage: storageWith("1", "2") });
    test.room.change(() => test.room.editor.setSource("c0", "ours"));
    test.storage.file = contentOf(notebookText(["theirs", "2"]));
    await test.room.saver.takeIn(test.storage.file);
    assertEquals(test.room.saver.status.state, "conflict");
    assertEquals(test.room.saver.status.conflicts, [{ cell_id: "c0", path: ["source"] }]);
    assertEquals(test.sources(), ["ours", "2"]);
    assertEquals(await codeOf(() => test.room.saver.save()), "conflict");
    assertEquals(test.text(), notebookText(["theirs", "2"]));
    await test.room.saver.resolve(keep);
    const kept = { ours: ["ours", "2"], theirs: ["theirs", "2"], both: ["ours", "theirs", "2"] };
    assertEquals(test.sources(), kept[keep]);
    assertEquals(test.room.saver.status.state, "saved");
    const saved = JSON.parse(test.text() ?? "").cells as { source: string[] }[];
    assertEquals(saved.map(({ source }) => source.join("")), kept[keep]);
    assertEquals(await codeOf(() => test.room.saver.resolve(keep)), "invalid_argument");
  });
}

Deno.test("a conflict outlives the daemon", async () => {
  await using test = await openTestRoom({ storage: storageWith("1") });
  test.room.change(() => test.room.editor.setSource("c0", "ours"));
  test.storage.file = contentOf(notebookText(["theirs"]));
  await test.room.saver.takeIn(test.storage.file);
  await using again = await openTestRoom({ storage: test.storage });
  assertEquals(again.sources(), ["ours"]);
  assertEquals(again.room.saver.status.state, "conflict");
});

Deno.test("a room comes back from its journal with its history, and merges what the file got", async () => {
  const storage = storageWith("1", "2");
  await using first = await openTestRoom({ storage });
  first.room.change(() => first.room.editor.setSource("c0", "10"));
  await first.room.committed();
  const heads = first.room.document.heads();
  storage.file = contentOf(notebookText(["1", "20"]));
  await using second = await openTestRoom({ storage });
  assert(second.room.document.hasHeads(heads));
  assertEquals(second.sources(), ["10", "20"]);
  second.clock.advance(2_000);
  await second.room.flush();
  assertEquals(second.text(), notebookText(["10", "20"]));
});

Deno.test("a journal that Automerge refuses is put aside, and the file is loaded", async () => {
  const storage = storageWith("1");
  storage.journal = { snapshot: new Uint8Array([1, 2, 3]), log: [], baseline: null };
  await using test = await openTestRoom({ storage });
  assertEquals(test.sources(), ["1"]);
  assertEquals(storage.calls, ["refuse", "begin"]);
});

Deno.test("save() of an untitled notebook needs a path, and moves the room there", async () => {
  const storage = new MemoryStorage();
  const notebookId = "2f6f3d0e-8f43-4a6e-9a51-0d8a8a1f5b11";
  const wish = { runtime: "python", packageManager: "uv", dependencies: [] } as const;
  await using test = await openTestRoom({ storage, seed: { kind: "new", notebookId, ...wish } });
  assertEquals(await test.room.flush(), false);
  test.room.change(() => test.room.editor.insertCell(1, { source: "1" }));
  assertEquals(await test.room.flush(), true);
  assertEquals(await codeOf(() => test.room.saver.save()), "invalid_argument");
  assertEquals(await test.room.saver.save({ path: PATH }), { path: PATH });
  assertEquals(test.room.saver.status, {
    state: "saved",
    path: PATH,
    autosave: true,
    conflicts: [],
  });
  assertEquals(JSON.parse(test.text() ?? "").cells.length, 2);
});

Deno.test("clone() writes a copy without outputs, under an identity of its own", async () => {
  await using test = await openTestRoom({ storage: storageWith("1") });
  test.room.change(() => {
    test.room.editor.setExecutionCount("c0", 7);
    test.room.editor.setOutputs("c0", ['{"output_type":"stream","name":"stdout","text":"x"}']);
  });
  await test.room.saver.clone("/work/b.ipynb");
  const copy = JSON.parse(
    new TextDecoder().decode(test.storage.others.get("/work/b.ipynb")?.bytes),
  );
  assertEquals(copy.cells[0].outputs, []);
  assertEquals(copy.cells[0].execution_count, null);
  assert(typeof copy.metadata.runt.env_id === "string");
  assertEquals(readCells(test.room.document)[0]?.execution_count, "7");
});

Deno.test("save() says what came of formatting, and leaves a cell that somebody types in", async () => {
  const formatter = {
    format: (_runtime: string, sources: readonly string[]) =>
      Promise.resolve({ sources: sources.map((one) => one === "bad(" ? null : `${one}  # f`) }),
  };
  await using test = await openTestRoom({ storage: storageWith("1", "bad("), formatter });
  const saved = await test.room.saver.save({ format: true });
  assertEquals(saved.formatting, { formatted: true, refused: 1 });
  assertEquals(test.sources(), ["1  # f", "bad("]);
  await using bare = await openTestRoom({ storage: storageWith("1") });
  assertEquals((await bare.room.saver.save({ format: true })).formatting?.formatted, false);
});

Deno.test("nothing is told while the journal fails, and all of it once it works", async () => {
  await using test = await openTestRoom({ storage: storageWith("1"), autosave: false });
  const frames: string[] = [];
  await test.room.attach("other", { codec: "json", features: true }, {
    frame: (kind) => {
      frames.push(kind);
      if (kind === "sync") test.room.written("other");
    },
    drop: () => {},
  });
  test.room.start("other");
  const before = frames.filter((kind) => kind === "sync").length;
  test.storage.journalFault = FULL;
  test.room.change(() => test.room.editor.setSource("c0", "10"));
  await assertRejects(() => test.room.committed(), NotebookdError);
  assertEquals(frames.filter((kind) => kind === "sync").length, before);
  assertEquals(test.room.saver.status.state, "failed");
  const attempt = () => test.room.attach("late", { codec: "json", features: true }, NOWHERE);
  assertEquals(await codeOf(attempt), "storage_failed");
  test.storage.journalFault = null;
  test.clock.advance(500);
  await test.room.committed();
  assert(frames.filter((kind) => kind === "sync").length > before);
  assertEquals(test.room.saver.status.state, "unsaved");
});

const NOWHERE = { frame() {}, drop() {} };
