import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { presets, scopes } from "./token.model";

it("knows exactly the permissions of the server", () => {
  const table = readFileSync(new URL("../../../../docs/permissions.md", import.meta.url), "utf8");
  const there = [...table.matchAll(/^\| `([a-z.]+)` \|/gm)].map((m) => m[1]);
  expect([...scopes].sort()).toEqual(there.sort());
});

it("offers nothing in a preset that there is not", () => {
  for (const p of Object.values(presets)) for (const s of p) expect(scopes).toContain(s);
});
