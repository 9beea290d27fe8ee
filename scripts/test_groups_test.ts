import { assert, assertEquals } from "@std/assert";
import { PARTS } from "./layout.ts";
import { countTests, sumCounts, testGroups } from "./test_groups.ts";

const REPORT = `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="deno test" tests="5" failures="1" errors="0" time="0.036">
    <testsuite name="./a_test.ts" tests="5" disabled="1" errors="0" failures="1">
        <testcase name="left out"><skipped/></testcase>
        <testcase name="tests=&quot;9&quot;"><failure message="no">no</failure></testcase>
    </testsuite>
</testsuites>`;

Deno.test("countTests() counts passed, failed and ignored tests", () => {
  assertEquals(countTests(REPORT, 1), { passed: 3, failed: 1, ignored: 1 });
});

Deno.test("countTests() counts a failure when a module couldn't be run", () => {
  assertEquals(countTests("", 1), { passed: 0, failed: 1, ignored: 0 });
  const clean = REPORT.replace('failures="1" errors', 'failures="0" errors');
  assertEquals(countTests(clean, 1), { passed: 4, failed: 1, ignored: 1 });
});

Deno.test("sumCounts() adds what groups reported", () => {
  assertEquals(
    sumCounts([{ passed: 3, failed: 1, ignored: 1 }, { passed: 2, failed: 0, ignored: 0 }]),
    { passed: 5, failed: 1, ignored: 1 },
  );
});

Deno.test("testGroups() gives the pure parts no permission", () => {
  const [pure, real] = testGroups("/bin/deno", ["tests/cli_test.ts"]);
  assertEquals(pure?.flags, ["--no-prompt"]);
  for (const folder of ["src/wire", "src/handshake", "src/ipynb", "src/doc", "src/rooms"]) {
    assert(pure?.paths.includes(folder), folder);
    assert(!real?.paths.includes(folder), folder);
  }
});

Deno.test("testGroups() runs the tests that start the program once more on the bundle", () => {
  const bundle = testGroups("/bin/deno", ["tests/cli_test.ts"]).at(-1);
  assertEquals([bundle?.shape, bundle?.paths], ["bundle", ["tests/cli_test.ts"]]);
});

Deno.test("testGroups() covers every part once", () => {
  const paths = testGroups("/bin/deno", ["tests/cli_test.ts"]).flatMap((group) => group.paths);
  for (const name of Object.keys(PARTS)) {
    assertEquals(paths.filter((path) => path === `src/${name}`).length, 1, name);
  }
});
