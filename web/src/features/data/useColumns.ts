import { type ColumnSizingState, functionalUpdate, getCoreRowModel, useReactTable } from "@tanstack/react-table";
import { useMemo, useState } from "react";
import type { Schemas } from "../../api/types";
import { useHeld } from "../account/useHeld";
import {
  type Arrangement,
  columnsOf,
  fitting,
  hiding,
  idOf,
  ofId,
  only,
  plain,
  shownOf,
  startsOf,
  visibilityOf,
} from "./columns.model";

/** The columns of the grid as somebody arranged them. */
export interface Columns {
  /** The names of those that are shown, in their order. */
  names: string[];
  /** Where each of them begins, in pixels, and the end of the last one. */
  starts: number[];
  /** How many of them, from the first, are to stay at the left. */
  pinned: number;
  isShown: (name: string) => boolean;
  isPinned: (name: string) => boolean;
  width: (name: string) => number;
  resize: (name: string, width: number) => void;
  /** Makes a column as wide as what stands in it needs. */
  fit: (name: string) => void;
  /** While its edge is dragged a column is so wide without that being kept; null ends it. */
  drag: (name: string, width: number | null) => void;
  show: (name: string, shown: boolean) => void;
  showAll: () => void;
  showOnly: (names: string[]) => void;
  pin: (name: string, pinned: boolean) => void;
}

// The rows are the server's: the table knows of columns alone.
const rows: unknown[] = [];
const rowModel = getCoreRowModel();

/** Which columns of a run are shown, how wide, and in which order, held in this tab for the run. */
export function useColumns(run: string, names: string[], facts: Map<string, Schemas["Column"]>): Columns {
  const [held, hold] = useHeld<Arrangement>(`grid.${run}`);
  const [dragged, setDragged] = useState<ColumnSizingState>(plain.sizing);
  const kept = held ?? plain;
  const columns = useMemo(() => columnsOf(names, facts), [names, facts]);
  const columnVisibility = useMemo(() => visibilityOf(names, kept.visibility), [names, kept.visibility]);
  const columnSizing = useMemo(() => ({ ...kept.sizing, ...dragged }), [kept.sizing, dragged]);
  const change = (next: (now: Arrangement) => Partial<Arrangement>) =>
    hold((now) => ({ ...(now ?? plain), ...next(now ?? plain) }));
  const table = useReactTable({
    data: rows,
    columns,
    getCoreRowModel: rowModel,
    manualSorting: true,
    manualFiltering: true,
    state: { columnVisibility, columnSizing, columnPinning: kept.pinning },
    onColumnVisibilityChange: (to) =>
      change((now) => ({ visibility: hiding(to, visibilityOf(names, now.visibility)) })),
    onColumnSizingChange: (to) => change((now) => ({ sizing: functionalUpdate(to, now.sizing) })),
    onColumnPinningChange: (to) => change((now) => ({ pinning: functionalUpdate(to, now.pinning) })),
  });
  // The table is one object for good, and goes through all columns to answer: it is asked only where its state is another.
  // biome-ignore lint/correctness/useExhaustiveDependencies: what the table answers follows from these
  const shown = useMemo(() => shownOf(table), [table, columns, columnVisibility, kept.pinning]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: how wide a column is follows from the sizes
  const starts = useMemo(() => startsOf(shown.columns.map((c) => c.getSize())), [shown, columnSizing]);
  const inOrder = useMemo(() => shown.columns.map((c) => ofId(c.id)), [shown]);
  const column = (name: string) => table.getColumn(idOf(name));
  return {
    names: inOrder,
    starts,
    pinned: shown.pinned,
    isShown: (name) => columnVisibility[idOf(name)] !== false,
    isPinned: (name) => column(name)?.getIsPinned() === "left",
    width: (name) => column(name)?.getSize() ?? 0,
    resize: (name, width) => table.setColumnSizing((now) => ({ ...now, [idOf(name)]: fitting(width) })),
    fit: (name) => column(name)?.resetSize(),
    drag: (name, width) => setDragged(width === null ? plain.sizing : { [idOf(name)]: fitting(width) }),
    show: (name, on) => {
      if (on || inOrder.length > 1) column(name)?.toggleVisibility(on);
    },
    showAll: () => table.setColumnVisibility(plain.visibility),
    showOnly: (some) => table.setColumnVisibility(only(names, some)),
    pin: (name, on) => column(name)?.pin(on && "left"),
  };
}
