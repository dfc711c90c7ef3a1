import { expect, it } from "vitest";
import { tasksOf } from "./progress.model";
import type { Stop } from "./run.model";

const stop = { stage: "quality", handlers: ["quality.text", "quality.formats"] } as Stop;

it("lists the tasks of the route, with what is told live above what was read", () => {
  const read = [{ task: "quality.text", fraction: 0.2, sentence: "column 1", updated: "" }];
  const live = { "quality.text": { fraction: 0.5, sentence: "column 3" } };
  expect(tasksOf(stop, read, live)).toEqual([
    { name: "quality.text", fraction: 0.5, sentence: "column 3" },
    { name: "quality.formats", fraction: 0, sentence: "" },
  ]);
});

it("never goes back, and never over the whole", () => {
  const read = [{ task: "quality.text", fraction: 0.9, sentence: "", updated: "" }];
  expect(tasksOf(stop, read, { "quality.text": { fraction: 0.3 } })[0]?.fraction).toBe(0.9);
  expect(tasksOf(stop, [], { "quality.text": { fraction: 7 } })[0]?.fraction).toBe(1);
});

it("adds a task that the route does not name", () => {
  const read = [{ task: "quality.consolidate", fraction: 1, sentence: "", updated: "" }];
  expect(tasksOf(stop, read, {}).map((t) => t.name)).toContain("quality.consolidate");
});
