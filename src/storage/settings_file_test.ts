import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { exists } from "@std/fs";
import { DEFAULT_SETTINGS, type Settings, type SettingsStore } from "../channels/settings_ports.ts";
import { NotebookdError } from "../errors.ts";
import { RecordingLogger } from "../../tests/helpers/recording_logger.ts";
import { TempFolder } from "../../tests/helpers/temp_folder.ts";
import { SettingsFile } from "./settings_file.ts";

async function open(folder: TempFolder, logger = new RecordingLogger()): Promise<SettingsFile> {
  return await SettingsFile.open(folder.join("settings.json"), { logger });
}

/** Resolves with the first settings that fit, also if they are there already. */
function until(store: SettingsStore, fits: (settings: Settings) => boolean): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const subscription = store.subscribe((settings) => {
    if (fits(settings)) resolve();
  });
  if (fits(store.current)) resolve();
  return promise.finally(() => subscription[Symbol.dispose]());
}

Deno.test("SettingsFile.open() takes a missing file for defaults and makes none", async () => {
  await using folder = await TempFolder.make();
  await using store = await open(folder);
  assertEquals(store.current, DEFAULT_SETTINGS);
  assertEquals(await exists(folder.join("settings.json")), false);
});

Deno.test("SettingsFile.open() refuses a missing folder", async () => {
  await using folder = await TempFolder.make();
  const error = await assertRejects(
    () => SettingsFile.open(folder.join("no/settings.json"), { logger: new RecordingLogger() }),
    NotebookdError,
  );
  assertEquals(error.code, "not_found");
});

Deno.test("update() keeps the settings for the next start", async () => {
  await using folder = await TempFolder.make();
  {
    await using store = await open(folder);
    await store.update({ theme: "dark", conda: { default_packages: ["numpy"] } });
    assertEquals(store.current.theme, "dark");
  }
  await using again = await open(folder);
  assertEquals(again.current, {
    ...DEFAULT_SETTINGS,
    theme: "dark",
    conda: { default_packages: ["numpy"] },
  });
});

Deno.test("update() keeps comments, unknown keys, the mode and a link", async () => {
  await using folder = await TempFolder.make();
  await Deno.mkdir(folder.join("dotfiles"));
  await Deno.writeTextFile(folder.join("dotfiles/s.json"), '{\n  // mine\n  "mine": 1\n}\n');
  await Deno.chmod(folder.join("dotfiles/s.json"), 0o644);
  await Deno.symlink("dotfiles/s.json", folder.join("settings.json"));
  await using store = await open(folder);
  await store.update({ theme: "dark" });
  assertEquals(
    await Deno.readTextFile(folder.join("dotfiles/s.json")),
    '{\n  // mine\n  "mine": 1,\n  "theme": "dark"\n}\n',
  );
  assertEquals(((await Deno.stat(folder.join("dotfiles/s.json"))).mode ?? 0) & 0o777, 0o644);
  assertEquals((await Deno.lstat(folder.join("settings.json"))).isSymlink, true);
});

Deno.test("update() does not lose what a person saved a moment ago", async () => {
  await using folder = await TempFolder.make();
  await using store = await open(folder);
  await Deno.writeTextFile(folder.join("settings.json"), '{"theme": "dark", "mine": 1}');
  await store.update({ keep_alive_secs: 5 });
  const text = await Deno.readTextFile(folder.join("settings.json"));
  assertEquals(JSON.parse(text), { theme: "dark", mine: 1, keep_alive_secs: 5 });
});

Deno.test("update() takes many changes at once, one behind the other", async () => {
  await using folder = await TempFolder.make();
  await using store = await open(folder);
  await Promise.all([
    store.update({ theme: "dark" }),
    store.update({ keep_alive_secs: 1 }),
    store.update({ default_runtime: "deno" }),
  ]);
  assertEquals(JSON.parse(await Deno.readTextFile(folder.join("settings.json"))), {
    ...DEFAULT_SETTINGS,
    theme: "dark",
    keep_alive_secs: 1,
    default_runtime: "deno",
  });
});

