import { assert, assertEquals } from "@std/assert";
import { parseExact } from "./exact.ts";
import { scanJson } from "./scan.ts";
import { forEachSeed } from "./testing_random.ts";

const utf8 = new TextEncoder();

function scan(text: string, maxDepth = 3) {
  return scanJson(utf8.encode(text), maxDepth);
}

Deno.test("scanJson() finds the bracket that opens one level too many", () => {
  assertEquals(scan('{"a":[{}]}').tooDeepAt, null);
  assertEquals(scan('{"a":[{"b":[]}]}').tooDeepAt, 11);
  assertEquals(scan("[[],[[]],[[[]]]]").tooDeepAt, 11);
});

Deno.test("scanJson() sees no brackets or numbers in strings", () => {
  const text = String.raw`["[[[[{{{{ 1.0", "\"[[[[", "\\", "\\\"[[[[ 1e5"]`;
  assertEquals(scan(text), { tooDeepAt: null, respelledNumber: false });
});

Deno.test("scanJson() takes hostile nesting and unfinished texts without recursing", () => {
  assertEquals(scan("[".repeat(1_000_000), 1000).tooDeepAt, 1000);
  assertEquals(scan('"abc').tooDeepAt, null);
  assertEquals(scan('"abc\\').tooDeepAt, null);
  assertEquals(scan("]".repeat(100) + "[[[[").tooDeepAt, null);
});

Deno.test("scanJson() tells numbers that JavaScript would respell from those it wouldn't", () => {
  const kept = ["0", "-1", "0.5", "-0.25", "123456789012345", "1e+21", "1e-7", "9007199254740991"];
  const respelled = ["-0", "1.0", "1.50", "1e5", "1E400", "1.49e-06", "9007199254740993"];
  for (const number of kept) assert(!scan(`[${number}]`).respelledNumber, number);
  for (const number of respelled) assert(scan(`[${number}]`).respelledNumber, number);
  assert(scan(`[0.${"1".repeat(100_000)}]`).respelledNumber);
});

Deno.test("scanJson() warns of every text whose numbers change when it is written again", () => {
  const numbers = ["0", "-0", "1", "1.0", "0.1", "1e2", "1e21", "12345678901234567890", "0.10"];
  forEachSeed(500, (random) => {
    const items = Array.from({ length: random.below(5) }, () => random.pick(numbers));
    const text = `[${items}]`;
    const changes = JSON.stringify(JSON.parse(text)) !== text;
    assertEquals(scan(text).respelledNumber, changes, text);
    assertEquals(JSON.stringify(parseExact(text)), text);
  });
});
