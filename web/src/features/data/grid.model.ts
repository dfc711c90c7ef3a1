import type { Schemas } from "../../api/types";

/** How a long table is laid out: all rows are equally high. */
export interface Geometry {
  rows: number;
  rowHeight: number;
  /** Height of what is seen of the rows. */
  viewport: number;
}

// Browsers lay out some 30 million pixels at most. A table that is higher is shown on a shorter track: the scroll bar then
// tells the share, and the wheel and the keys go row by row.
const tallest = 8_000_000;

/** Whether the scroll bar stands for more than can be laid out. */
export function scaled(g: Geometry): boolean {
  return g.rows * g.rowHeight > tallest;
}

/** How high the track is. */
export function trackHeight(g: Geometry): number {
  return Math.min(g.rows * g.rowHeight, tallest);
}

/** The place of the first row that is seen when the table is scrolled to its end, in rows and parts of one. */
export function lastTop(g: Geometry): number {
  return Math.max(0, g.rows - g.viewport / g.rowHeight);
}

/** Which row is at the top for a place of the scroll bar. */
export function topOf(g: Geometry, scroll: number): number {
  const most = trackHeight(g) - g.viewport;
  if (most <= 0) return 0;
  const top = scaled(g) ? (scroll / most) * lastTop(g) : scroll / g.rowHeight;
  return clamp(g, top);
}

/** Where the scroll bar stands for a row at the top. */
export function scrollOf(g: Geometry, top: number): number {
  const most = Math.max(0, trackHeight(g) - g.viewport);
  if (!scaled(g)) return Math.min(most, top * g.rowHeight);
  return lastTop(g) > 0 ? (top / lastTop(g)) * most : 0;
}

/** A place that there is. */
export function clamp(g: Geometry, top: number): number {
  return Math.min(lastTop(g), Math.max(0, top));
}

/** The place from which a row is wholly seen, with as little movement as can be. */
export function revealing(g: Geometry, top: number, row: number): number {
  const seen = Math.max(1, Math.floor(g.viewport / g.rowHeight));
  if (row < top) return clamp(g, row);
  if (row + 1 > top + seen) return clamp(g, row + 1 - seen);
  return top;
}

/** From which row to which (not included) something is seen. */
export function seenRows(g: Geometry, top: number): [number, number] {
  const first = Math.max(0, Math.floor(top));
  return [first, Math.min(g.rows, Math.ceil(top + g.viewport / g.rowHeight) + 1)];
}

/** The parts, of a size, in which a span lies. */
export function partsOf([from, to]: [number, number], size: number): number[] {
  if (to <= from) return [];
  const first = Math.floor(from / size);
  return Array.from({ length: Math.floor((to - 1) / size) - first + 1 }, (_, i) => first + i);
}

/**
 * Which columns, of those after the first ones, lie within a stretch of pixels; starts are where each begins, with the end of the
 * last one behind.
 */
export function seenColumns(starts: number[], left: number, width: number, after = 0): [number, number] {
  const n = starts.length - 1;
  let from = after;
  while (from < n - 1 && (starts[from + 1] ?? 0) <= left) from++;
  let to = from;
  while (to < n && (starts[to] ?? 0) < left + width) to++;
  return [from, Math.max(to, Math.min(n, from + 1))];
}

/** A part of the table as it was fetched: some columns of some rows. */
export interface Page {
  columns: string[] | null;
  rows: { row: number; cells: (string | null | undefined)[] | null }[] | null;
  /** The query of all rows, with all columns. */
  sql?: string;
}

/** A part as far as other parts of the same rows tell it already; what they do not tell is not defined. */
export function known(parts: Page[], columns: string[]): Page | undefined {
  const places = columns.map((name) => {
    for (const part of parts) {
      const at = part.columns?.indexOf(name) ?? -1;
      if (at >= 0) return { rows: part.rows, at };
    }
    return undefined;
  });
  const rows = places.find((p) => p)?.rows;
  if (!rows) return undefined;
  return {
    columns,
    sql: parts.find((p) => p.sql)?.sql,
    rows: rows.map(({ row }, r) => ({ row, cells: places.map((p) => p?.rows?.[r]?.cells?.[p.at]) })),
  };
}

/** As wide as what stands in a column needs, within bounds. */
export function widthOf(name: string, facts: Schemas["Column"] | undefined): number {
  const letters = Math.max(name.length + 4, Math.min(34, facts?.max_length ?? 16));
  return Math.min(280, Math.max(104, letters * 7.4 + 26));
}
