import { assert, assertEquals, assertMatch } from "@std/assert";
import { join } from "@std/path";
import { REFUSED } from "./helpers/corpus.ts";
import { TestDaemon } from "./helpers/daemon.ts";
import { notebookText } from "./helpers/notebook_file.ts";
import { PoolClient } from "./helpers/pool_client.ts";
import { CORPUS } from "./helpers/repository.ts";
import { refused, V2Client } from "./helpers/v2_client.ts";

Deno.test("open_notebook says what is wrong and where when a corpus file is no notebook", async (t) => {
  await using daemon = await TestDaemon.start();
  const { home } = daemon;
  for (const name of Object.keys(REFUSED)) await Deno.copyFile(CORPUS + name, home.path(name));
  const before = await home.listing();
  for (const [name, { code, says }] of Object.entries(REFUSED)) {
    await t.step(name, async () => {
      const answer = await refused(daemon.socket, {
        channel: "open_notebook",
        path: home.path(name),
      });
      assertEquals(answer.error_code, code, answer.error);
      assertMatch(answer.error, says);
      assertEquals(answer.notebook_id, "");
      assertEquals(answer.cell_count, 0);
      assertEquals(answer.needs_trust_approval, false);
      assertEquals(answer.error.endsWith("."), false, "A message ends with a period");
      assertEquals(await Deno.readFile(home.path(name)), await Deno.readFile(CORPUS + name));
    });
  }
  assertEquals(await home.listing(), before, "A refusal touched the notebooks' folder");
  await using pool = await PoolClient.connect(daemon.socket);
  assertEquals(await pool.rooms(), [], "A failed load left a room");
});

Deno.test("open_notebook quotes no content when it refuses a file", async () => {
  await using daemon = await TestDaemon.start();
  const secret = "correct-horse-battery-staple";
  const texts = [
    `{"cells": [{"source": "${secret}"`,
    `{"${secret}": NaN}`,
    `${secret}`,
    `{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [{"cell_type": "code", "source": {"${secret}": 1}}]}`,
    `{"nbformat": 4, "nbformat_minor": "${secret}", "metadata": {}, "cells": []}`,
    `{"nbformat": "${secret}", "metadata": {}, "cells": []}`,
  ];
  for (const text of texts) {
    const path = await daemon.home.write("secret.ipynb", text);
    const answer = await refused(daemon.socket, { channel: "open_notebook", path });
    assert(!JSON.stringify(answer).includes(secret), "The answer quotes the file");
  }
  await daemon.end();
  assert(!daemon.log.lines.some((line) => line.raw.includes(secret)), "The log quotes the file");
});

Deno.test("open_notebook refuses what is no notebook file inside a root", async (t) => {
  await using daemon = await TestDaemon.start();
  const { home } = daemon;
  const outside = join(home.base, "outside.ipynb");
  await Deno.writeTextFile(outside, notebookText({ cells: 1 }));
  await Deno.writeTextFile(home.path("plain.txt"), notebookText({ cells: 1 }));
  await Deno.mkdir(home.path("folder.ipynb"));
  await Deno.symlink(outside, home.path("escape.ipynb"));
  await Deno.symlink("/etc/passwd", home.path("passwd.ipynb"));
  await Deno.symlink("missing-target.ipynb", home.path("dangling.ipynb"));
  await Deno.symlink("loop.ipynb", home.path("loop.ipynb"));
  await Deno.symlink(home.base, home.path("up"));
  await Deno.symlink("plain.txt", home.path("text.ipynb"));
  const { success } = await new Deno.Command("mkfifo", { args: [home.path("fifo.ipynb")] })
    .output();
  assert(success);
  const cases: [path: string, codes: string[]][] = [
    [home.path("missing.ipynb"), ["not_found"]],
    [home.path("dangling.ipynb"), ["not_found", "outside_roots"]],
    [home.path("no", "such", "folder.ipynb"), ["not_found"]],
    [home.path("folder.ipynb"), ["not_a_file"]],
    [home.path("fifo.ipynb"), ["not_a_file"]],
    [home.path("plain.txt"), ["not_a_file"]],
    [home.path("text.ipynb"), ["not_a_file"]],
    [home.path("loop.ipynb"), ["not_found", "not_a_file", "outside_roots"]],
    [outside, ["outside_roots"]],
    [home.path("escape.ipynb"), ["outside_roots"]],
    [home.path("passwd.ipynb"), ["outside_roots"]],
    [home.path("up", "outside.ipynb"), ["outside_roots"]],
    [`${home.root}/../outside.ipynb`, ["outside_roots"]],
    [`${home.root}-beside/a.ipynb`, ["outside_roots"]],
    ["/etc/passwd", ["outside_roots", "not_a_file"]],
    ["/dev/zero", ["outside_roots", "not_a_file"]],
    ["relative.ipynb", ["bad_handshake", "not_found", "outside_roots"]],
    ["", ["bad_handshake", "not_found", "outside_roots", "not_a_file"]],
    [home.path("nul\0.ipynb"), ["bad_handshake", "not_found", "not_a_file", "outside_roots"]],
    [home.path(`${"long".repeat(3000)}.ipynb`), ["not_found", "not_a_file"]],
  ];
  for (const [path, codes] of cases) {
    await t.step(path.slice(0, 80).replaceAll("\0", "\\0"), async () => {
      const answer = await refused(daemon.socket, { channel: "open_notebook", path });
      assert(codes.includes(answer.error_code), `${answer.error_code}: ${answer.error}`);
    });
  }
});

Deno.test("open_notebook gives one answer outside the roots whether or not the file exists", async () => {
  await using daemon = await TestDaemon.start();
  const { home } = daemon;
  const there = join(home.base, "there.ipynb");
  await Deno.writeTextFile(there, notebookText({ cells: 1 }));
  const answers = await Promise.all([there, join(home.base, "gone.ipynb")].map(async (path) => {
    const answer = await refused(daemon.socket, { channel: "open_notebook", path });
    return { code: answer.error_code, error: answer.error.replaceAll(path, "PATH") };
  }));
  assertEquals(answers[0], answers[1]);
});

Deno.test("open_notebook refuses a file above the size limit when it is opened", async () => {
  await using daemon = await TestDaemon.start({ limits: { fileBytes: 5000 } });
  const small = await daemon.home.write("small.ipynb", notebookText({ cells: 5 }));
  const large = await daemon.home.write("large.ipynb", notebookText({ cells: 100 }));
  const answer = await refused(daemon.socket, { channel: "open_notebook", path: large });
  assertEquals(answer.error_code, "too_large");
  await using client = await V2Client.open(daemon.socket, small);
  assertEquals(client.cells.length, 5);
});
