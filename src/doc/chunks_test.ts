import { assert, assertEquals } from "@std/assert";
import { deflateRawSync, inflateRawSync } from "node:zlib";
import { initAutomerge } from "./automerge.ts";
import { MAX_CHANGE_BYTES, splitChunks } from "./chunks.ts";
import { CrdtDocument, ROOT } from "./crdt_document.ts";

await initAutomerge();

function saved(): { whole: Uint8Array; later: Uint8Array } {
  using doc = CrdtDocument.create();
  doc.makeText(ROOT, "text", "some text ".repeat(50));
  doc.commit();
  const whole = doc.save();
  const heads = doc.heads();
  for (const text of ["a", "b".repeat(2000)]) {
    doc.put(ROOT, "key", ["str", text]);
    doc.commit();
  }
  return { whole, later: doc.saveSince(heads) };
}

/** Tells whether a damaged byte makes no difference to what comes out. */
function inflatesAlike(deflated: Uint8Array, index: number): boolean {
  const damaged = Uint8Array.from(deflated);
  damaged[index] = (damaged[index] ?? 0) ^ 0x40;
  try {
    return inflateRawSync(damaged).equals(inflateRawSync(deflated));
  } catch {
    return false;
  }
}

Deno.test("splitChunks() finds a saved document and the changes behind it", () => {
  const { whole, later } = saved();
  assertEquals(splitChunks(new Uint8Array()), []);
  assertEquals(splitChunks(whole)?.map(({ kind }) => kind), ["document"]);
  const chunks = splitChunks(new Uint8Array([...whole, ...later]));
  assertEquals(chunks?.map(({ kind }) => kind), ["document", "change", "change"]);
  assertEquals(chunks?.[0]?.bytes, whole);
});

Deno.test("splitChunks() is null when a compressed change is damaged", () => {
  const { later } = saved();
  // The second change has more than 2,000 bytes, so its length takes two of the header.
  const plain = splitChunks(later)?.[1]?.bytes ?? new Uint8Array();
  assertEquals(plain[8], 1);
  const content = deflateRawSync(plain.subarray(11));
  assert(content.length < 128);
  const compressed = new Uint8Array([...plain.subarray(0, 8), 2, content.length, ...content]);
  assertEquals(splitChunks(compressed)?.map(({ kind }) => kind), ["change"]);
  for (let index = 0; index < compressed.length; index++) {
    // Some bits of what is deflated can change without changing what it inflates to.
    if (index >= 10 && inflatesAlike(compressed.subarray(10), index - 10)) continue;
    const bytes = Uint8Array.from(compressed);
    bytes[index] = (bytes[index] ?? 0) ^ 0x40;
    assertEquals(splitChunks(bytes), null, `byte ${index}`);
  }
});

Deno.test("splitChunks() is null when a compressed change is longer than it may be", () => {
  const content = deflateRawSync(new Uint8Array(MAX_CHANGE_BYTES + 1));
  const length = [content.length % 128 | 0x80, Math.floor(content.length / 128) % 128 | 0x80];
  const head = [0x85, 0x6f, 0x4a, 0x83, 0, 0, 0, 0, 2, ...length, content.length >> 14];
  assertEquals(splitChunks(new Uint8Array([...head, ...content])), null);
});

Deno.test("splitChunks() is null wherever bytes end early or are damaged", () => {
  const { whole } = saved();
  for (let end = 1; end < whole.length; end++) {
    assertEquals(splitChunks(whole.subarray(0, end)), null, `${end} bytes`);
  }
  for (let index = 0; index < whole.length; index++) {
    const bytes = Uint8Array.from(whole);
    bytes[index] = (bytes[index] ?? 0) ^ 0x01;
    // Another type leaves the checksum to the library, if it is that of a compressed change.
    assertEquals(splitChunks(bytes)?.[0]?.kind ?? null, null, `byte ${index}`);
  }
  assertEquals(splitChunks(new Uint8Array(100)), null);
  assertEquals(splitChunks(new Uint8Array([...whole, 0])), null);
});
