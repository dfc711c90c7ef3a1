import { describe, expect, it } from "vitest";
import { full, limitsOf, Pace, refusal } from "./upload.model";

it("refuses what the tier does not take before it is sent", () => {
  const demo = limitsOf({ file_bytes: 10 * 1024 * 1024 });
  expect(refusal({ name: "a.csv", size: 10 * 1024 * 1024 }, demo)).toBe("");
  expect(refusal({ name: "a.csv", size: 10 * 1024 * 1024 + 1 }, demo)).toBe("large");
  expect(refusal({ name: "a.csv", size: 1e12 }, limitsOf({ file_bytes: 0 }))).toBe("");
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

it("says which limit a further run would hit", () => {
  const used = (runs_today: number, runs_now: number, runs_per_day = 3, runs_at_once = 1) => ({
    runs_today,
    runs_now,
    limits: { runs_per_day, runs_at_once },
  });
  expect(full(undefined)).toBe("");
  expect(full(used(2, 0))).toBe("");
  expect(full(used(3, 1))).toBe("day");
  expect(full(used(2, 1))).toBe("now");
  expect(full(used(99, 99, 0, 0))).toBe("");
});
