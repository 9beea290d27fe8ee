import { assert, assertInstanceOf, assertStrictEquals } from "@std/assert";
import { compileAutomerge, initAutomerge, isAutomergeAlive } from "./automerge.ts";
import { CrdtDocument } from "./crdt_document.ts";

Deno.test("initAutomerge() takes a compiled module, once", async () => {
  const module = await compileAutomerge();
  assertInstanceOf(module, WebAssembly.Module);
  const started = initAutomerge(module);
  assertStrictEquals(initAutomerge(), started);
  await started;
  assert(isAutomergeAlive());
  using doc = CrdtDocument.create();
  assert(doc.actor.length === 32);
});
