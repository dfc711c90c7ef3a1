import { expect, it } from "vitest";
import { limitRows, runsByDay, usedBy } from "./usage.model";

const demo = {
  tier: "demo",
  title: "Demo",
  file_bytes: 10 * 1024 * 1024,
  runs_per_day: 3,
  runs_at_once: 1,
  last_stage: "insight",
  insights: 5,
  keep_days: 7,
  features: null,
  queue: 3,
  priority_support: false,
};

it("says what each tier allows, and that 0 is no limit", () => {
  const free = { ...demo, file_bytes: 0, runs_per_day: 0, features: ["recipes"] };
  const rows = limitRows([demo, free]);
  expect(rows[0]).toEqual([expect.any(String), "10 MiB", "any"]);
  expect(rows[1]?.slice(1)).toEqual(["3", "any"]);
  expect(rows.find((r) => r[0] === "Recipes")?.slice(1)).toEqual(["no", "yes"]);
});

it("sums what was used, and takes what is not told for nothing", () => {
  expect(usedBy([{ used: { runs: 2 } }, { used: {} }, { used: { runs: 3, rows: 9 } }], "runs")).toBe(5);
});

it("shows every one of the last days at its place", () => {
  const days: Parameters<typeof runsByDay>[0] = [
    { day: "2026-03-01T00:00:00Z", used: { runs: 2 } },
    { day: "2026-02-27T00:00:00Z", used: {} },
    { day: "2026-01-01T00:00:00Z", used: { runs: 9 } },
  ];
  expect(runsByDay(days, new Date("2026-03-01T23:59:00Z"), 4)).toEqual([
    { day: "2026-02-26", runs: 0 },
    { day: "2026-02-27", runs: 0 },
    { day: "2026-02-28", runs: 0 },
    { day: "2026-03-01", runs: 2 },
  ]);
});
