import { useDebouncedValue } from "@mantine/hooks";
import type { RunPath } from "../run/run.query";
import { type Part, partColumns, partRows, useParts, type View } from "./data.query";
import { partsOf } from "./grid.model";

/** The cells on the screen: some rows, in some stretches of the columns. What somebody scrolls past is not asked for. */
export function useCells(
  path: RunPath,
  view: View,
  names: string[],
  seen: [number, number],
  stretches: [number, number][],
  byNumber: boolean,
) {
  const across = [...new Set(stretches.flatMap((s) => partsOf(s, partColumns)))];
  const wanted = JSON.stringify([partsOf(seen, partRows), across]);
  const [settled] = useDebouncedValue(wanted, 70);
  const [rowParts, columnParts] = JSON.parse(settled) as [number[], number[]];
  const parts: Part[] = rowParts.flatMap((rows) => columnParts.map((c) => ({ rows, columns: c })));
  const { pages, error, retry } = useParts(path, view, names.length ? parts : [], names, byNumber);
  const page = (row: number, column: number) => {
    const i = parts.findIndex(
      (p) => p.rows === Math.floor(row / partRows) && p.columns === Math.floor(column / partColumns),
    );
    return i < 0 ? undefined : pages[i];
  };
  return {
    error,
    retry,
    row: (r: number) => page(r, (across[0] ?? 0) * partColumns)?.rows?.[r % partRows],
    cell: (r: number, c: number) => page(r, c)?.rows?.[r % partRows]?.cells?.[c % partColumns],
  };
}
