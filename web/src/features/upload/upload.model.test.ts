import { describe, expect, it } from "vitest";
import { limitsOf, Pace, refusal } from "./upload.model";

it("refuses what the tier does not take before it is sent", () => {
  const demo = limitsOf("demo");
  expect(refusal({ name: "a.csv", size: 10 * 1024 * 1024 }, demo)).toBe("");
  expect(refusal({ name: "a.csv", size: 10 * 1024 * 1024 + 1 }, demo)).toBe("large");
  expect(refusal({ name: "a.csv", size: 1e12 }, limitsOf("professional"))).toBe("");
  expect(refusal({ name: "a.csv", size: 0 }, demo)).toBe("empty");
});

describe("Pace", () => {
  it("tells nothing from one point", () => {
    const p = new Pace();
    p.add(0, 0);
    expect(p.rate()).toBe(0);
    expect(p.left(100)).toBeNull();
  });

  it("goes by the last seconds", () => {
    const p = new Pace();
    p.add(0, 0);
    p.add(10_000, 100);
    p.add(11_000, 1100);
    expect(p.rate()).toBe(1000);
    expect(p.left(3100)).toBe(2);
  });
});
