import { expect, it } from "vitest";
import { parts, shown } from "./diff.model";

it.each([
  ["Electroncs", "Electronics", "", "i"],
  ["13/01/2025", "2025-01-13", "13/01/2025", "2025-01-13"],
  ["same", "same", "", ""],
  ["aa", "a", "a", ""],
  ["👍🏽x", "👍🏿x", "🏽", "🏿"],
])("finds what changes from %s to %s", (before, after, gone, came) => {
  const p = parts(before, after);
  expect([p.before.middle, p.after.middle]).toEqual([gone, came]);
  expect(p.before.head + p.before.middle + p.before.tail).toBe(before);
  expect(p.after.head + p.after.middle + p.after.tail).toBe(after);
});

it("shows what nobody sees", () => {
  expect(shown("  a b ")).toBe("␣␣a b␣");
  expect(shown("x\u00a0y\u200b\t")).toBe("x⍽y·⇥");
});
