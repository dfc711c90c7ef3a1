import { expect, it } from "vitest";
import { clip, firstNames, further } from "./clipped.model";

const names = (n: number) => Array.from({ length: n }, (_, i) => `c${i}`);
const more = (n: number) => `${n} more`;

it("shows the first of thousands and says how many are left out", () => {
  expect(clip(names(5000), 3)).toEqual({ first: ["c0", "c1", "c2"], rest: 4997 });
  expect(clip(names(2), 24)).toEqual({ first: ["c0", "c1"], rest: 0 });
  expect(clip([], 24)).toEqual({ first: [], rest: 0 });
});

it("comes to the end of a list however long, and never shows one twice", () => {
  const all = names(1250);
  let shown = 24;
  let asked = 0;
  while (clip(all, shown).rest > 0) {
    shown = further(shown);
    asked++;
  }
  expect(asked).toBe(7);
  expect(clip(all, shown).first).toEqual(all);
});

it("names the first columns in a line", () => {
  expect(firstNames(names(3), 12, more)).toBe("c0, c1, c2");
  expect(firstNames(names(1250), 2, more)).toBe("c0, c1, 1248 more");
  expect(firstNames(names(3), 2, more)).toBe("c0, c1, c2");
  expect(firstNames([], 2, more)).toBe("");
});
