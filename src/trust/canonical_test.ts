import { assertEquals } from "@std/assert";
import { canonicalJson, compactJson } from "./canonical.ts";

Deno.test("canonicalJson() sorts keys by code point at every level", () => {
  const value = { "\ufb01": 1, "😀": 2, "10": 3, "9": [{ b: {}, a: null }], "": true, aa: 4, a: 5 };
  assertEquals(
    canonicalJson(value),
    '{"":true,"10":3,"9":[{"a":null,"b":{}}],"a":5,"aa":4,"\ufb01":1,"😀":2}',
  );
});

Deno.test("canonicalJson() writes no white space and escapes only what must be", () => {
  assertEquals(
    canonicalJson({ a: ["é\u2028\u007f/", '"\\\n\u0001'] }),
    '{"a":["é\u2028\u007f/","\\"\\\\\\n\\u0001"]}',
  );
});

Deno.test("compactJson() keeps the order of keys", () => {
  assertEquals(compactJson({ b: { d: 1, c: 2 }, a: [] }), '{"b":{"d":1,"c":2},"a":[]}');
});
