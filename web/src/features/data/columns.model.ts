import {
  type Column,
  type ColumnDef,
  type ColumnPinningState,
  type ColumnSizingState,
  functionalUpdate,
  type Table,
  type Updater,
  type VisibilityState,
} from "@tanstack/react-table";
import type { Schemas } from "../../api/types";
import { widthOf } from "./grid.model";

/** What somebody made of the columns: how wide they are, which are hidden, and which stay at the left. */
export interface Arrangement {
  sizing: ColumnSizingState;
  visibility: VisibilityState;
  pinning: ColumnPinningState;
}

/** As the columns stand before anybody changed anything. */
export const plain: Arrangement = { sizing: {}, visibility: {}, pinning: {} };

/** Between these a column may be as wide as somebody wants, in pixels. */
export const narrowest = 64;
export const widest = 900;

/** By how much a column becomes wider or narrower at once. */
export const step = 40;

// The state of the table is kept in plain objects, and every one of them has a "constructor" already: a column may be called so too.
const mark = "=";

/** The id under which the table knows a column. */
export function idOf(name: string): string {
  return mark + name;
}

/** The name of the column that the table knows under an id. */
export function ofId(id: string): string {
  return id.slice(mark.length);
}

/** The columns, each as wide as what stands in it needs. */
export function columnsOf(names: string[], facts: Map<string, Schemas["Column"]>): ColumnDef<unknown>[] {
  return names.map((name) => {
    const size = widthOf(name, facts.get(name));
    return { id: idOf(name), size, minSize: narrowest, maxSize: widest };
  });
}

/** A width that a column may have. */
export function fitting(width: number): number {
  return Math.round(Math.min(widest, Math.max(narrowest, width)));
}

/** Which columns are hidden: none where it would be all, as in a version whose columns have other names. */
export function visibilityOf(names: string[], kept: VisibilityState): VisibilityState {
  return names.every((n) => kept[idOf(n)] === false) ? plain.visibility : kept;
}

/** What is hidden after a change. Only that is kept: what is shown needs no words. */
export function hiding(change: Updater<VisibilityState>, now: VisibilityState): VisibilityState {
  return Object.fromEntries(Object.entries(functionalUpdate(change, now)).filter(([, shown]) => !shown));
}

/** Hides all columns but some. */
export function only(names: string[], some: string[]): VisibilityState {
  const kept = new Set(some);
  return Object.fromEntries(names.filter((n) => !kept.has(n)).map((n) => [idOf(n), false]));
}

/** The columns that are shown, those that stay at the left first, and how many these are. */
export function shownOf(table: Table<unknown>): { columns: Column<unknown>[]; pinned: number } {
  const left = table.getLeftVisibleLeafColumns();
  return { columns: [...left, ...table.getCenterVisibleLeafColumns()], pinned: left.length };
}

/** Where each column begins, and the end of the last one. */
export function startsOf(widths: number[]): number[] {
  const starts = [0];
  for (const width of widths) starts.push((starts.at(-1) ?? 0) + width);
  return starts;
}

/** How many of the columns that are to stay at the left do so: no more than there is room for, so that the others are still seen. */
export function staying(starts: number[], pinned: number, room: number): number {
  let n = pinned;
  while (n > 0 && (starts[n] ?? 0) > room) n--;
  return n;
}

/** The names that fit what somebody looks for. */
export function found(names: string[], search: string): string[] {
  const want = search.trim().toLowerCase();
  return want ? names.filter((n) => n.toLowerCase().includes(want)) : names;
}
