import { expect, it } from "vitest";
import { asksOf, chance, chanceNumber, inGroups, strength } from "./insight.model";

it.each([
  [0, "almost"],
  [0.005, "very"],
  [0.03, "likely"],
  [0.2, "weak"],
])("calls a q-value of %d %s", (q, want) => expect(chance(q)).toBe(want));

it.each([
  ["eta_squared", 0.42, "large"],
  ["spearman", -0.72, "large"],
  ["spearman", 0.2, "small"],
  ["ratio", 4.18, "large"],
  ["ratio", 0.5, "large"],
  ["ratio", 1.1, "tiny"],
  ["difference_of_rates", 0.2, "medium"],
  ["change_over_period", 52, null],
])("calls an effect %s of %d %s", (name, value, want) => expect(strength({ name, value })).toBe(want));

it("never says that something is impossible", () => {
  expect(chanceNumber(0)).toBe("< 1e-300");
  expect(chanceNumber(5.4e-177)).toBe("5e-177");
  expect(chanceNumber(0.0321)).toBe("0.032");
});

it("sums up what was asked for like one insight, each way once", () => {
  const asked = [
    { item: "a", like: "kind", found: 10 },
    { item: "b", like: "kind", found: 1 },
    { item: "a", like: "columns", found: 0 },
    { item: "a", like: "kind", found: 3 },
  ] as never;
  expect(asksOf(asked, "a")).toEqual([
    { item: "a", like: "kind", found: 13 },
    { item: "a", like: "columns", found: 0 },
  ]);
  expect(asksOf(null, "a")).toEqual([]);
});

it("keeps what was asked for apart", () => {
  const all = [{ id: "1" }, { id: "2", like: "1" }, { id: "3" }] as never;
  expect(inGroups(all)).toEqual({ first: [{ id: "1" }, { id: "3" }], more: [{ id: "2", like: "1" }] });
});