Deno.test("update() refuses a value of the wrong kind, and a key that is there twice", async () => {
  await using folder = await TempFolder.make();
  await Deno.writeTextFile(folder.join("settings.json"), '{"theme": "a", "theme": "b"}');
  await using store = await open(folder);
  const kind = await assertRejects(
    () => store.update({ keep_alive_secs: Infinity }),
    NotebookdError,
  );
  assertEquals(kind.code, "invalid_argument");
  const twice = await assertRejects(() => store.update({ theme: "c" }), NotebookdError);
  assertEquals(twice.code, "storage_failed");
  assertEquals(store.current.theme, "b");
  assertEquals(
    await Deno.readTextFile(folder.join("settings.json")),
    '{"theme": "a", "theme": "b"}',
  );
});

Deno.test("subscribe() tells of a file that a person edits or replaces", async () => {
  await using folder = await TempFolder.make();
  const path = folder.join("settings.json");
  await using store = await open(folder);
  const first = until(store, ({ theme }) => theme === "dark");
  await Deno.writeTextFile(path, '{"theme": "dark"}');
  await first;
  const second = until(store, ({ theme }) => theme === "light");
  await Deno.writeTextFile(folder.join("other"), '{"theme": "light"}');
  await Deno.rename(folder.join("other"), path);
  await second;
});

Deno.test("subscribe() tells once of an update and not at all of the same values", async () => {
  await using folder = await TempFolder.make();
  await using store = await open(folder);
  const told: string[] = [];
  using _subscription = store.subscribe(({ theme }) => told.push(theme));
  await store.update({ theme: "dark" });
  await store.update({ theme: "dark" });
  // The watch sees this last, so whatever it made of the update has been told by then.
  const seen = until(store, ({ keep_alive_secs }) => keep_alive_secs === 1);
  await Deno.writeTextFile(folder.join("settings.json"), '{"theme":"dark","keep_alive_secs":1}');
  await seen;
  assertEquals(told, ["dark", "dark"]);
});

Deno.test("SettingsFile leaves a broken file alone, says so once, and goes on when it is whole", async () => {
  await using folder = await TempFolder.make();
  const path = folder.join("settings.json");
  const logger = new RecordingLogger();
  await Deno.writeTextFile(path, '{"theme": "dark"}');
  await using store = await open(folder, logger);
  await Deno.writeTextFile(path, '{\n "theme": }');
  for (let i = 0; i < 3; i++) {
    const error = await assertRejects(() => store.update({ keep_alive_secs: 1 }), NotebookdError);
    assertEquals(error.code, "storage_failed");
    assertStringIncludes(error.message, "line 2, column 11");
  }
  assertEquals(await Deno.readTextFile(path), '{\n "theme": }');
  assertEquals(store.current.theme, "dark");
  const broken = logger.lines.filter(({ fields }) => fields["line"] === 2);
  assertEquals(broken.map(({ fields }) => fields["column"]), [11]);
  const whole = until(store, ({ theme }) => theme === "light");
  await Deno.writeTextFile(path, '{"theme": "light"}');
  await whole;
  await store.update({ keep_alive_secs: 1 });
  assertEquals(JSON.parse(await Deno.readTextFile(path)), { theme: "light", keep_alive_secs: 1 });
});

Deno.test("SettingsFile keeps the last settings when the file goes, and writes all of them", async () => {
  await using folder = await TempFolder.make();
  await Deno.writeTextFile(folder.join("settings.json"), '{"theme": "dark"}');
  await using store = await open(folder);
  await Deno.remove(folder.join("settings.json"));
  await store.update({ keep_alive_secs: 1 });
  assertEquals(JSON.parse(await Deno.readTextFile(folder.join("settings.json"))), {
    ...DEFAULT_SETTINGS,
    theme: "dark",
    keep_alive_secs: 1,
  });
});

Deno.test("SettingsFile can be disposed twice", async () => {
  await using folder = await TempFolder.make();
  const store = await open(folder);
  await store[Symbol.asyncDispose]();
  await store[Symbol.asyncDispose]();
});
