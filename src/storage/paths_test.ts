import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { NotebookdError } from "../errors.ts";
import { TempFolder } from "../../tests/helpers/temp_folder.ts";
import { canonicalRoots, MAX_PATH_BYTES, PathPolicy } from "./paths.ts";

async function codeOf(work: Promise<unknown>): Promise<string> {
  return (await assertRejects(() => work, NotebookdError)).code;
}

/** A root with a notebook in it, and a folder outside with another. */
async function fixture(folder: TempFolder): Promise<PathPolicy> {
  await Deno.mkdir(folder.join("root/sub"), { recursive: true });
  await Deno.mkdir(folder.join("outside"));
  await Deno.writeTextFile(folder.join("root/a.ipynb"), "{}");
  await Deno.writeTextFile(folder.join("outside/b.ipynb"), "{}");
  return new PathPolicy([folder.join("root")]);
}

Deno.test("canonicalRoots() resolves links and drops duplicates", async () => {
  await using folder = await TempFolder.make();
  await fixture(folder);
  await Deno.symlink(folder.join("root"), folder.join("link"));
  assertEquals(
    await canonicalRoots([
      folder.join("link"),
      folder.join("root"),
      folder.join("outside/../root"),
    ]),
    [folder.join("root")],
  );
});

Deno.test("canonicalRoots() refuses what isn't a folder", async () => {
  await using folder = await TempFolder.make();
  await fixture(folder);
  assertEquals(await codeOf(canonicalRoots([folder.join("missing")])), "not_found");
  assertEquals(await codeOf(canonicalRoots([folder.join("root/a.ipynb")])), "not_a_file");
});

Deno.test("resolveNotebook() gives one path for every spelling", async () => {
  await using folder = await TempFolder.make();
  const policy = await fixture(folder);
  await Deno.symlink("a.ipynb", folder.join("root/link.ipynb"));
  await Deno.symlink(folder.join("root"), folder.join("outside/back"));
  for (
    const spelling of [
      "root/a.ipynb",
      "root/sub/../a.ipynb",
      "root/link.ipynb",
      "outside/back/a.ipynb",
      "outside/../root/./a.ipynb",
    ]
  ) {
    // Put together by hand: join() would resolve the dots.
    const path = `${folder.path}/${spelling}`;
    assertEquals(await policy.resolveNotebook(path), folder.join("root/a.ipynb"), spelling);
  }
});

Deno.test("resolveNotebook() goes up from where a link has led", async () => {
  await using folder = await TempFolder.make();
  const policy = await fixture(folder);
  await Deno.mkdir(folder.join("root/sub/deep"));
  await Deno.mkdir(folder.join("outside/deep"));
  await Deno.writeTextFile(folder.join("root/sub/a.ipynb"), "{}");
  await Deno.symlink("sub/deep", folder.join("root/link"));
  await Deno.symlink(folder.join("outside/deep"), folder.join("root/out"));
  assertEquals(
    await policy.resolveNotebook(`${folder.path}/root/link/../a.ipynb`),
    folder.join("root/sub/a.ipynb"),
  );
  assertEquals(await policy.resolveFolder(`${folder.path}/root/link/..`), folder.join("root/sub"));
  assertEquals(
    await codeOf(policy.resolveNotebook(`${folder.path}/root/out/../a.ipynb`)),
    "outside_roots",
  );
  assertEquals(await codeOf(policy.resolveFolder(`${folder.path}/../../..`)), "outside_roots");
});

Deno.test("resolveNotebook() refuses what can't be a notebook", async () => {
  await using folder = await TempFolder.make();
  const policy = await fixture(folder);
  await Deno.writeTextFile(folder.join("root/data.csv"), "");
  await Deno.symlink("data.csv", folder.join("root/link.ipynb"));
  await Deno.symlink("a.ipynb", folder.join("root/link"));
  await Deno.mkdir(folder.join("root/folder.ipynb"));
  await Deno.symlink("loop.ipynb", folder.join("root/loop.ipynb"));
  await new Deno.Command("mkfifo", { args: [folder.join("root/fifo.ipynb")] }).output();
  for (
    const path of [
      "a.ipynb",
      "",
      folder.join("root/a\0.ipynb"),
      folder.join("root/data.csv"),
      folder.join("root/link.ipynb"),
      folder.join("root/link"),
      folder.join("root/folder.ipynb"),
      folder.join("root/loop.ipynb"),
      folder.join("root/fifo.ipynb"),
      folder.join("root/.ipynb"),
      folder.join("root", `${"x".repeat(300)}.ipynb`),
      folder.join("root", `${"x/".repeat(MAX_PATH_BYTES)}a.ipynb`),
      `${folder.join("root/a.ipynb")}/`,
    ]
  ) {
    assertEquals(await codeOf(policy.resolveNotebook(path)), "not_a_file", path.slice(0, 200));
  }
});

Deno.test("resolveNotebook() says not_found for what is missing inside the roots", async () => {
  await using folder = await TempFolder.make();
  const policy = await fixture(folder);
  await Deno.symlink("gone.ipynb", folder.join("root/broken.ipynb"));
  for (
    const path of [
      "missing.ipynb",
      "no/such/folder.ipynb",
      "a.ipynb/below.ipynb",
      "broken.ipynb",
      "missing/../a.ipynb",
    ]
  ) {
    assertEquals(
      await codeOf(policy.resolveNotebook(`${folder.join("root")}/${path}`)),
      "not_found",
      path,
    );
  }
});

