import { expect, it } from "vitest";
import type { Decision } from "../point/point.model";
import {
  type Column,
  corrected,
  correctionsOf,
  type Facts,
  found,
  missingShare,
  withColumn,
  withGoal,
} from "./reception.model";

const column = { name: "age", type: "integer", role: "measure", semantic_type: "age", missing: 5 } as Column;
const facts = {
  columns: [column, { ...column, name: "city", type: "text", role: "dimension", semantic_type: "" }],
  context: { goal_reading: { kpi: "late", direction: "down" } },
} as unknown as Facts;

it("collects corrections and drops those that say what the facts say", () => {
  let c = withColumn({}, column, "type", "decimal");
  c = withColumn(c, column, "role", "dimension");
  expect(c).toEqual({ columns: { age: { type: "decimal", role: "dimension" } } });
  expect(corrected(c)).toBe(2);
  c = withColumn(withColumn(c, column, "type", "integer"), column, "role", "measure");
  expect(c).toEqual({});
});

it("corrects the reading of the goal", () => {
  const c = withGoal({}, facts, "kpi", "delivery_days");
  expect(c).toEqual({ goal: { kpi: "delivery_days" } });
  expect(withGoal(c, facts, "kpi", "late")).toEqual({});
});

it("begins with what was decided before", () => {
  const decided = (choice: string, params?: object) => ({ choice, params }) as Decision;
  const columns = { age: { role: "ignore" } };
  expect(correctionsOf(decided("edit", { columns }))).toEqual({ columns });
  expect(correctionsOf(decided("edit"))).toEqual({});
  expect(correctionsOf(decided("accept", { columns }))).toEqual({});
  expect(correctionsOf(undefined)).toEqual({});
});

it("finds columns by what they are", () => {
  expect(found(facts, "MEASURE integer").map((c) => c.name)).toEqual(["age"]);
  expect(found(facts, "")).toHaveLength(2);
});

it("says of an empty table that nothing is missing", () => {
  expect(missingShare(column, 0)).toBe(0);
  expect(missingShare(column, 20)).toBe(0.25);
});
