import { expect, it } from "vitest";
import { chance, chanceNumber, strength } from "./insight.model";

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