Deno.test("resolveNotebook() answers alike outside the roots whether or not something is there", async () => {
  await using folder = await TempFolder.make();
  const policy = await fixture(folder);
  await Deno.symlink(folder.join("outside"), folder.join("root/out"));
  await Deno.symlink(folder.join("outside/b.ipynb"), folder.join("root/there.ipynb"));
  await Deno.symlink(folder.join("outside/c.ipynb"), folder.join("root/lacks.ipynb"));
  await Deno.symlink("../outside/no/c.ipynb", folder.join("root/deep.ipynb"));
  await Deno.mkdir(folder.join("rootlike"));
  await Deno.writeTextFile(folder.join("rootlike/a.ipynb"), "{}");
  await Deno.mkdir(folder.join("outside/folder.ipynb"));
  const messages = new Set<string>();
  for (
    const path of [
      "outside/b.ipynb",
      "outside/c.ipynb",
      "outside/folder.ipynb",
      "outside/no/such/c.ipynb",
      "root/../outside/b.ipynb",
      "root/../outside/c.ipynb",
      "root/out/b.ipynb",
      "root/out/c.ipynb",
      "root/there.ipynb",
      "root/lacks.ipynb",
      "root/deep.ipynb",
      "rootlike/a.ipynb",
    ]
  ) {
    const full = `${folder.path}/${path}`;
    const error = await assertRejects(() => policy.resolveNotebook(full), NotebookdError);
    assertEquals(error.code, "outside_roots", path);
    messages.add(error.message.replace(full, "PATH"));
  }
  assertEquals(messages.size, 1);
});

Deno.test("resolveNotebook() tells where access is refused", async () => {
  await using folder = await TempFolder.make();
  const policy = await fixture(folder);
  if (Deno.uid() === 0) return;
  await Deno.writeTextFile(folder.join("root/sub/c.ipynb"), "{}");
  await Deno.chmod(folder.join("root/sub"), 0);
  assertEquals(
    await codeOf(policy.resolveNotebook(folder.join("root/sub/c.ipynb"))),
    "permission_denied",
  );
  await Deno.chmod(folder.join("root/sub"), 0o700);
});

Deno.test("resolveForCreation() gives the canonical path of a file to come", async () => {
  await using folder = await TempFolder.make();
  const policy = await fixture(folder);
  await Deno.symlink("sub", folder.join("root/link"));
  await Deno.symlink("sub/new.ipynb", folder.join("root/dangling.ipynb"));
  for (const path of ["root/sub/new.ipynb", "root/link/new.ipynb", "root/dangling.ipynb"]) {
    assertEquals(
      await policy.resolveForCreation(folder.join(path)),
      folder.join("root/sub/new.ipynb"),
      path,
    );
  }
  assertEquals(
    await policy.resolveForCreation(folder.join("root/a.ipynb")),
    folder.join("root/a.ipynb"),
  );
});

Deno.test("resolveForCreation() refuses where no notebook may be made", async () => {
  await using folder = await TempFolder.make();
  const policy = await fixture(folder);
  await Deno.symlink(folder.join("outside"), folder.join("root/out"));
  await Deno.symlink("sub/new.txt", folder.join("root/dangling.ipynb"));
  await Deno.symlink(folder.join("outside/new.ipynb"), folder.join("root/away.ipynb"));
  const cases: [string, string][] = [
    ["root/no/new.ipynb", "not_found"],
    ["root/a.ipynb/new.ipynb", "not_found"],
    ["root/new.txt", "not_a_file"],
    ["root/dangling.ipynb", "not_a_file"],
    ["root/away.ipynb", "outside_roots"],
    ["root/out/new.ipynb", "outside_roots"],
    ["outside/new.ipynb", "outside_roots"],
    ["outside/no/new.ipynb", "outside_roots"],
  ];
  for (const [path, code] of cases) {
    assertEquals(await codeOf(policy.resolveForCreation(folder.join(path))), code, path);
  }
});

Deno.test("resolveFolder() takes folders inside the roots, the root itself among them", async () => {
  await using folder = await TempFolder.make();
  const policy = await fixture(folder);
  assertEquals(await policy.resolveFolder(folder.join("root")), folder.join("root"));
  assertEquals(await policy.resolveFolder(`${folder.path}/root/sub/`), folder.join("root/sub"));
  assertEquals(await codeOf(policy.resolveFolder(folder.join("root/a.ipynb"))), "not_a_file");
  assertEquals(await codeOf(policy.resolveFolder(folder.join("root/no"))), "not_found");
  assertEquals(await codeOf(policy.resolveFolder(folder.join("outside"))), "outside_roots");
  assertEquals(await codeOf(policy.resolveFolder(folder.path)), "outside_roots");
});

Deno.test("PathPolicy takes the root of the file system as a root", async () => {
  await using folder = await TempFolder.make();
  await fixture(folder);
  const policy = new PathPolicy(["/"]);
  assertEquals(
    await policy.resolveNotebook(folder.join("outside/b.ipynb")),
    folder.join("outside/b.ipynb"),
  );
});

Deno.test("resolveNotebook() shows the path and not where it leads", async () => {
  await using folder = await TempFolder.make();
  const policy = await fixture(folder);
  await Deno.symlink(folder.join("outside/b.ipynb"), folder.join("root/there.ipynb"));
  const path = folder.join("root/there.ipynb");
  const error = await assertRejects(() => policy.resolveNotebook(path), NotebookdError);
  assertStringIncludes(error.message, `"${path}"`);
  assertEquals(error.message.includes("outside/b.ipynb"), false);
});
