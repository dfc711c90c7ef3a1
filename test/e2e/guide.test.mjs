// The pictures of the user guide are those that these tests take.
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";

const here = new URL(".", import.meta.url);
const docs = new URL("../../docs/", here);

test("every picture of the user guide is taken by a test, and kept with it", () => {
  const guide = readFileSync(new URL("user-guide.md", docs), "utf8");
  const shown = [...guide.matchAll(/\(images\/web\/([a-z-]+)\.png\)/g)].map((m) => m[1]);
  assert.ok(shown.length > 5, "the guide has hardly any pictures");
  const tests = readdirSync(here).filter((f) => f.endsWith(".test.mjs")).map((f) => readFileSync(new URL(f, here), "utf8")).join("\n");
  for (const name of shown) {
    assert.ok(tests.includes(`screen(page, "${name}"`), `no test takes the picture ${name}`);
    assert.ok(existsSync(new URL(`images/web/${name}.png`, docs)), `docs/images/web/${name}.png is missing: run make guide`);
  }
});
