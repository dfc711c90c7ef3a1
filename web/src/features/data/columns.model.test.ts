import { createTable, getCoreRowModel } from "@tanstack/react-table";
import { describe, expect, it } from "vitest";
import {
  type Arrangement,
  columnsOf,
  fitting,
  found,
  hiding,
  idOf,
  narrowest,
  ofId,
  only,
  plain,
  shownOf,
  startsOf,
  staying,
  visibilityOf,
  widest,
} from "./columns.model";

// Names that every object has already are names of columns, too.
const names = ["id", "constructor", "__proto__", "toString", "a.b", ""];

/** What is shown, and how wide, of the columns as somebody arranged them; what was held has been through a reload. */
function laidOut(arranged: Partial<Arrangement>, all = names) {
  const { sizing, visibility, pinning } = JSON.parse(JSON.stringify({ ...plain, ...arranged })) as Arrangement;
  const table = createTable<unknown>({
    data: [],
    columns: columnsOf(all, new Map()),
    getCoreRowModel: getCoreRowModel(),
    state: {},
    onStateChange: () => undefined,
    renderFallbackValue: null,
  });
  const state = { columnSizing: sizing, columnVisibility: visibilityOf(all, visibility), columnPinning: pinning };
  table.setOptions((o) => ({ ...o, state: { ...table.initialState, ...state } }));
  const { columns, pinned } = shownOf(table);
  return { shown: columns.map((c) => ofId(c.id)), widths: columns.map((c) => c.getSize()), pinned };
}

describe("the columns of the grid", () => {
  it("stand in their order and are as wide as needed, whatever they are called", () => {
    const { shown, widths, pinned } = laidOut({});
    expect(shown).toEqual(names);
    expect(pinned).toBe(0);
    for (const width of widths) expect(width).toBeGreaterThan(100);
  });

  it("are as wide as somebody made them, within bounds", () => {
    const { widths } = laidOut({ sizing: { [idOf("constructor")]: 321, [idOf("__proto__")]: 9 } });
    expect(widths.slice(1, 3)).toEqual([321, narrowest]);
    expect([fitting(1), fitting(99.6), fitting(99_999)]).toEqual([narrowest, 100, widest]);
  });

  it("are hidden and shown again, and nothing is kept of those that are shown", () => {
    const kept = hiding({ [idOf("__proto__")]: false, [idOf("toString")]: false }, {});
    expect(laidOut({ visibility: kept }).shown).toEqual(["id", "constructor", "a.b", ""]);
    const then = hiding((now) => ({ ...now, [idOf("__proto__")]: true }), kept);
    expect(then).toEqual({ [idOf("toString")]: false });
  });

  it("are all hidden but some, also where there are thousands", () => {
    const many = Array.from({ length: 5000 }, (_, i) => `c${i}`);
    expect(laidOut({ visibility: only(many, found(many, " C499 ")) }, many).shown).toEqual([
      "c499",
      ...Array.from({ length: 10 }, (_, i) => `c499${i}`),
    ]);
  });

  it("are all shown where a version has none but hidden ones", () => {
    expect(laidOut({ visibility: only(names, ["gone"]) }).shown).toEqual(names);
  });

  it("come first where they stay at the left, hidden ones and those of another version left out", () => {
    const pinning = { left: [idOf("a.b"), idOf("gone"), idOf("id"), idOf("constructor")] };
    const { shown, pinned } = laidOut({ pinning, visibility: { [idOf("id")]: false } });
    expect(shown).toEqual(["a.b", "constructor", "__proto__", "toString", ""]);
    expect(pinned).toBe(2);
  });

  it("stay at the left while there is room", () => {
    const starts = startsOf([100, 150, 200]);
    expect(starts).toEqual([0, 100, 250, 450]);
    expect(staying(starts, 2, 300)).toBe(2);
    expect(staying(starts, 2, 200)).toBe(1);
    expect(staying(starts, 2, 50)).toBe(0);
    expect(staying(starts, 0, 300)).toBe(0);
  });
});
