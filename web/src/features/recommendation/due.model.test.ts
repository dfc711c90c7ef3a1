import { expect, it } from "vitest";
import { late } from "./due.model";

it.each([
  ["2026-11-23", true],
  ["2026-11-24", false],
  ["2026-12-01", false],
])("says of %s on 24 November 2026 that it is over: %s", (due, want) =>
  expect(late(due, new Date(2026, 10, 24, 23, 59))).toBe(want),
);
