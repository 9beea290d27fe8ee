import * as A from "@automerge/automerge";
import { assert, assertEquals, assertThrows } from "@std/assert";
import { NotebookdError } from "../errors.ts";
import { initAutomerge, isAutomergeAlive } from "./automerge.ts";
import { CrdtDocument, ROOT } from "./crdt_document.ts";
import { NotebookEditor } from "./editor.ts";
import { FirstSync } from "./first_sync.ts";
import { importNotebook } from "./import.ts";
import { readCells } from "./snapshot.ts";
import { SyncPeer } from "./sync.ts";
import { codeCell, converse, importOf } from "./testing.ts";

await initAutomerge();

function notebook(): Promise<CrdtDocument> {
  const cells = Array.from({ length: 30 }, (_, n) => codeCell(`c${n}`, { source: `x = ${n}` }));
  return importNotebook(importOf(cells));
}

/** The document as a program sees it that only knows the library's high-level interface. */
interface PlainNotebook {
  notebook_id: A.ImmutableString;
  cells: {
    id: A.ImmutableString;
    cell_type: A.ImmutableString;
    source: string;
    execution_count: A.ImmutableString;
    outputs: A.ImmutableString[];
  }[];
}

Deno.test("SyncPeer lets two documents converge whoever begins", async () => {
  using one = await notebook();
  using other = CrdtDocument.create();
  const [here, there] = [new SyncPeer(one), new SyncPeer(other)];
  converse(there, here);
  assertEquals(other.heads(), one.heads());
  new NotebookEditor(one).setSource("c1", "here");
  new NotebookEditor(other).setSource("c1", "there");
  new NotebookEditor(other).insertCell(0, { id: "new" });
  converse(here, there);
  assertEquals(other.heads(), one.heads());
  assertEquals(readCells(other), readCells(one));
  assert(here.covered && there.covered);
  assert(here.theyHave(one.heads()) && there.theyHave(one.heads()));
});

Deno.test("SyncPeer.receive() tells whether the document changed", async () => {
  using one = await notebook();
  using other = one.fork();
  const [here, there] = [new SyncPeer(one), new SyncPeer(other)];
  converse(here, there);
  new NotebookEditor(other).setSource("c1", "there");
  const message = there.generate();
  assert(message !== null);
  assertEquals(here.receive(message), { changed: true });
  assertEquals(here.receive(message), { changed: false });
});

Deno.test("SyncPeer.covered is false until what was announced is there", async () => {
  using one = await notebook();
  using other = CrdtDocument.create();
  const [here, there] = [new SyncPeer(one), new SyncPeer(other)];
  assertEquals(there.covered, false);
  assertEquals(there.announced, null);
  assertEquals(here.theyHave(one.heads()), false);
  const greeting = here.generate();
  assert(greeting !== null);
  there.receive(greeting);
  assertEquals(there.announced, one.heads());
  assertEquals(there.covered, false);
  converse(there, here);
  assertEquals(there.covered, true);
});

Deno.test("SyncPeer.generateAlways() answers when there is nothing to say", async () => {
  using one = await notebook();
  using other = one.fork();
  const [here, there] = [new SyncPeer(one), new SyncPeer(other)];
  converse(here, there);
  assertEquals(here.generate(), null);
  for (let round = 0; round < 3; round++) {
    assertEquals(there.receive(here.generateAlways()), { changed: false });
  }
  converse(here, there);
  new NotebookEditor(one).setSource("c1", "more");
  there.receive(here.generateAlways());
  assertEquals(other.heads(), one.heads());
});

