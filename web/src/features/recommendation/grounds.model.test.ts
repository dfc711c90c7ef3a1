import { expect, it } from "vitest";
import type { Schemas } from "../../api/types";
import { groundsOf } from "./grounds.model";

const action = { insights: ["insight-b", "q-001", "insight-gone"] } as Schemas["ActionItem"];

it("leads to the insights and the issues that an action rests on", () => {
  const insights = [
    { id: "insight-a", title: "West is late" },
    { id: "insight-b", title: "Express is early" },
  ];
  expect(groundsOf(action, insights, [{ id: "q-001", title: "Some dates are missing" }])).toEqual([
    { id: "insight-b", title: "Express is early", view: "insight" },
    { id: "q-001", title: "Some dates are missing", view: "quality" },
  ]);
  expect(groundsOf({ ...action, insights: null }, insights, [])).toEqual([]);
});
