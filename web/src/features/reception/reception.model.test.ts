import { expect, it } from "vitest";
import { text } from "../../text/text";
import type { Decision } from "../point/point.model";
import type { Run } from "../run/run.model";
import {
  type Column,
  corrected,
  correctionsOf,
  type Facts,
  found,
  heldAs,
  missingShare,
  readAs,
  readable,
  roles,
  spoken,
  takesAll,
  types,
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

it("says corrections in words, those of the goal last", () => {
  expect(spoken({})).toEqual([]);
  expect(
    spoken({
      columns: { notes: { role: "ignore" }, n: { type: "text", role: "key" } },
      goal: { kpi: "", direction: "down" },
    }),
  ).toEqual(["notes: role ignore", "n: type text, role key", "Reading of the goal: measured by none, better is down"]);
});

it("holds corrections apart for each time that the file was read", () => {
  const run = (round: number) => ({ id: "r", stages: [{ stage: "reception", round }] }) as unknown as Run;
  expect(heldAs(run(1))).not.toBe(heldAs(run(2)));
});

it("knows the version that the facts speak of", () => {
  const versions = ["received", "parsed", "parsed", "cleaned"].map((kind, i) => ({ kind, id: `v${i}` }));
  expect(readAs(versions as Parameters<typeof readAs>[0])).toBe("v2");
  expect(readAs(undefined)).toBe(undefined);
});

it("says how many values cannot be read as another type, and which", () => {
  const said = (unfit: number, values: [string, number][], missing = 0) =>
    readable({
      type: "integer",
      rows: 4013,
      missing,
      unfit,
      unfit_values: values.map(([value, count]) => ({ value, count })),
    });
  const some: [string, number][] = [
    ["one", 2],
    ["two", 1],
  ];
  expect(said(3, some)).toBe("3 of 4,013 values cannot be read as integer: “one”, “two”");
  expect(said(1200, some, 13)).toBe("1,200 of 4,000 values cannot be read as integer: “one”, “two”, …");
  expect(said(5, [...some, ["soon", 1], ["later", 1]])).toMatch(/: “one”, “two”, “soon”, …$/);
  expect(said(3, some, 4010)).toBe("None of the values can be read as integer: “one”, “two”");
  expect(said(1, [["x".repeat(50), 1]])).toContain(`“${"x".repeat(40)}…”`);
  expect(said(0, [])).toBe("All values can be read as integer.");
  expect(said(0, [], 4013)).toBe("There is no value to read as integer.");
});

it("asks for nothing where a type takes every value, and knows what each role does", () => {
  expect(types.filter(takesAll)).toEqual(["text", "json"]);
  expect(Object.keys(text.corrected.roles)).toEqual([...roles]);
});
