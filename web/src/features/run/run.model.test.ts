import { describe, expect, it } from "vitest";
import type { Schemas } from "../../api/types";
import { hasFindings, movedOf, routeOf, viewOf } from "./run.model";

type Run = Schemas["Run"];

function run(over: Partial<Run>): Run {
  return {
    id: "run_1",
    file: "orders.csv",
    status: "running",
    stage: "reception",
    tier: "professional",
    goal: "",
    kpi: "",
    dataset: "d",
    bytes: 1,
    sha256: "",
    account: "",
    created: "",
    updated: "",
    version: 1,
    four_eyes: false,
    route: [],
    stages: [],
    progress: [],
    ...over,
  } as Run;
}

describe("routeOf", () => {
  it("marks what lies behind, where the run is, and what lies ahead", () => {
    const marks = routeOf(run({ stage: "quality", status: "waiting" })).map((s) => s.mark);
    expect(marks).toEqual(["done", "waiting", "ahead", "ahead"]);
  });

  it("skips what comes after the stage at which the run is to stop", () => {
    const marks = routeOf(run({ stage: "quality", status: "done", stop_after: "quality" })).map((s) => s.mark);
    expect(marks).toEqual(["done", "done", "skipped", "skipped"]);
  });

  it.each([
    ["failed", "failed"],
    ["expired", "expired"],
    ["aborted", "stopped"],
    ["running", "running"],
  ] as const)("shows a run that is %s as %s", (status, mark) => {
    expect(routeOf(run({ stage: "insight", status }))[2]?.mark).toBe(mark);
  });

  it("copes with lists that are null", () => {
    expect(routeOf(run({ route: null, stages: null }))).toHaveLength(4);
  });
});

it("shows findings once a control point opened", () => {
  const stages = [{ stage: "reception", phase: "open", round: 1, items: 1, decided: 0 }] as Run["stages"];
  const [first, second] = routeOf(run({ stages, status: "waiting" }));
  expect(first && hasFindings(first)).toBe(true);
  expect(second && hasFindings(second)).toBe(false);
});

it("begins with the results of a run that is done", () => {
  expect(viewOf(run({ status: "done" }))).toBe("results");
  expect(viewOf(run({ stage: "quality" }))).toBe("quality");
});

it("tells a run that moved from one at which only more was decided", () => {
  const at = (over: object) =>
    run({
      stage: "quality",
      status: "waiting",
      stages: [{ stage: "quality", phase: "open", round: 1, items: 9, decided: 2, ...over }],
    });
  const here = movedOf(at({}));
  expect(movedOf(at({ decided: 3 }))).toBe(here);
  expect(movedOf(at({ phase: "applying" }))).not.toBe(here);
  expect(movedOf(at({ round: 2 }))).not.toBe(here);
  expect(movedOf({ ...at({}), status: "running" })).not.toBe(here);
});
