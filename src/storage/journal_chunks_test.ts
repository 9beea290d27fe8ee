import { assert, assertEquals } from "@std/assert";
import { fakeChunk } from "../../tests/helpers/fake_chunks.ts";
import { SeededRandom } from "../testing_random.ts";
import { initAutomerge } from "../doc/automerge.ts";
import { CrdtDocument, ROOT } from "../doc/crdt_document.ts";
import { concatBytes, scanChunks } from "./journal_chunks.ts";

const CHUNKS = [
  fakeChunk("one"),
  fakeChunk("two".repeat(100)),
  fakeChunk("three".repeat(1000), { compressed: true }),
];

Deno.test("scanChunks() reads whole chunks to their end", async () => {
  assertEquals(await scanChunks(new Uint8Array()), { end: 0, rest: "none" });
  const bytes = concatBytes(CHUNKS);
  assertEquals(await scanChunks(bytes), { end: bytes.length, rest: "none" });
  const large = fakeChunk("x".repeat(2 * 1024 * 1024));
  assertEquals(await scanChunks(large), { end: large.length, rest: "none" });
});

Deno.test("scanChunks() stops before a torn chunk, wherever it is torn", async () => {
  const bytes = concatBytes(CHUNKS);
  const ends = CHUNKS.map((_, index) => concatBytes(CHUNKS.slice(0, index + 1)).length);
  for (let length = 0; length < bytes.length; length++) {
    const end = ends.findLast((end) => end <= length) ?? 0;
    const expected = { end, rest: end === length ? "none" : "torn" } as const;
    assertEquals(await scanChunks(bytes.subarray(0, length)), expected, `${length} bytes`);
    const zeros = concatBytes([bytes.subarray(0, length), new Uint8Array(50)]);
    assertEquals((await scanChunks(zeros)).end, end, `${length} bytes and zeros`);
  }
});

Deno.test("scanChunks() tells damage with chunks behind it from a torn end", async () => {
  const [first, second, third] = CHUNKS;
  assert(first !== undefined && second !== undefined && third !== undefined);
  for (let at = 0; at < second.length; at++) {
    const broken = second.slice();
    broken[at] = (broken[at] ?? 0) ^ 0x10;
    const inside = await scanChunks(concatBytes([first, broken, third]));
    assertEquals(inside, { end: first.length, rest: "damaged" }, `byte ${at}`);
    const last = await scanChunks(concatBytes([first, broken]));
    assertEquals(last, { end: first.length, rest: "torn" }, `byte ${at}`);
  }
});

Deno.test("scanChunks() takes any bytes without failing", async () => {
  const random = new SeededRandom(7);
  for (let i = 0; i < 300; i++) {
    const head = CHUNKS[random.below(3)]?.subarray(0, random.below(13)) ?? new Uint8Array();
    const { end } = await scanChunks(concatBytes([head, random.bytes(random.below(60))]));
    assertEquals(end, 0);
  }
});

Deno.test("scanChunks() reads what Automerge saves", async () => {
  await initAutomerge();
  using doc = CrdtDocument.create();
  const before = doc.heads();
  doc.put(ROOT, "text", ["str", "x".repeat(5000)]);
  doc.commit();
  const middle = doc.heads();
  doc.put(ROOT, "text", ["str", "y"]);
  doc.commit();
  for (const bytes of [doc.save(), doc.saveSince(before), doc.saveSince(middle)]) {
    assert(bytes.length > 0);
    assertEquals(await scanChunks(bytes), { end: bytes.length, rest: "none" });
  }
  const changes = concatBytes([doc.saveSince(before), doc.saveSince(middle)]);
  assertEquals((await scanChunks(changes)).end, changes.length);
});
