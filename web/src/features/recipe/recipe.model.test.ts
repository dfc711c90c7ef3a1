import { describe, expect, it } from "vitest";
import { contents, lineOf } from "./recipe.model";

const text = `version: 1

policies:
  - name: one
    columns:
      - city
  - name: two
    choice: accept

decisions:
  - stage: quality
    choice: accept
`;

describe("lineOf", () => {
  it.each([
    ["yaml: line 4: did not find expected key", 4],
    ["the recipe cannot be used: policy 2 (two): it has no condition", 7],
    ["the recipe cannot be used: decision 1 (x): unknown stage", 11],
    ["policy 3 (three): it has no name", 0],
    ["it has no version", 0],
  ])("finds the line of %j", (problem, want) => expect(lineOf(problem, text)).toBe(want));
});

it("counts what a recipe holds, and nothing within its entries", () => {
  expect(contents(text)).toEqual({ decisions: 1, policies: 2 });
  expect(contents("version: 1\n")).toEqual({ decisions: 0, policies: 0 });
});