Deno.test("SyncPeer serves a client of the plain library, which sees the types it wants", async () => {
  using doc = await notebook();
  const peer = new SyncPeer(doc, { first: prepared(doc) });
  let client = A.init<PlainNotebook>();
  let state = A.initSyncState();
  const talk = () => {
    for (let talking = true; talking;) {
      const out = peer.generate();
      if (out !== null) [client, state] = A.receiveSyncMessage(client, state, out);
      const [next, back] = A.generateSyncMessage(client, state);
      state = next;
      if (back !== null) peer.receive(back);
      talking = out !== null || back !== null;
    }
  };
  talk();
  assert(A.isImmutableString(client.notebook_id));
  assertEquals(client.cells.length, 30);
  assertEquals(client.cells[3]?.source, "x = 3");
  assert(A.isImmutableString(client.cells[3]?.id));
  assert(A.isImmutableString(client.cells[3]?.execution_count));
  client = A.change(client, (draft) => {
    A.splice(draft, ["cells", 3, "source"], 4, 1, "😀");
    draft.cells.push({
      id: new A.ImmutableString("theirs"),
      cell_type: new A.ImmutableString("code"),
      source: "typed",
      execution_count: new A.ImmutableString("null"),
      outputs: [new A.ImmutableString("{}")],
    });
  });
  talk();
  assertEquals(readCells(doc)[3]?.source, "x = 😀");
  assertEquals(readCells(doc).at(-1), {
    id: "theirs",
    cell_type: "code",
    source: "typed",
    execution_count: "null",
    outputs: ["{}"],
  });
  assertEquals(A.getHeads(client).sort(), doc.heads());
});

Deno.test("FirstSync answers new clients with the very messages of the library", async () => {
  using doc = await notebook();
  const first = prepared(doc);
  for (let round = 0; round < 3; round++) {
    using client = CrdtDocument.create();
    using reference = CrdtDocument.create();
    const [quick, plain] = [new SyncPeer(doc, { first }), new SyncPeer(doc)];
    const [there, control] = [new SyncPeer(client), new SyncPeer(reference)];
    for (let step = 0; step < 4; step++) {
      const [message, expected] = [quick.generate(), plain.generate()];
      assertEquals(message, expected);
      if (message === null || expected === null) break;
      there.receive(message);
      control.receive(expected);
      const [back, same] = [there.generate(), control.generate()];
      assertEquals(back, same);
      if (back !== null) quick.receive(back);
      if (same !== null) plain.receive(same);
    }
    assertEquals(client.heads(), doc.heads());
    assert(quick.theyHave(doc.heads()));
  }
});

Deno.test("FirstSync lets a document change between any two messages", async () => {
  for (let moment = 0; moment < 4; moment++) {
    using doc = await notebook();
    using client = CrdtDocument.create();
    const [here, there] = [new SyncPeer(doc, { first: prepared(doc) }), new SyncPeer(client)];
    const edit = (now: number) => {
      if (now === moment) new NotebookEditor(doc).setSource("c1", `changed at ${now}`);
    };
    edit(0);
    there.receive(here.generateAlways());
    edit(1);
    here.receive(there.generateAlways());
    edit(2);
    there.receive(here.generateAlways());
    edit(3);
    converse(there, here);
    assertEquals(client.heads(), doc.heads(), `changed at moment ${moment}`);
  }
});

Deno.test("FirstSync leaves a client that has a history to the library", async () => {
  using doc = await notebook();
  using client = CrdtDocument.create();
  client.put(ROOT, "theirs", ["int", 1]);
  client.commit();
  converse(new SyncPeer(doc, { first: prepared(doc) }), new SyncPeer(client));
  assertEquals(client.heads(), doc.heads());
  assertEquals(doc.get(ROOT, "theirs"), ["int", 1]);
});

Deno.test("FirstSync of an empty document works", () => {
  using doc = CrdtDocument.create();
  using client = CrdtDocument.create();
  client.put(ROOT, "theirs", ["int", 1]);
  client.commit();
  converse(new SyncPeer(doc, { first: prepared(doc) }), new SyncPeer(client));
  assertEquals(client.heads(), doc.heads());
});

Deno.test("SyncPeer.receive() throws and changes nothing when bytes are garbage", async () => {
  using doc = await notebook();
  using other = doc.fork();
  const [here, there] = [new SyncPeer(doc), new SyncPeer(other)];
  converse(here, there);
  const heads = doc.heads();
  for (const garbage of [[], [0x42], [0x43, 1], [7, 7, 7], new Array(300).fill(255)]) {
    const error = assertThrows(() => here.receive(new Uint8Array(garbage)), NotebookdError);
    assertEquals(error.code, "bad_sync_message");
  }
  assertEquals(doc.heads(), heads);
  assert(isAutomergeAlive());
  new NotebookEditor(other).setSource("c1", "still works");
  converse(there, here);
  assertEquals(doc.heads(), other.heads());
});

function prepared(doc: CrdtDocument): FirstSync {
  const first = new FirstSync(doc);
  first.prepare();
  return first;
}
