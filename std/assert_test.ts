import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertExists,
  assertFalse,
  assertInstanceOf,
  AssertionError,
  assertMatch,
  assertNotEquals,
  assertObjectMatch,
  assertRejects,
  assertStrictEquals,
  assertStringIncludes,
  assertThrows,
  fail,
  unreachable,
} from "./assert.ts";

const cyclicA: Record<string, unknown> = { a: 1 };
cyclicA["self"] = cyclicA;
const cyclicB: Record<string, unknown> = { a: 1 };
cyclicB["self"] = cyclicB;

const EQUAL: readonly (readonly [unknown, unknown])[] = [
  [1, 1],
  [NaN, NaN],
  [0, -0],
  ["a", "a"],
  [{ a: 1, b: [2, { c: 3 }] }, { b: [2, { c: 3 }], a: 1 }],
  [Object.assign(Object.create(null), { a: 1 }), { a: 1 }],
  [Uint8Array.of(1, 2), Uint8Array.of(0, 1, 2).subarray(1)],
  [new Date(5), new Date(5)],
  [/a/g, /a/g],
  [new Map([[{ k: 1 }, [1]]]), new Map([[{ k: 1 }, [1]]])],
  [new Set([{ a: 1 }, { b: 2 }]), new Set([{ b: 2 }, { a: 1 }])],
  [new Error("a"), new Error("a")],
  [cyclicA, cyclicB],
];

const DIFFERENT: readonly (readonly [unknown, unknown])[] = [
  [1, "1"],
  [null, undefined],
  [{ a: undefined }, {}],
  [{ a: 1 }, { b: 1 }],
  [[1, 2], [1, 2, 3]],
  [[], {}],
  [Uint8Array.of(1), Uint8Array.of(2)],
  [Uint8Array.of(1), [1]],
  [Uint8Array.of(1), Uint16Array.of(1)],
  [new Date(5), new Date(6)],
  [new Map([["a", 1]]), new Map([["a", 2]])],
  [new Set([1]), new Set([2])],
  [new Error("a"), new Error("b")],
  [new Error("a"), new TypeError("a")],
  [{ [Symbol.for("s")]: 1 }, { [Symbol.for("s")]: 2 }],
];

function failureOf(fn: () => unknown): string {
  return assertThrows(fn, AssertionError).message;
}

Deno.test("assertEquals() passes when values are deeply equal", () => {
  for (const [a, b] of EQUAL) {
    assertEquals(a, b);
    assertThrows(() => assertNotEquals(a, b), AssertionError);
  }
});

Deno.test("assertEquals() throws when values differ", () => {
  for (const [a, b] of DIFFERENT) {
    assertThrows(() => assertEquals(a, b), AssertionError);
    assertThrows(() => assertEquals(b, a), AssertionError);
    assertNotEquals(a, b);
  }
});

Deno.test("assertEquals() shows the lines that differ when it throws", () => {
  const message = failureOf(() => assertEquals({ a: 1, b: 2 }, { a: 1, b: 3 }, "with a note"));
  assertStringIncludes(message, "Values are not equal: with a note");
  assertStringIncludes(message, "    {\n      a: 1,\n-     b: 2,\n+     b: 3,\n    }");
});

Deno.test("assertThrows() gives what was thrown when class and message fit", () => {
  const thrown = new TypeError("a long story");
  const fn = () => {
    throw thrown;
  };
  assertStrictEquals(assertThrows(fn), thrown);
  assertStrictEquals(assertThrows(fn, TypeError, "long"), thrown);
  assertStringIncludes(failureOf(() => assertThrows(fn, RangeError)), '"RangeError"');
  assertStringIncludes(failureOf(() => assertThrows(fn, TypeError, "short")), '"short"');
  assertStringIncludes(failureOf(() => assertThrows(() => 1, "note")), "to throw: note");
});

Deno.test("assertRejects() gives the reason when class and message fit", async () => {
  const thrown = new TypeError("a long story");
  assertStrictEquals(await assertRejects(() => Promise.reject(thrown)), thrown);
  assertStrictEquals(await assertRejects(() => Promise.reject(thrown), TypeError, "long"), thrown);
  await assertRejects(
    () => assertRejects(() => Promise.reject(thrown), RangeError),
    AssertionError,
    '"RangeError"',
  );
  await assertRejects(() => assertRejects(() => Promise.resolve()), AssertionError, "to reject");
  const synchronous = () => {
    throw thrown;
  };
  await assertRejects(() => assertRejects(synchronous), AssertionError, "throws when expected");
});

Deno.test("assertObjectMatch() looks only at what is expected when more is there", () => {
  assertObjectMatch({ a: 1, b: { c: 2, d: 3 }, e: [{ f: 1, g: 2 }] }, {
    b: { c: 2 },
    e: [{ f: 1 }],
  });
  assertThrows(() => assertObjectMatch({ a: { b: 1 } }, { a: { b: 2 } }), AssertionError);
  assertThrows(() => assertObjectMatch({ a: 1 }, { b: undefined }), AssertionError);
  assertThrows(() => assertObjectMatch({ a: [1, 2] }, { a: [1] }), AssertionError);
});

Deno.test("the small assertions throw when their condition doesn't hold", () => {
  assert(1);
  assertFalse(0);
  assertExists(0);
  assertInstanceOf(new TypeError(), Error);
  assertMatch("abc", /b/);
  assertStringIncludes("abc", "b");
  assertStrictEquals(NaN, NaN);
  assertAlmostEquals(0.1 + 0.2, 0.3);
  assertAlmostEquals(1, 1.05, 0.1);
  const failing = [
    () => assert(0, "no"),
    () => assertFalse(1),
    () => assertExists(null),
    () => assertInstanceOf({}, Error),
    () => assertMatch("abc", /x/),
    () => assertStringIncludes("abc", "x"),
    () => assertStrictEquals({}, {}),
    () => assertAlmostEquals(1, 1.1),
    () => fail("no"),
    () => unreachable("no"),
  ];
  for (const fn of failing) assertThrows(fn, AssertionError);
});
