import { assert, assertEquals, assertFalse, assertThrows } from "@std/assert";
import { NotebookdError } from "../errors.ts";
import { initAutomerge, isAutomergeAlive } from "./automerge.ts";
import { scalarString } from "./bulk_value.ts";
import { CrdtDocument, ROOT } from "./crdt_document.ts";

await initAutomerge();

Deno.test("CrdtDocument.put() keeps scalar types apart", () => {
  using doc = CrdtDocument.create();
  doc.put(ROOT, "text", ["str", "a\ud800"]);
  doc.put(ROOT, "whole", ["int", 3]);
  doc.put(ROOT, "float", ["f64", 3]);
  doc.put(ROOT, "yes", ["boolean", true]);
  doc.put(ROOT, "nothing", ["null", null]);
  assertEquals(doc.get(ROOT, "text"), ["str", "a\ufffd"]);
  assertEquals(doc.get(ROOT, "whole"), ["int", 3]);
  assertEquals(doc.get(ROOT, "float"), ["f64", 3]);
  assertEquals(doc.get(ROOT, "yes"), ["boolean", true]);
  assertEquals(doc.get(ROOT, "nothing"), ["null", null]);
  assertEquals(doc.get(ROOT, "missing"), null);
});

Deno.test("CrdtDocument.spliceList() makes Text of strings and scalars of scalarString()", () => {
  using doc = CrdtDocument.create();
  const list = doc.makeObject(ROOT, "list", "list");
  doc.spliceList(list, 0, 0, ["text", scalarString("scalar"), 1, 1.5, { key: [] }]);
  assertEquals(doc.keys(list).length, 5);
  assertEquals(doc.get(list, 0)?.[0], "text");
  assertEquals(doc.get(list, 1), ["str", "scalar"]);
  assertEquals(doc.get(list, 2), ["int", 1]);
  assertEquals(doc.get(list, 3), ["f64", 1.5]);
  assertEquals(doc.get(list, 4)?.[0], "map");
  assertEquals(doc.path(doc.idAt(list, 4)), ["list", 4]);
});

Deno.test("CrdtDocument.load() gives back what save() and saveSince() held", () => {
  using doc = CrdtDocument.create();
  doc.put(ROOT, "a", ["int", 1]);
  assert(doc.commit());
  assertFalse(doc.commit());
  const saved = doc.save();
  const before = doc.heads();
  doc.put(ROOT, "b", ["int", 2]);
  doc.commit();
  const later = doc.saveSince(before);
  using copy = CrdtDocument.load(new Uint8Array([...saved, ...later]));
  assertEquals(copy.heads(), doc.heads());
  assert(copy.hasHeads(before));
  assertEquals(copy.get(ROOT, "b"), ["int", 2]);
  assertFalse(copy.applyIncremental(later));
});

Deno.test("CrdtDocument.applyIncremental() throws and changes nothing when bytes are no changes", () => {
  using doc = CrdtDocument.create();
  doc.put(ROOT, "a", ["int", 1]);
  doc.commit();
  const heads = doc.heads();
  const garbage = new TextEncoder().encode("not a document at all");
  const error = assertThrows(() => doc.applyIncremental(garbage), NotebookdError);
  assertEquals(error.code, "internal");
  assertThrows(() => CrdtDocument.load(garbage), NotebookdError);
  const damaged = doc.save();
  damaged[damaged.length - 1] = (damaged.at(-1) ?? 0) ^ 1;
  assertThrows(() => CrdtDocument.load(damaged), NotebookdError);
  assertEquals(doc.heads(), heads);
  assert(isAutomergeAlive());
});

Deno.test("CrdtDocument.rollback() takes back what isn't committed", () => {
  using doc = CrdtDocument.create();
  doc.put(ROOT, "a", ["int", 1]);
  doc.commit();
  doc.put(ROOT, "a", ["int", 2]);
  doc.rollback();
  assertEquals(doc.get(ROOT, "a"), ["int", 1]);
});

Deno.test("CrdtDocument.fork() gives an independent copy with another actor", () => {
  using doc = CrdtDocument.create({ actor: "ab".repeat(16) });
  doc.put(ROOT, "a", ["int", 1]);
  doc.commit();
  using copy = doc.fork();
  assert(copy.actor !== doc.actor);
  assertEquals(copy.heads(), doc.heads());
  copy.put(ROOT, "a", ["int", 2]);
  copy.commit();
  assertEquals(doc.get(ROOT, "a"), ["int", 1]);
  assertEquals(copy.changesSince(doc.heads()).map(({ actor }) => actor), [copy.actor]);
});

Deno.test("CrdtDocument.get() reads the past when given heads", () => {
  using doc = CrdtDocument.create();
  doc.put(ROOT, "a", ["int", 1]);
  doc.commit();
  const before = doc.heads();
  doc.put(ROOT, "a", ["int", 2]);
  doc.commit();
  assertEquals(doc.get(ROOT, "a", before), ["int", 1]);
});

Deno.test("CrdtDocument.takePatches() gives each commit's patches once, when recording", () => {
  using doc = CrdtDocument.create();
  doc.put(ROOT, "a", ["int", 1]);
  doc.commit();
  assertEquals(doc.takePatches(), []);
  doc.recordPatches();
  const before = doc.heads();
  doc.put(ROOT, "a", ["int", 2]);
  doc.commit();
  const [batch, ...rest] = doc.takePatches();
  assertEquals(rest, []);
  assertEquals(batch?.before, before);
  assertEquals(batch?.after, doc.heads());
  assertEquals(batch?.patches.length, 1);
  assertEquals(doc.takePatches(), []);
});

Deno.test("CrdtDocument.spliceText() counts UTF-16 units", () => {
  using doc = CrdtDocument.create();
  const text = doc.makeText(ROOT, "text", "a😀b");
  assertEquals(doc.length(text), 4);
  doc.spliceText(text, 3, 0, "é");
  doc.spliceText(text, 1, 2, "");
  assertEquals(doc.text(text), "aéb");
});

Deno.test("CrdtDocument.path() is null for what was deleted or never was", () => {
  using doc = CrdtDocument.create();
  const map = doc.makeObject(ROOT, "map", "map");
  assertEquals(doc.path(map), ["map"]);
  doc.delete(ROOT, "map");
  assertEquals(doc.path(map), null);
  assertEquals(doc.path("7@abcd"), null);
  assertEquals(assertThrows(() => doc.idAt(ROOT, "map"), NotebookdError).code, "internal");
});
