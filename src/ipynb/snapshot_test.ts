import { assert, assertEquals } from "@std/assert";
import type { JsonObject } from "../json.ts";
import {
  mergeMetadata,
  parseSnapshot,
  restOfMetadata,
  serialiseSnapshot,
  snapshotOf,
} from "./snapshot.ts";
import { forEachSeed } from "./testing_random.ts";

const EMPTY_RUNT = { schema_version: "1" };

Deno.test("snapshotOf() puts keys in the order of the wire and keeps unknown ones after them", () => {
  const snapshot = snapshotOf({
    runt: {
      trust_signature: "s",
      later: 1,
      uv: { "requires-python": ">=3.10", dependencies: ["a"], index: "x" },
      env_id: "e",
      schema_version: "2",
    },
    colab: {},
    language_info: { version: "3.11", codemirror_mode: {}, name: "python" },
    kernelspec: { language: "python", display_name: "Python 3", name: "python3", env: {} },
  });
  assertEquals(
    JSON.stringify(snapshot),
    '{"kernelspec":{"name":"python3","display_name":"Python 3","language":"python","env":{}},' +
      '"language_info":{"name":"python","version":"3.11","codemirror_mode":{}},' +
      '"runt":{"schema_version":"2","env_id":"e",' +
      '"uv":{"requires-python":">=3.10","dependencies":["a"],"index":"x"},' +
      '"trust_signature":"s","later":1}}',
  );
  assertEquals(serialiseSnapshot(snapshot), JSON.stringify(snapshot));
});

Deno.test("snapshotOf() always has runt with its schema_version", () => {
  for (const metadata of [{}, { runt: {} }, { runt: null }, { runt: "x" }, { runt: [] }]) {
    assertEquals(snapshotOf(metadata), { runt: EMPTY_RUNT });
  }
});

Deno.test("snapshotOf() takes uv and conda of older notebooks only where runt is missing", () => {
  const older = { uv: { dependencies: ["a"] }, conda: { dependencies: [], channels: ["c"] } };
  assertEquals(snapshotOf(older), { runt: { ...EMPTY_RUNT, ...older } });
  assertEquals(snapshotOf({ ...older, runt: EMPTY_RUNT }), { runt: EMPTY_RUNT });
  assertEquals(restOfMetadata(older), older);
});

Deno.test("snapshotOf() leaves to restOfMetadata() what a v2 client can't parse", () => {
  const misfits: JsonObject[] = [
    { kernelspec: { name: "python3" } },
    { kernelspec: { name: "x", display_name: "X", language: 1 } },
    { kernelspec: null },
    { language_info: { version: "3" } },
    { language_info: { name: "python", version: 3 } },
    { runt: { uv: { dependencies: "numpy" } } },
    { runt: { uv: { dependencies: ["numpy", 1] } } },
    { runt: { uv: { dependencies: null } } },
    { runt: { uv: [] } },
    { runt: { conda: { channels: {} } } },
    { runt: { deno: { flexible_npm_imports: "yes" } } },
    { runt: { env_id: 5, trust_signature: null } },
  ];
  for (const metadata of misfits) {
    assertEquals(snapshotOf(metadata), { runt: EMPTY_RUNT }, JSON.stringify(metadata));
    assertEquals(restOfMetadata(metadata), metadata);
    assertEquals(mergeMetadata(metadata, snapshotOf(metadata)).runt, {
      ...metadata.runt as JsonObject | undefined,
      ...EMPTY_RUNT,
    });
  }
});

Deno.test("restOfMetadata() keeps the file's order and everything that isn't in the snapshot", () => {
  const metadata = {
    z: 1,
    kernelspec: { name: "ir", display_name: "R" },
    colab: {},
    runt: { schema_version: "1", uv: { dependencies: 1 } },
    a: null,
  };
  assertEquals(
    JSON.stringify(restOfMetadata(metadata)),
    '{"z":1,"colab":{},"runt":{"uv":{"dependencies":1}},"a":null}',
  );
});

Deno.test("mergeMetadata() undoes the split when metadata is random", () => {
  forEachSeed(500, (random) => {
    const list = () => random.pick([random.json(1), ["a"], [], undefined]);
    const metadata = withoutUndefined({
      other: random.json(3),
      kernelspec: random.pick([random.json(2), { name: "x", display_name: "X", x: 1 }]),
      language_info: random.pick([random.json(2), { name: "x" }]),
      runt: {
        schema_version: "1",
        env_id: random.pick(["e", null, 4]),
        uv: random.pick([random.json(2), withoutUndefined({ dependencies: list() })]),
        conda: withoutUndefined({ dependencies: list(), channels: list() }),
        unknown: random.json(2),
      },
    });
    const snapshot = snapshotOf(metadata);
    assertEquals(mergeMetadata(restOfMetadata(metadata), snapshot), metadata);
    assertEquals(snapshotOf(snapshot), snapshot);
    assertEquals(restOfMetadata(snapshot), {});
    assertEquals(parseSnapshot(serialiseSnapshot(snapshot)), snapshot);
  });
});

Deno.test("parseSnapshot() gives the empty snapshot when the text isn't an object's JSON", () => {
  const texts = ["", "{", "null", "[]", '"x"', `{"a":${"[".repeat(5000)}${"]".repeat(5000)}}`];
  for (const text of texts) assertEquals(parseSnapshot(text), { runt: EMPTY_RUNT });
  assertEquals(parseSnapshot('{"runt":5,"x":1}'), { runt: 5, x: 1 });
});

Deno.test("snapshotOf() and mergeMetadata() keep __proto__ an ordinary key", () => {
  const metadata: JsonObject = JSON.parse('{"__proto__":{"a":1},"runt":{"__proto__":{"uv":1}}}');
  const merged = mergeMetadata(restOfMetadata(metadata), snapshotOf(metadata));
  assert(Object.hasOwn(merged, "__proto__"));
  assert(Object.hasOwn(merged.runt as JsonObject, "__proto__"));
  assertEquals(Object.getPrototypeOf(merged), Object.prototype);
});

/** JSON has no undefined: a key with it is a key that isn't there. */
function withoutUndefined(value: Record<string, unknown>): JsonObject {
  return JSON.parse(JSON.stringify(value));
}
