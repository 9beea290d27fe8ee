import { assertEquals } from "@std/assert";
import type { JsonObject } from "../../json.ts";
import { editNotebookText } from "./edit_notebook.ts";
import { edit, editRunt, lineChanges, stateOf } from "./testing_edit.ts";

function fileWith(metadata: JsonObject): string {
  return JSON.stringify({ cells: [], metadata, nbformat: 4 }, null, 1);
}

/** The metadata of a file after a client wrote this snapshot. */
function metadataAfter(metadata: JsonObject, snapshot: JsonObject): JsonObject {
  return JSON.parse(edit(fileWith(metadata), () => ({ snapshot: JSON.stringify(snapshot) })))
    .metadata;
}

const RUNT = { schema_version: "1" };
const FULL = {
  colab: { a: 1 },
  kernelspec: { display_name: "Python 3", env: {}, language: "python", name: "python3" },
  language_info: { mimetype: "text/x-python", name: "python", version: "3.11" },
  runt: {
    conda: { channels: ["c"], dependencies: ["numpy"], pin: true },
    env_id: "e",
    note: "n",
    pixi: { channels: [], dependencies: ["scipy"] },
    schema_version: "1",
    trust_signature: "s",
    uv: { "requires-python": ">=3.10", dependencies: ["pandas"], index: "i" },
  },
};

/** The same as a v2 client writes it: known keys alone. */
const AS_V2 = {
  kernelspec: { name: "python3", display_name: "Python 3", language: "python" },
  language_info: { name: "python", version: "3.11" },
  runt: {
    schema_version: "1",
    env_id: "e",
    uv: { dependencies: ["pandas"], "requires-python": ">=3.10" },
    conda: { dependencies: ["numpy"], channels: ["c"] },
    trust_signature: "s",
  },
};

Deno.test("metadataChange() sees no change where a client dropped what it doesn't know", () => {
  const file = fileWith(FULL);
  assertEquals(edit(file, () => ({ snapshot: JSON.stringify(AS_V2) })), file);
});

Deno.test("metadataChange() changes what a client changed and keeps what it doesn't know", () => {
  const uv = { dependencies: ["pandas", "polars"] };
  const snapshot = { ...AS_V2, runt: { ...AS_V2.runt, uv } };
  const after = edit(fileWith(FULL), () => ({ snapshot: JSON.stringify(snapshot) }));
  assertEquals(lineChanges(fileWith(FULL), after), [
    '-    "requires-python": ">=3.10",',
    '-    "dependencies": [',
    '-     "pandas"',
    '+    "dependencies": [',
    '+     "pandas",',
    '+     "polars"',
  ]);
});

Deno.test("metadataChange() removes a known key that the snapshot had, and no other", () => {
  const { kernelspec: _kernelspec, ...without } = AS_V2;
  assertEquals(metadataAfter(FULL, without).kernelspec, { env: {} });
  const plain = { kernelspec: { name: "ir", display_name: "R" } };
  assertEquals(metadataAfter(plain, { runt: RUNT }), {});
  const { trust_signature: _signature, conda: _conda, ...runt } = AS_V2.runt;
  assertEquals(metadataAfter(FULL, { ...AS_V2, runt }).runt, {
    conda: { pin: true },
    env_id: "e",
    note: "n",
    pixi: FULL.runt.pixi,
    schema_version: "1",
    uv: FULL.runt.uv,
  });
  // Too little for a snapshot: it never was in it, so it isn't missing from it.
  assertEquals(metadataAfter({ kernelspec: { name: "ir" } }, { runt: { ...RUNT, env_id: "e" } }), {
    kernelspec: { name: "ir" },
    runt: { env_id: "e", schema_version: "1" },
  });
});

Deno.test("metadataChange() takes null for absent", () => {
  const runt = { ...AS_V2.runt, env_id: null, uv: { ...AS_V2.runt.uv, "requires-python": null } };
  const after = metadataAfter(FULL, { ...AS_V2, language_info: null, runt }) as typeof FULL;
  assertEquals(after.language_info as unknown, { mimetype: "text/x-python" });
  assertEquals(Object.keys(after.runt).includes("env_id"), false);
  assertEquals(after.runt.uv as unknown, { dependencies: ["pandas"], index: "i" });
});

