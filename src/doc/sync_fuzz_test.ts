import * as A from "@automerge/automerge";
import { assert, assertEquals } from "@std/assert";
import { createHash } from "node:crypto";
import { NotebookdError } from "../errors.ts";
import { initAutomerge, isAutomergeAlive } from "./automerge.ts";
import { CrdtDocument } from "./crdt_document.ts";
import { NotebookEditor } from "./editor.ts";
import { importNotebook } from "./import.ts";
import { readCells } from "./snapshot.ts";
import { SyncPeer } from "./sync.ts";
import { codeCell, importOf, seededRandom } from "./testing.ts";

await initAutomerge();

const ROUNDS = 1500;

Deno.test("SyncPeer.receive() survives damaged and forged messages", async () => {
  const seed = 31;
  const random = seededRandom(seed);
  const cells = [codeCell("a", { source: "hello", outputs: ["{}"] }), codeCell("b")];
  using origin = await importNotebook(importOf(cells), { actor: "0a".repeat(16) });
  const saved = origin.save();
  const messages = honestMessages(saved);
  const refusals = new Set<string>();
  for (let round = 0; round < ROUNDS; round++) {
    using doc = CrdtDocument.load(saved);
    const before = { heads: doc.heads(), cells: readCells(doc) };
    const message = damaged(messages[Math.floor(random() * messages.length)], random);
    const where = `seed ${seed}, round ${round}`;
    try {
      const peer = new SyncPeer(doc);
      peer.receive(message);
      peer.generateAlways();
      using copy = CrdtDocument.load(doc.save());
      assertEquals(copy.heads(), doc.heads(), where);
      assertEquals(readCells(copy), readCells(doc), where);
    } catch (error) {
      assert(error instanceof NotebookdError, `${where}: ${error}`);
      refusals.add(error.code);
      assertEquals({ heads: doc.heads(), cells: readCells(doc) }, before, where);
    }
    assert(isAutomergeAlive(), where);
  }
  assertEquals([...refusals], ["bad_sync_message"]);
});

/** What a document and a client that types into it would say to each other. */
function honestMessages(saved: Uint8Array): Uint8Array[] {
  using doc = CrdtDocument.load(saved, { actor: "0b".repeat(16) });
  using client = CrdtDocument.create({ actor: "0c".repeat(16) });
  const [here, there] = [new SyncPeer(doc), new SyncPeer(client)];
  const editor = new NotebookEditor(client);
  const messages: Uint8Array[] = [];
  for (let round = 0; round < 8; round++) {
    const out = here.generateAlways();
    there.receive(out);
    if (client.heads().length > 0) {
      editor.spliceSource("a", 0, 0, `typed ${round} `.repeat(round * 5));
      editor.insertCell(0, { id: `n${round}`, metadata: { nested: { list: [round, "x"] } } });
    }
    const back = there.generateAlways();
    here.receive(back);
    messages.push(out, back);
  }
  return messages;
}

function damaged(message: Uint8Array | undefined, random: () => number): Uint8Array {
  const bytes = Uint8Array.from(message ?? []);
  const at = () => Math.floor(random() * bytes.length);
  switch (Math.floor(random() * 8)) {
    case 0:
      return bytes.slice(0, at());
    case 1:
      return bytes.map((byte, index) => index === 0 ? byte : Math.floor(random() * 256));
    case 2:
      bytes.copyWithin(at(), at());
      return bytes;
  }
  for (let count = 1 + random() * 3; count > 0; count--) bytes[at()] = Math.floor(random() * 256);
  return random() < 0.8 ? withForgedChecksums(bytes) : bytes;
}

/** Makes the checksums of damaged chunks fit, so that they get past the first check. */
function withForgedChecksums(message: Uint8Array): Uint8Array {
  try {
    const decoded = A.decodeSyncMessage(message);
    return A.encodeSyncMessage({ ...decoded, changes: decoded.changes.map(forge) });
  } catch {
    return forge(message);
  }
}

function forge(bytes: Uint8Array): Uint8Array {
  const forged = Uint8Array.from(bytes);
  for (let start = 0; start + 10 < forged.length; start++) {
    if (forged[start] !== 0x85 || forged[start + 1] !== 0x6f) continue;
    if (forged[start + 2] !== 0x4a || forged[start + 3] !== 0x83) continue;
    const low = forged[start + 9] ?? 0;
    const [length, header] = low < 128
      ? [low, 10]
      : [(low & 127) + (forged[start + 10] ?? 0) * 128, 11];
    const body = forged.subarray(start + 8, start + header + length);
    forged.set(createHash("sha256").update(body).digest().subarray(0, 4), start + 4);
  }
  return forged;
}
