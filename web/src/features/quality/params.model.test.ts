import { expect, it } from "vitest";
import { fieldsOf, readable, same } from "./params.model";

it("offers each parameter as what it is, and leaves out what the issue is about", () => {
  const fields = fieldsOf({
    column: "city",
    map: { Amstredam: "Amsterdam" },
    values: ["N/A"],
    high: 120,
    strict: true,
    to: "%Y-%m-%d",
    where: { column: "age", is: "below", value: 0 },
  });
  expect(fields.map((f) => `${f.name}:${f.kind}`)).toEqual([
    "map:map",
    "values:list",
    "high:number",
    "strict:flag",
    "to:text",
    "where:json",
  ]);
});

it("takes parameters for the same whatever the order of their names", () => {
  expect(same({ a: 1, b: { c: 2, d: 3 } }, { b: { d: 3, c: 2 }, a: 1 })).toBe(true);
  expect(same({ a: [1, 2] }, { a: [2, 1] })).toBe(false);
});

it("makes keys of several values readable", () => expect(readable("EL-1001\u001fPuzzle")).toBe("EL-1001 · Puzzle"));
