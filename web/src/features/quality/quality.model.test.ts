import { describe, expect, it } from "vitest";
import type { Decision } from "../point/point.model";
import { about, changed, everything, firstChoice, type Issue, neighbour, nextOpen, visible } from "./quality.model";

function issue(id: string, over: Partial<Issue> = {}): Issue {
  return {
    id,
    check: "mixed_format",
    columns: ["order_date"],
    title: `dates of ${id}`,
    severity: "medium",
    confidence: 0.5,
    rows: 1,
    cells: 10,
    examples: [],
    evidence: { sql: "", numbers: {} },
    resolutions: [
      { id: "fix", kind: "map_values", label: "Fix", recommended: true, params: {} },
      { id: "mark_only", kind: "mark_only", label: "Keep", recommended: false, params: {} },
    ],
    ...over,
  };
}

it("says what an issue is about in a line, of thousands of columns too", () => {
  const columns = Array.from({ length: 1250 }, (_, i) => `c${i}`);
  expect(about(issue("a", { columns }))).toBe("c0, c1, c2, c3, c4, c5, c6, c7, c8, c9, c10, c11, 1,238 more");
  expect(about(issue("a", { columns: ["*"] }))).toBe("whole rows");
  expect(about(issue("a", { columns: ["a*", "b"] }))).toBe("a*, b");
  expect(about(issue("a", { columns: null }))).toBe("");
});

const decided = (choice: string, option = "fix", rows?: number[]): Decision =>
  ({ id: "d", item: "", choice, option, rows, actor: { kind: "person", name: "" }, at: "", seen: "" }) as Decision;

const issues = [
  issue("low", { severity: "low", cells: 500 }),
  issue("sure", { severity: "high", confidence: 0.9 }),
  issue("less", { severity: "high", confidence: 0.6, columns: ["city"], check: "typo" }),
];

describe("visible", () => {
  const ids = (f: Partial<typeof everything>, d: Record<string, Decision> = {}) =>
    visible(issues, d, { ...everything, ...f }).map((i) => i.id);

  it("puts the gravest first, and the surer before the less sure", () =>
    expect(ids({})).toEqual(["sure", "less", "low"]));
  it("sorts by cells", () => expect(ids({ sort: "cells" })[0]).toBe("low"));
  it("finds by column, check and title together", () => expect(ids({ search: "CITY typo" })).toEqual(["less"]));
  it("narrows to a severity", () => expect(ids({ severity: "low" })).toEqual(["low"]));
  it("narrows to what is open or decided", () => {
    expect(ids({ state: "open" }, { sure: decided("reject") })).toEqual(["less", "low"]);
    expect(ids({ state: "decided" }, { sure: decided("reject") })).toEqual(["sure"]);
  });
  it("stays quick with thousands", () => {
    const many = Array.from({ length: 5000 }, (_, i) => issue(`i${i}`, { title: `title ${i}` }));
    expect(visible(many, {}, { ...everything, search: "title 4999" })).toHaveLength(1);
  });
});

describe("changed", () => {
  it("counts the cells of what was accepted, of partial ones the rows alone", () => {
    const d = { low: decided("accept"), sure: decided("partial", "fix", [3, 5]), less: decided("reject") };
    expect(changed(issues, d)).toEqual({ issues: 2, cells: 502 });
  });
  it("counts nothing for what is only kept on record", () => {
    expect(changed(issues, { low: decided("accept", "mark_only") })).toEqual({ issues: 0, cells: 0 });
  });
});

it("begins with what was decided, else what is recommended, else the first", () => {
  expect(firstChoice(issue("a"), decided("accept", "mark_only"))).toBe("mark_only");
  expect(firstChoice(issue("a"), undefined)).toBe("fix");
  expect(firstChoice(issue("a"), decided("accept", "gone"))).toBe("fix");
  expect(firstChoice(issue("a", { resolutions: null }), undefined)).toBe("");
});

it("moves to the next that is open, round the end, and stays where all is decided", () => {
  expect(nextOpen(issues, { less: decided("accept") }, "sure")).toBe("low");
  expect(nextOpen(issues, { sure: decided("accept"), less: decided("accept") }, "low")).toBe("low");
});

it("stops at both ends of the list", () => {
  expect(neighbour(issues, "low", -1)).toBe("low");
  expect(neighbour(issues, "low", 1)).toBe("sure");
  expect(neighbour(issues, "less", 1)).toBe("less");
  expect(neighbour(issues, "hidden", 1)).toBe("low");
});
