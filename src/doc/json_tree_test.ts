import { assertEquals } from "@std/assert";
import type { JsonObject, JsonValue } from "../json.ts";
import { initAutomerge } from "./automerge.ts";
import { CrdtDocument, ROOT, type TypedValue } from "./crdt_document.ts";
import { putJson, readObject, readValue, toBulk, toScalar } from "./json_tree.ts";
import { seededRandom } from "./testing.ts";

await initAutomerge();

function put(doc: CrdtDocument, key: string, value: JsonValue): TypedValue | null {
  for (const _cost of putJson(doc, ROOT, key, value));
  doc.commit();
  return doc.get(ROOT, key);
}

function nested(depth: number): JsonObject {
  let value: JsonObject = { end: "here" };
  for (let level = 1; level < depth; level++) {
    value = level % 2 === 0 ? { in: value } : { in: [value] };
  }
  return value;
}

Deno.test("toScalar() makes integers of safe whole numbers and floats of all others", () => {
  assertEquals(toScalar(3), ["int", 3]);
  assertEquals(toScalar(-7), ["int", -7]);
  assertEquals(toScalar(2 ** 53), ["f64", 2 ** 53]);
  assertEquals(toScalar(1e300), ["f64", 1e300]);
  assertEquals(toScalar(-0), ["f64", -0]);
  assertEquals(toScalar(0.5), ["f64", 0.5]);
  assertEquals(toScalar("text"), ["str", "text"]);
});

Deno.test("putJson() keeps numbers that bulk insertion would change", () => {
  using doc = CrdtDocument.create();
  for (const [index, number] of [1e300, -1e300, 2 ** 60, -0].entries()) {
    assertEquals(toBulk({ number }), null);
    const value = put(doc, `n${index}`, { number, list: [1, number, 2] });
    assertEquals(value && readValue(doc, value), { number, list: [1, number, 2] });
    assertEquals(doc.get(doc.idAt(ROOT, `n${index}`), "number"), ["f64", number]);
  }
});

Deno.test("putJson() keeps strange keys and lone surrogates apart from code", () => {
  using doc = CrdtDocument.create();
  const value: JsonObject = JSON.parse(
    '{"__proto__":{"a":1},"":2,"constructor":"c","\\ud800":"\\udc00"}',
  );
  put(doc, "value", value);
  assertEquals(
    JSON.stringify(readObject(doc, doc.idAt(ROOT, "value"))),
    '{"":2,"__proto__":{"a":1},"constructor":"c","\ufffd":"\ufffd"}',
  );
});

Deno.test("putJson() takes 1,000 levels of nesting", () => {
  for (const depth of [90, 120, 900, 1000]) {
    using doc = CrdtDocument.create();
    put(doc, "deep", nested(depth));
    using copy = CrdtDocument.load(doc.save());
    // As text: comparing so deep takes more of the stack than there may be.
    const read = JSON.stringify(readObject(copy, copy.idAt(ROOT, "deep")));
    assertEquals(read === JSON.stringify(nested(depth)), true, `${depth} levels`);
  }
});

Deno.test("putJson() takes wide objects and long lists", () => {
  using doc = CrdtDocument.create();
  const wide = Object.fromEntries(
    Array.from({ length: 1500 }, (_, n) => [`k${n}`, { n, at: [n] }]),
  );
  const long = Array.from({ length: 1500 }, (_, n) => n % 500 === 7 ? 1e300 : { n });
  put(doc, "wide", { wide, long });
  const read = readObject(doc, doc.idAt(ROOT, "wide"));
  assertEquals(read.long, long);
  assertEquals(Object.entries(read.wide ?? {}).length, 1500);
  assertEquals((read.wide as JsonObject).k1499, { n: 1499, at: [1499] });
});

Deno.test("putJson() and readObject() give back random JSON", () => {
  const seed = 20_240_611;
  const random = seededRandom(seed);
  using doc = CrdtDocument.create();
  for (let round = 0; round < 60; round++) {
    const value = randomJson(random, 5);
    const read = put(doc, "value", { value });
    assertEquals(read && readValue(doc, read), { value }, `seed ${seed}, round ${round}`);
  }
});

Deno.test("readValue() gives JSON for types that JSON lacks, and null past a sane depth", () => {
  using doc = CrdtDocument.create();
  assertEquals(readValue(doc, ["int", 2n ** 60n]), 2 ** 60);
  assertEquals(readValue(doc, ["timestamp", new Date(0)]), "1970-01-01T00:00:00.000Z");
  assertEquals(readValue(doc, ["timestamp", new Date(NaN)]), null);
  assertEquals(readValue(doc, ["bytes", new Uint8Array([1, 2])]), "AQI=");
  assertEquals(readValue(doc, ["f64", Infinity]), null);
  assertEquals(readValue(doc, ["str", "x"], 5000), null);
});

function randomJson(random: () => number, depth: number): JsonValue {
  const kind = Math.floor(random() * (depth > 0 ? 8 : 6));
  const size = Math.floor(random() * 6);
  switch (kind) {
    case 0:
      return null;
    case 1:
      return random() < 0.5;
    case 2:
      return Math.floor(random() * 1000) - 500;
    case 3:
      return random() * 1e20;
    case 4:
      return random() - 0.5;
    case 5:
      return "aé😀\n".repeat(size);
    case 6:
      return Array.from({ length: size }, () => randomJson(random, depth - 1));
    default:
      return Object.fromEntries(
        Array.from({ length: size }, (_, n) => [`${n}`, randomJson(random, depth - 1)]),
      );
  }
}
