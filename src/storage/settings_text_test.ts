import { assertEquals } from "@std/assert";
import { DEFAULT_SETTINGS, type Settings } from "../channels/settings_ports.ts";
import { changeSettings, readSettings, unusableSettings } from "./settings_text.ts";

function settingsOf(text: string): Settings {
  const read = readSettings(text, DEFAULT_SETTINGS);
  if (read.kind === "broken") throw new Error(JSON.stringify(read.broken));
  return read.settings;
}

Deno.test("readSettings() takes what can be used and names the rest", () => {
  const text = JSON.stringify({
    theme: "dark",
    default_runtime: 7,
    keep_alive_secs: -1,
    onboarding_completed: "yes",
    uv: { default_packages: ["numpy"], other: 1 },
    conda: [],
    unknown: true,
  });
  assertEquals(readSettings(text, DEFAULT_SETTINGS), {
    kind: "settings",
    settings: { ...DEFAULT_SETTINGS, theme: "dark", uv: { default_packages: ["numpy"] } },
    ignored: ["default_runtime", "keep_alive_secs", "onboarding_completed"],
  });
});

Deno.test("readSettings() allows comments, trailing commas and a byte order mark", () => {
  assertEquals(settingsOf('\ufeff{\n  // mine\n  "theme": "dark",\n}\n').theme, "dark");
});

Deno.test("readSettings() says where a text is broken", () => {
  const cases: [string, number, number][] = [
    ["", 1, 1],
    ["[]", 1, 1],
    ['{\n  "theme": dark\n}', 2, 12],
    ['{\n  "theme": "dark"\n', 3, 1],
    ['{"a": "\u00e9" "b"}', 1, 11],
  ];
  for (const [text, line, column] of cases) {
    const read = readSettings(text, DEFAULT_SETTINGS);
    assertEquals(read.kind, "broken", text);
    if (read.kind === "broken") {
      assertEquals([read.broken.line, read.broken.column], [line, column], text);
    }
  }
});

Deno.test("readSettings() takes nesting without end for broken", () => {
  const text = `{"a":${"[".repeat(500_000)}`;
  assertEquals(readSettings(text, DEFAULT_SETTINGS).kind, "broken");
});

Deno.test("readSettings() is not misled by the names of built-in properties", () => {
  const text = '{"__proto__": {"theme": "evil"}, "constructor": 1}';
  assertEquals(settingsOf(text), DEFAULT_SETTINGS);
  assertEquals(settingsOf("{}"), DEFAULT_SETTINGS);
});

Deno.test("changeSettings() changes the value and nothing else", () => {
  const text = '{\n    // mine\n    "mine": [1,2],\n    "theme": "dark" // night\n}\n';
  const from = settingsOf(text);
  assertEquals(
    changeSettings(text, from, { ...from, theme: "light" }),
    '{\n    // mine\n    "mine": [1,2],\n    "theme": "light" // night\n}\n',
  );
  assertEquals(changeSettings(text, from, from), text);
});

Deno.test("changeSettings() adds settings and folders of settings that are missing", () => {
  for (const text of ["", "{}", '{"uv": {"other": 1}}', '{"uv": 3, "x": 1}', "\ufeff{}"]) {
    const from = text === "" ? DEFAULT_SETTINGS : settingsOf(text);
    const to = { ...from, keep_alive_secs: 5, uv: { default_packages: ["a", "b"] } };
    assertEquals(settingsOf(changeSettings(text, from, to)), to, text);
  }
});

Deno.test("unusableSettings() names the settings that are of the wrong kind", () => {
  assertEquals(unusableSettings({ theme: "x", uv: { default_packages: [] } }), []);
  assertEquals(unusableSettings({ keep_alive_secs: NaN }), ["keep_alive_secs"]);
  assertEquals(unusableSettings(JSON.parse('{"uv": {}, "theme": null}')), [
    "theme",
    "uv.default_packages",
  ]);
});
