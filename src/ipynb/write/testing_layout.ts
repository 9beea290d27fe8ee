/**
 * Random notebooks in random layouts, for tests: every way of writing the same JSON that a save must
 * leave alone.
 *
 * @module
 */

import { isJsonObject, type JsonObject, type JsonValue } from "../../json.ts";
import type { Random } from "../testing_random.ts";

/** How one random file is written. */
interface Layout {
  unit: string | null;
  lineEnd: string;
  colon: string;
  comma: string;
  escape: (json: string) => string;
  sorted: boolean;
}

const ESCAPES: ((json: string) => string)[] = [
  (json) => json,
  (json) => json.replaceAll("/", "\\/"),
  (json) => json.replace(/[\u0080-\uffff]/g, (unit) => hex(unit)),
  (json) => json.replace(/[\u0080-\uffff]/g, (unit) => hex(unit).toUpperCase().replace("U", "u")),
  (json) => json.replace(/[a/]/g, (unit) => hex(unit)),
];

/** A random notebook as the text of a file. */
export function randomNotebookText(random: Random): string {
  const layout: Layout = {
    unit: random.pick([null, "", " ", "  ", "    ", "\t"]),
    lineEnd: random.pick(["\n", "\r\n", "\n", "\r"]),
    colon: random.pick([":", ": ", " : "]),
    comma: random.pick([",", ", "]),
    escape: random.pick(ESCAPES),
    sorted: random.below(2) === 0,
  };
  const mark = random.pick(["", "", "\ufeff"]);
  const end = random.pick(["", layout.lineEnd, layout.lineEnd + layout.lineEnd]);
  return mark + write(randomNotebook(random), layout, random, layout.unit === null ? null : "") +
    end;
}

/** A random cell in the shape of the file. */
export function randomCell(random: Random, id: string | null): JsonObject {
  const cell_type = random.pick(["code", "markdown", "raw", "future"]);
  const source = randomSource(random);
  return {
    ...(id === null ? {} : { id }),
    cell_type,
    metadata: randomObject(random),
    source: random.below(3) === 0 ? source.join("") : source,
    ...(cell_type === "code"
      ? { execution_count: random.pick([null, 1, 20]), outputs: randomOutputs(random) }
      : {}),
    ...(cell_type === "markdown" && random.below(2) === 0
      ? { attachments: { "a.png": { "image/png": "AAAA" } } }
      : {}),
    ...(random.below(4) === 0 ? { unknown: random.json(2) } : {}),
  };
}

/** A random object that never uses the names a notebook knows. */
export function randomObject(random: Random): JsonObject {
  const keys = ["__proto__", "tags", "10", "9", "é", "zeta", "\ud83d"];
  return Object.fromEntries(
    Array.from({ length: random.below(4) }, () => [random.pick(keys), random.json(3)]),
  );
}

/** Random lines, split at line feeds or anywhere. */
function randomSource(random: Random): string[] {
  const lines = Array.from(
    { length: random.below(6) },
    () => random.pick(["x = 1", "é", "", "\ud83d", "print()", "\u2028", "/a"]) + "\n",
  );
  if (random.below(3) === 0) lines.push("last");
  if (random.below(3) > 0) return lines;
  const text = lines.join("");
  const cuts = Array.from({ length: random.below(4) }, () => random.below(text.length + 1)).sort(
    (one, other) => one - other,
  );
  return [0, ...cuts].map((cut, index) => text.slice(cut, cuts[index] ?? text.length));
}

function randomOutputs(random: Random): JsonValue[] {
  return Array.from({ length: random.below(4) }, (): JsonValue => ({
    output_type: random.pick(["stream", "error"]),
    text: random.pick<JsonValue>(["a", ["a\n", "b"], random.json(2)]),
  }));
}

function randomNotebook(random: Random): JsonObject {
  const minor = random.pick([0, 4, 5, 5, 5]);
  const cells = Array.from(
    { length: random.below(7) },
    (_, index) => randomCell(random, minor === 5 && random.below(5) > 0 ? `id-${index}` : null),
  );
  return {
    cells,
    nbformat: 4,
    nbformat_minor: minor,
    ...(random.below(5) > 0 ? { metadata: randomMetadata(random) } : {}),
    ...(random.below(3) === 0 ? { top: random.json(3) } : {}),
  };
}

function randomMetadata(random: Random): JsonObject {
  const uv = { dependencies: ["numpy", "pandas"], "requires-python": ">=3.10", index: 1 };
  const parts: JsonObject = {
    kernelspec: { name: "python3", display_name: "Python 3", env: { a: 1 } },
    language_info: { name: "python", version: "3.12", mimetype: "text/x-python" },
  };
  const kept = Object.entries(parts).filter(() => random.below(3) > 0);
  return {
    ...randomObject(random),
    ...Object.fromEntries(kept),
    ...random.pick<JsonObject>([{}, { uv }, { runt: { schema_version: "1", uv, note: [1] } }]),
  };
}

function write(value: JsonValue, layout: Layout, random: Random, indent: string | null): string {
  if (Array.isArray(value)) {
    return container("[]", value.map((item) => [null, item]), layout, random, indent);
  }
  if (isJsonObject(value)) return writeObject(value, layout, random, indent);
  if (typeof value === "string") return layout.escape(JSON.stringify(value));
  return respell(value, random);
}

function writeObject(
  object: JsonObject,
  layout: Layout,
  random: Random,
  indent: string | null,
): string {
  const entries = Object.entries(object);
  if (layout.sorted) entries.sort(([one], [other]) => (one < other ? -1 : 1));
  else shuffle(entries, random);
  const [first] = entries;
  // A duplicate key whose first value doesn't count.
  if (first !== undefined && random.below(12) === 0) entries.unshift([first[0], random.json(1)]);
  return container("{}", entries, layout, random, indent);
}

function container(
  brackets: string,
  entries: readonly (readonly [key: string | null, value: JsonValue])[],
  layout: Layout,
  random: Random,
  indent: string | null,
): string {
  const [open, close] = [brackets.slice(0, 1), brackets.slice(1)];
  if (entries.length === 0) return open + random.pick(["", "", " "]) + close;
  const inline = indent === null || layout.unit === null || random.below(10) === 0;
  const inner = inline ? null : indent + layout.unit;
  const texts = entries.map(([key, value]) =>
    (key === null ? "" : layout.escape(JSON.stringify(key)) + layout.colon) +
    write(value, layout, random, inner)
  );
  if (inner === null) return open + texts.join(layout.comma) + close;
  const next = layout.lineEnd + inner;
  return open + next + texts.join(`,${next}`) + layout.lineEnd + indent + close;
}

function shuffle(list: unknown[], random: Random): void {
  for (let last = list.length - 1; last > 0; last--) {
    const other = random.below(last + 1);
    [list[last], list[other]] = [list[other], list[last]];
  }
}

function respell(value: null | boolean | number, random: Random): string {
  if (typeof value !== "number" || value === 4 || value === 5 || !Number.isInteger(value)) {
    return String(value);
  }
  return random.below(4) === 0 && Math.abs(value) < 1000 ? `${value}.0` : String(value);
}

function hex(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
