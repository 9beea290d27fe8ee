import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { NotebookdError } from "../errors.ts";
import { forEachSeed } from "./testing_random.ts";
import { decodeUtf8, findInvalidUtf8 } from "./utf8.ts";

const utf8 = new TextEncoder();

function refusal(bytes: readonly number[]): NotebookdError {
  return assertThrows(() => decodeUtf8(new Uint8Array(bytes)), NotebookdError);
}

Deno.test("decodeUtf8() keeps only a byte order mark in mind, and takes it off", () => {
  assertEquals(decodeUtf8(utf8.encode("\ufeff{}")), { text: "{}", byteOrderMark: true });
  assertEquals(decodeUtf8(utf8.encode("{}\ufeff")), { text: "{}\ufeff", byteOrderMark: false });
  assertEquals(decodeUtf8(utf8.encode("\ufeff\ufeff")), { text: "\ufeff", byteOrderMark: true });
});

Deno.test("decodeUtf8() says so when the file is empty", () => {
  const error = refusal([]);
  assertEquals(error.code, "invalid_json");
  assertStringIncludes(error.message, "the file is empty");
});

Deno.test("decodeUtf8() names the encoding when the file looks like UTF-16 or UTF-32", () => {
  const cases: [string, number[]][] = [
    ["UTF-16 (little-endian)", [0xff, 0xfe, 0x7b, 0x00]],
    ["UTF-16 (big-endian)", [0xfe, 0xff, 0x00, 0x7b]],
    ["UTF-32 (little-endian)", [0xff, 0xfe, 0x00, 0x00, 0x7b, 0x00, 0x00, 0x00]],
    ["UTF-32 (big-endian)", [0x00, 0x00, 0xfe, 0xff]],
    ["UTF-16 (little-endian)", [0x7b, 0x00, 0x7d, 0x00]],
    ["UTF-16 (big-endian)", [0x00, 0x7b, 0x00, 0x7d]],
    ["UTF-32 (little-endian)", [0x7b, 0x00, 0x00, 0x00]],
    ["UTF-32 (big-endian)", [0x00, 0x00, 0x00, 0x7b]],
  ];
  for (const [encoding, bytes] of cases) {
    const error = refusal(bytes);
    assertEquals(error.code, "invalid_json");
    assertStringIncludes(error.message, encoding);
  }
});

Deno.test("decodeUtf8() names byte offset, line and column when bytes aren't UTF-8", () => {
  const latin1 = refusal([0x7b, 0x0a, 0xc3, 0xa9, 0xe9, 0x22]);
  assertEquals(latin1.code, "invalid_json");
  assertStringIncludes(latin1.message, "byte offset 4, line 2, column 2");
  assertStringIncludes(latin1.message, "Latin-1");
  const cut = refusal([0x22, 0xf0, 0x9f, 0x98]);
  assertStringIncludes(cut.message, "byte offset 1, line 1, column 2");
  assertStringIncludes(cut.message, "cut short");
});

Deno.test("findInvalidUtf8() finds every kind of ill-formed sequence", () => {
  const cases: [number[], number | null][] = [
    [[], null],
    [[0x61, 0xc3, 0xa9, 0xe2, 0x82, 0xac, 0xf0, 0x9f, 0x98, 0x80], null],
    [[0x61, 0x80], 1], // a continuation without a lead
    [[0xc0, 0xaf], 0], // overlong, two bytes
    [[0xe0, 0x9f, 0xbf], 0], // overlong, three bytes
    [[0xf0, 0x8f, 0xbf, 0xbf], 0], // overlong, four bytes
    [[0xed, 0xa0, 0x80], 0], // a surrogate
    [[0xf4, 0x90, 0x80, 0x80], 0], // above U+10FFFF
    [[0xf5, 0x80, 0x80, 0x80], 0],
    [[0x61, 0xe2, 0x82], 1], // cut short
  ];
  for (const [bytes, offset] of cases) {
    assertEquals(findInvalidUtf8(new Uint8Array(bytes)), offset, `bytes ${bytes}`);
  }
});

Deno.test("findInvalidUtf8() agrees with TextDecoder when bytes are mutated", () => {
  forEachSeed(2000, (random) => {
    const bytes = utf8.encode("aé€😀\u07ff\u0800\uffff\u{10ffff}z");
    bytes[random.below(bytes.length)] = random.below(256);
    let valid = true;
    try {
      new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    } catch {
      valid = false;
    }
    assertEquals(findInvalidUtf8(bytes) === null, valid, `bytes ${bytes}`);
  });
});
