import { assert, assertEquals, assertRejects } from "@std/assert";
import { ManualClock } from "../../tests/helpers/manual_clock.ts";
import { initAutomerge } from "../doc/automerge.ts";
import { CrdtDocument, ROOT } from "../doc/crdt_document.ts";
import { NotebookdError } from "../errors.ts";
import { JournalGate } from "./journal_gate.ts";
import { MemoryStorage } from "../../tests/helpers/memory_storage.ts";

await initAutomerge();

const FULL = new NotebookdError("storage_failed", "No space left");

async function setUp() {
  const document = CrdtDocument.create();
  document.put(ROOT, "n", ["int", 0]);
  document.commit();
  const storage = new MemoryStorage();
  await storage.begin({ snapshot: document.save(), heads: document.heads() });
  const clock = new ManualClock();
  const opened: number[] = [];
  const failures: string[] = [];
  const gate = new JournalGate({
    document,
    storage,
    clock,
    opened: () => opened.push(opened.length),
    failed: ({ code }) => failures.push(code),
  });
  const edit = (value: number) => {
    document.put(ROOT, "n", ["int", value]);
    document.commit();
  };
  const recovered = () => {
    const { snapshot, log } = storage.found()!;
    using found = CrdtDocument.load(new Uint8Array([...snapshot, ...log]));
    return found.get(ROOT, "n")?.[1];
  };
  return {
    storage,
    clock,
    gate,
    edit,
    recovered,
    opened,
    failures,
    [Symbol.dispose]: () => {
      gate[Symbol.dispose]();
      document[Symbol.dispose]();
    },
  };
}

Deno.test("commit() opens the gate only when the journal holds the change", async () => {
  using parts = await setUp();
  const { gate, storage } = parts;
  assertEquals(gate.commit(), null);
  parts.edit(1);
  assertEquals(gate.open, false);
  const release = storage.holdAppends();
  const committed = gate.commit();
  assertEquals(gate.open, false);
  assertEquals(parts.recovered(), 0);
  release();
  await committed;
  assertEquals(gate.open, true);
  assertEquals(parts.recovered(), 1);
});

Deno.test("commit() hands over what came meanwhile after what it is writing", async () => {
  using parts = await setUp();
  const { gate, storage } = parts;
  parts.edit(1);
  const release = storage.holdAppends();
  const first = gate.commit();
  parts.edit(2);
  const second = gate.commit();
  release();
  await first;
  await second;
  assert(gate.open);
  assertEquals(parts.recovered(), 2);
});

Deno.test("a failing journal keeps the gate shut, is told once, and is tried again", async () => {
  using parts = await setUp();
  const { gate, storage, clock } = parts;
  storage.journalFault = FULL;
  parts.edit(1);
  await gate.commit();
  parts.edit(2);
  await gate.commit();
  assertEquals(gate.open, false);
  assertEquals(gate.failure?.code, "storage_failed");
  assertEquals(parts.failures, ["storage_failed"]);
  const error = await assertRejects(() => gate.committed(), NotebookdError);
  assertEquals(error.code, "storage_failed");
  storage.journalFault = null;
  const before = parts.opened.length;
  clock.advance(500);
  await gate.committed();
  assertEquals(gate.failure, null);
  assertEquals(parts.opened.length, before + 1);
  assertEquals(parts.recovered(), 2);
});

Deno.test("during() appends in the usual way what its writer couldn't", async () => {
  using parts = await setUp();
  const { gate } = parts;
  parts.edit(1);
  await assertRejects(() => gate.during(() => Promise.reject(FULL)), NotebookdError);
  assertEquals(gate.open, false);
  await gate.committed();
  assertEquals(parts.recovered(), 1);
});