Deno.test("metadataChange() replaces a part that didn't fit, keeping its unknown keys", () => {
  const kernelspec = { name: "python3", display_name: "Python 3" };
  assertEquals(metadataAfter({ kernelspec: { name: "x", env: 1 } }, { kernelspec, runt: RUNT }), {
    kernelspec: { name: "python3", env: 1, display_name: "Python 3" },
  });
  const uv = { dependencies: ["numpy"] };
  assertEquals(metadataAfter({ runt: { uv: "numpy" } }, { runt: { ...RUNT, uv } }), {
    runt: { uv },
  });
});

Deno.test("metadataChange() adds runt only when something in it changed", () => {
  const kernelspec = { name: "python3", display_name: "Python 3" };
  assertEquals(metadataAfter({}, { kernelspec, runt: RUNT }), { kernelspec });
  assertEquals(metadataAfter({}, { runt: { ...RUNT, env_id: "e" } }), {
    runt: { ...RUNT, env_id: "e" },
  });
  assertEquals(
    edit(
      '{"cells":[],"nbformat":4}',
      () => ({ snapshot: JSON.stringify({ kernelspec, runt: RUNT }) }),
    ),
    `{"cells":[],"metadata":{"kernelspec":${JSON.stringify(kernelspec)}},"nbformat":4}`,
  );
});

Deno.test("metadataChange() edits an older notebook's sections where they are", () => {
  const older = fileWith({ uv: { dependencies: ["numpy"], extra: 1 }, z: 1 });
  const uv = { dependencies: ["numpy", "polars"] };
  const edited = editRunt(older, { uv });
  assertEquals(edited, older.replace('"numpy"', '"numpy",\n    "polars"'));
  assertEquals(JSON.parse(stateOf(edited).snapshot ?? "").runt.uv.dependencies, uv.dependencies);
  assertEquals(JSON.parse(editRunt(older, { uv: undefined })).metadata, { uv: { extra: 1 }, z: 1 });
  const bare = fileWith({ conda: { dependencies: ["numpy"] } });
  assertEquals(JSON.parse(editRunt(bare, { conda: undefined })).metadata, {});
});

Deno.test("metadataChange() edits an older section again after a save", () => {
  const text = '{"cells":[],"metadata":{"uv":{"dependencies":["a",  "\\u0062"]}},"nbformat":4}';
  const baseline = stateOf(text);
  const snapshot = (dependencies: string[]) =>
    JSON.stringify({ runt: { ...RUNT, uv: { dependencies } } });
  const saved = { ...baseline, snapshot: snapshot(["a", "b", "c"]) };
  const once = editNotebookText({ text, baseline, current: saved }).text;
  assertEquals(once, text.replace('62"', '62",  "c"'));
  const current = { ...saved, snapshot: snapshot(["b", "c"]) };
  const twice = editNotebookText({ text: once, baseline: saved, current }).text;
  assertEquals(twice, once.replace('"a",  ', ""));
});

Deno.test("metadataChange() writes runt whole for an older notebook when more of it changes", () => {
  const older = { uv: { dependencies: ["numpy"] } };
  assertEquals(JSON.parse(editRunt(fileWith(older), { trust_signature: "s" })).metadata, {
    runt: { schema_version: "1", uv: older.uv, trust_signature: "s" },
    ...older,
  });
  const both = { runt: { schema_version: "1", uv: older.uv }, uv: { ...older.uv, foreign: 1 } };
  assertEquals(JSON.parse(editRunt(fileWith(both), { uv: undefined })).metadata, {
    runt: RUNT,
    uv: { foreign: 1 },
  });
});

Deno.test("metadataChange() changes nothing for a text that isn't a snapshot", () => {
  const file = fileWith(FULL);
  for (const snapshot of ["", "[]", "{", "7", `{"a":${"[".repeat(5000)}`, null]) {
    assertEquals(edit(file, () => ({ snapshot })), file);
  }
});

Deno.test("metadataChange() keeps a key called __proto__ a key", () => {
  const file = '{"cells":[],"metadata":{"runt":{"__proto__":{"a":1}}},"nbformat":4}';
  assertEquals(editRunt(file, { env_id: "e" }), file.replace("}}}", '},"env_id":"e"}}'));
});
