import { assertEquals } from "@std/assert";
import { initAutomerge } from "./automerge.ts";
import { splitChunks } from "./chunks.ts";
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

Deno.test("splitChunks() finds a saved document and the changes behind it", () => {
  const { whole, later } = saved();
  assertEquals(splitChunks(new Uint8Array()), []);
  assertEquals(splitChunks(whole)?.map(({ kind }) => kind), ["document"]);
  const chunks = splitChunks(new Uint8Array([...whole, ...later]));
  assertEquals(chunks?.map(({ kind }) => kind), ["document", "change", "change"]);
  assertEquals(chunks?.[0]?.bytes, whole);
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
