import { expect, it } from "vitest";
import { strength } from "./password.model";

it.each([
  ["", 0],
  ["short", 0],
  ["aaaaaaaaaaaaaaaa", 0],
  ["abcdefghijkl", 1],
])("calls %s %d", (password, want) => expect(strength(password)).toBe(want));

it("grows with length and variety", () => {
  expect(strength("harbour lantern")).toBeLessThanOrEqual(strength("harbour lantern violet orbit"));
  expect(strength("correct horse battery staple")).toBeGreaterThan(2);
});
