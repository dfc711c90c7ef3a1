import { describe, expect, it } from "vitest";
import {
  clamp,
  type Geometry,
  known,
  lastTop,
  partsOf,
  revealing,
  scaled,
  scrollOf,
  seenColumns,
  seenRows,
  topOf,
  trackHeight,
} from "./grid.model";

const small: Geometry = { rows: 1000, rowHeight: 30, viewport: 600 };
const huge: Geometry = { rows: 10_000_000, rowHeight: 30, viewport: 600 };

describe.each([
  ["small", small],
  ["huge", huge],
])("a %s table", (_name, g) => {
  it("shows its first row at the top of the track and its last at the end", () => {
    expect(topOf(g, 0)).toBe(0);
    expect(topOf(g, trackHeight(g) - g.viewport)).toBeCloseTo(lastTop(g), 6);
    expect(seenRows(g, lastTop(g))[1]).toBe(g.rows);
  });

  it("finds the place of the scroll bar again", () => {
    for (const top of [0, 1, 17.5, 500, lastTop(g)]) expect(topOf(g, scrollOf(g, top))).toBeCloseTo(top, 4);
  });

  it("brings a row into sight and moves no further", () => {
    expect(revealing(g, 100, 105)).toBe(100);
    expect(revealing(g, 100, 99)).toBe(99);
    expect(revealing(g, 100, 120)).toBe(101);
    expect(revealing(g, 0, g.rows - 1)).toBe(lastTop(g));
  });
});

it("lays out no more than browsers can", () => {
  expect(scaled(small)).toBe(false);
  expect(scaled(huge)).toBe(true);
  expect(trackHeight(huge)).toBeLessThan(30_000_000);
});

it("does not scroll what fits", () => {
  const g = { rows: 3, rowHeight: 30, viewport: 600 };
  expect(topOf(g, 50)).toBe(0);
  expect(clamp(g, 5)).toBe(0);
  expect(seenRows(g, 0)).toEqual([0, 3]);
});

it("tells which parts are needed", () => {
  expect(partsOf([0, 21], 100)).toEqual([0]);
  expect(partsOf([95, 105], 100)).toEqual([0, 1]);
  expect(partsOf([200, 300], 100)).toEqual([2]);
  expect(partsOf([5, 5], 100)).toEqual([]);
});

it("tells which columns are seen", () => {
  const starts = [0, 100, 200, 300, 400];
  expect(seenColumns(starts, 0, 150)).toEqual([0, 2]);
  expect(seenColumns(starts, 150, 100)).toEqual([1, 3]);
  expect(seenColumns(starts, 1000, 100)).toEqual([3, 4]);
});

it("leaves out the first columns, which stay at the left", () => {
  const starts = [0, 100, 200, 300, 400];
  expect(seenColumns(starts, 200, 150, 2)).toEqual([2, 4]);
  expect(seenColumns(starts, 250, 10, 1)).toEqual([2, 3]);
  expect(seenColumns(starts, 400, 100, 4)).toEqual([4, 4]);
});

it("tells of a part what other parts of its rows tell", () => {
  const part = (columns: string[], cells: (string | null)[]) => ({ columns, rows: [{ row: 7, cells }] });
  const before = [part(["a", "b"], ["1", null]), part(["c"], ["3"])];
  expect(known(before, ["b", "c", "d"])).toEqual({
    columns: ["b", "c", "d"],
    rows: [{ row: 7, cells: [null, "3", undefined] }],
  });
  expect(known(before, ["d"])).toBeUndefined();
  expect(known([], ["a"])).toBeUndefined();
});
