import { Text } from "@mantine/core";
import { useDebouncedValue, useElementSize } from "@mantine/hooks";
import { type KeyboardEvent, useEffect, useMemo, useRef, useState } from "react";
import type { Schemas } from "../../api/types";
import { count, text } from "../../text/text";
import { ErrorPanel } from "../../ui/ErrorPanel";
import type { RunPath } from "../run/run.query";
import { ColumnHead } from "./ColumnHead";
import { type Part, partColumns, partRows, useParts, type View } from "./data.query";
import { clamp, partsOf, revealing, scrollOf, seenColumns, seenRows, topOf, trackHeight } from "./grid.model";
import css from "./grid.module.css";

const rowHeight = 30;
const headHeight = 48;
const numberWidth = 84;

export interface Place {
  row: number;
  column: string;
}

interface Props {
  path: RunPath;
  view: View;
  onView: (v: View) => void;
  names: string[];
  facts: Map<string, Schemas["Column"]>;
  /** How many rows there are to show. */
  total: number;
  /** Whether the rows are numbered without gaps and stand in their order. */
  byNumber: boolean;
  /** A row to go to, counted from 0 among those that are shown. */
  goTo: { row: number } | null;
  onOpen: (p: Place) => void;
}

/** All rows of a version, fetched from the server as they come into sight: ten million are no more work than a hundred. */
export function Grid({ path, view, onView, names, facts, total, byNumber, goTo, onOpen }: Props) {
  const { ref: sized, width, height } = useElementSize();
  const scroller = useRef<HTMLDivElement>(null);
  const [top, setTop] = useState(0);
  const [left, setLeft] = useState(0);
  const [at, setAt] = useState({ row: 0, column: 0 });
  const g = useMemo(() => ({ rows: total, rowHeight, viewport: Math.max(0, height - headHeight) }), [total, height]);
  const starts = useMemo(() => startsOf(names, facts), [names, facts]);
  const put = useRef(0); // where the scroll bar was put from here
  const place = useRef({ g, top });
  place.current = { g, top };

  const moveTo = (next: number) => {
    const to = clamp(g, next);
    setTop(to);
    if (!scroller.current) return;
    scroller.current.scrollTop = scrollOf(g, to);
    put.current = scroller.current.scrollTop;
  };
  const select = (row: number, column: number) => {
    const r = Math.min(total - 1, Math.max(0, row));
    const c = Math.min(names.length - 1, Math.max(0, column));
    setAt({ row: r, column: c });
    const next = revealing(g, top, r);
    if (next !== top) moveTo(next);
    const box = scroller.current;
    const [from, to] = [starts[c] ?? 0, starts[c + 1] ?? 0];
    if (box && from < box.scrollLeft) box.scrollLeft = from;
    else if (box && to > box.scrollLeft + box.clientWidth - numberWidth) {
      box.scrollLeft = to - box.clientWidth + numberWidth;
    }
  };

  useWheel(scroller, place, (next) => moveTo(next));
  // Another order or filter begins at the top again.
  const shown = JSON.stringify([view.version, view.filters, view.order]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: only where something else is shown
  useEffect(() => {
    moveTo(0);
    setAt({ row: 0, column: at.column });
  }, [shown]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: only where somebody wants to go
  useEffect(() => {
    if (!goTo || g.viewport === 0) return;
    setAt({ row: Math.min(goTo.row, total - 1), column: at.column });
    moveTo(goTo.row - 2);
  }, [goTo, g.viewport]);

  const seen = seenRows(g, top);
  const columns = seenColumns(starts, left, Math.max(0, width - numberWidth));
  const cells = useCells(path, view, names, seen, columns, byNumber);

  const keys = (e: KeyboardEvent) => {
    if (e.target !== e.currentTarget) return;
    const page = Math.max(1, Math.floor(g.viewport / rowHeight) - 1);
    const moves: Record<string, () => void> = {
      ArrowDown: () => select(at.row + 1, at.column),
      ArrowUp: () => select(at.row - 1, at.column),
      ArrowRight: () => select(at.row, at.column + 1),
      ArrowLeft: () => select(at.row, at.column - 1),
      PageDown: () => select(at.row + page, at.column),
      PageUp: () => select(at.row - page, at.column),
      Home: () => select(e.ctrlKey ? 0 : at.row, e.ctrlKey ? at.column : 0),
      End: () => select(e.ctrlKey ? total - 1 : at.row, e.ctrlKey ? at.column : names.length - 1),
      Enter: () => {
        const row = cells.row(at.row);
        const column = names[at.column];
        if (row && column) onOpen({ row: row.row, column });
      },
    };
    const move = moves[e.key];
    if (!move || e.metaKey || e.altKey) return;
    e.preventDefault();
    move();
  };

  const whole = (starts.at(-1) ?? 0) + numberWidth;
  return (
    <div className={css.frame} ref={sized}>
      {cells.error && (
        <div className={css.error}>
          <ErrorPanel error={cells.error} retry={cells.retry} />
        </div>
      )}
      <div
        ref={scroller}
        className={css.scroller}
        role="grid"
        tabIndex={0}
        aria-label={text.data.grid}
        aria-rowcount={total + 1}
        aria-colcount={names.length + 1}
        aria-activedescendant={at.row >= seen[0] && at.row < seen[1] ? `cell-${at.row}-${at.column}` : undefined}
        data-testid="grid"
        data-top={Math.floor(top)}
        onKeyDown={keys}
        onScroll={(e) => {
          const box = e.currentTarget;
          setLeft(box.scrollLeft);
          // What was set from here says nothing new; on a shortened track it would lose the row within a pixel.
          if (Math.abs(box.scrollTop - put.current) < 1) return;
          put.current = -1;
          setTop(topOf(g, box.scrollTop));
        }}
      >
        <div style={{ width: whole, height: headHeight + trackHeight(g) }}>
          <div className={css.layer} style={{ width: whole, height: Math.max(headHeight, height) }}>
            <div role="row" aria-rowindex={1} className={css.heads} style={{ height: headHeight }}>
              <span role="columnheader" className={`${css.number} ${css.headNumber}`} style={{ width: numberWidth }}>
                {text.data.row}
              </span>
              {range(columns).map((c) => (
                <ColumnHead
                  key={names[c]}
                  name={names[c] ?? ""}
                  index={c + 2}
                  left={numberWidth + (starts[c] ?? 0)}
                  width={(starts[c + 1] ?? 0) - (starts[c] ?? 0)}
                  facts={facts.get(names[c] ?? "")}
                  path={path}
                  view={view}
                  onView={onView}
                />
              ))}
            </div>
            <div
              role="rowgroup"
              className={css.body}
              style={{ transform: `translateY(${headHeight - (top - seen[0]) * rowHeight}px)` }}
            >
              {range(seen).map((r) => (
                <Row
                  key={r}
                  index={r}
                  y={(r - seen[0]) * rowHeight}
                  data={cells.row(r)}
                  cell={cells.cell}
                  columns={columns}
                  starts={starts}
                  names={names}
                  active={at.row === r ? at.column : -1}
                  onCell={(c) => {
                    setAt({ row: r, column: c });
                    const row = cells.row(r);
                    const column = names[c];
                    if (row && column) onOpen({ row: row.row, column });
                  }}
                />
              ))}
            </div>
          </div>
        </div>
      </div>
      {total === 0 && (
        <Text className={css.none} size="sm" c="dimmed">
          {text.data.noRows}
        </Text>
      )}
    </div>
  );
}

interface RowProps {
  index: number;
  y: number;
  data: { row: number } | undefined;
  cell: (row: number, column: number) => string | null | undefined;
  columns: [number, number];
  starts: number[];
  names: string[];
  active: number;
  onCell: (column: number) => void;
}

function Row({ index, y, data, cell, columns, starts, names, active, onCell }: RowProps) {
  return (
    <div role="row" aria-rowindex={index + 2} className={css.row} style={{ top: y, height: rowHeight }}>
      <span role="rowheader" className={`${css.number} num`} style={{ width: numberWidth }}>
        {data ? count(data.row) : ""}
      </span>
      {range(columns).map((c) => {
        const value = cell(index, c);
        return (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the grid has the focus and answers Enter
          <span
            key={c}
            id={`cell-${index}-${c}`}
            role="gridcell"
            aria-colindex={c + 2}
            aria-selected={active === c}
            className={css.cell}
            data-missing={value === null}
            style={{ left: numberWidth + (starts[c] ?? 0), width: (starts[c + 1] ?? 0) - (starts[c] ?? 0) }}
            title={value ?? names[c]}
            onClick={() => onCell(c)}
          >
            {value === undefined ? <i className={css.coming} /> : value === null ? text.preview.missing : value}
          </span>
        );
      })}
    </div>
  );
}

function range([from, to]: [number, number]): number[] {
  return Array.from({ length: Math.max(0, to - from) }, (_, i) => from + i);
}

/** Where each column begins, as wide as what stands in it needs, and the end of the last one. */
function startsOf(names: string[], facts: Map<string, Schemas["Column"]>): number[] {
  const starts = [0];
  for (const name of names) {
    const c = facts.get(name);
    const letters = Math.max(name.length + 4, Math.min(34, c?.max_length ?? 16));
    starts.push((starts.at(-1) ?? 0) + Math.min(280, Math.max(104, letters * 7.4 + 26)));
  }
  return starts;
}

/** The cells on the screen. What somebody scrolls past is not asked for. */
function useCells(
  path: RunPath,
  view: View,
  names: string[],
  seen: [number, number],
  columns: [number, number],
  byNumber: boolean,
) {
  const wanted = JSON.stringify([partsOf(seen, partRows), partsOf(columns, partColumns)]);
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
    row: (r: number) => page(r, columns[0])?.rows?.[r % partRows],
    cell: (r: number, c: number) => page(r, c)?.rows?.[r % partRows]?.cells?.[c % partColumns],
  };
}

/** The wheel moves by rows, also where the track is shorter than the table. */
function useWheel(
  box: React.RefObject<HTMLDivElement | null>,
  place: React.RefObject<{ g: Parameters<typeof clamp>[0]; top: number }>,
  moveTo: (top: number) => void,
) {
  const move = useRef(moveTo);
  move.current = moveTo;
  useEffect(() => {
    const el = box.current;
    if (!el) return;
    const wheel = (e: WheelEvent) => {
      const { g, top } = place.current;
      if (e.ctrlKey || e.shiftKey || Math.abs(e.deltaX) > Math.abs(e.deltaY)) return;
      const next = clamp(g, top + (e.deltaMode === 1 ? e.deltaY : e.deltaY / g.rowHeight));
      if (next === top) return;
      e.preventDefault();
      move.current(next);
    };
    el.addEventListener("wheel", wheel, { passive: false });
    return () => el.removeEventListener("wheel", wheel);
  }, [box, place]);
}
