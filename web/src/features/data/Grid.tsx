import { Text } from "@mantine/core";
import { useElementSize } from "@mantine/hooks";
import { type KeyboardEvent, useEffect, useMemo, useRef, useState } from "react";
import type { Schemas } from "../../api/types";
import { count, text } from "../../text/text";
import { ErrorPanel } from "../../ui/ErrorPanel";
import type { RunPath } from "../run/run.query";
import { ColumnHead } from "./ColumnHead";
import { staying } from "./columns.model";
import type { View } from "./data.query";
import { clamp, revealing, scrollOf, seenColumns, seenRows, topOf, trackHeight } from "./grid.model";
import css from "./grid.module.css";
import { useCells } from "./useCells";
import type { Columns } from "./useColumns";

const rowHeight = 30;
const headHeight = 48;
const numberWidth = 84;
// What stays at the left takes no more than this share of the width.
const stayingShare = 0.6;

export interface Place {
  row: number;
  column: string;
}

interface Props {
  path: RunPath;
  view: View;
  onView: (v: View) => void;
  columns: Columns;
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
export function Grid({ path, view, onView, columns, facts, total, byNumber, goTo, onOpen }: Props) {
  const { ref: sized, width, height } = useElementSize();
  const scroller = useRef<HTMLDivElement>(null);
  const [top, setTop] = useState(0);
  const [left, setLeft] = useState(0);
  const { names, starts } = columns;
  const [{ row: atRow, column: atName }, setAt] = useState({ row: 0, column: "" });
  // A column that was hidden is not gone to.
  const atColumn = useMemo(() => Math.max(0, names.indexOf(atName)), [names, atName]);
  const g = useMemo(() => ({ rows: total, rowHeight, viewport: Math.max(0, height - headHeight) }), [total, height]);
  const put = useRef(0); // where the scroll bar was put from here
  const place = useRef({ g, top });
  place.current = { g, top };

  const stay = staying(starts, columns.pinned, (width - numberWidth) * stayingShare);
  const edge = starts[stay] ?? 0;

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
    setAt({ row: r, column: names[c] ?? "" });
    const next = revealing(g, top, r);
    if (next !== top) moveTo(next);
    const box = scroller.current;
    const [from, to] = [starts[c] ?? 0, starts[c + 1] ?? 0];
    if (!box || c < stay) return;
    if (from < box.scrollLeft + edge) box.scrollLeft = from - edge;
    else if (to > box.scrollLeft + box.clientWidth - numberWidth) {
      box.scrollLeft = to - box.clientWidth + numberWidth;
    }
  };

  useWheel(scroller, place, (next) => moveTo(next));
  // Another order or filter begins at the top again.
  const shown = JSON.stringify([view.version, view.filters, view.order]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: only where something else is shown
  useEffect(() => {
    moveTo(0);
    setAt((was) => ({ ...was, row: 0 }));
  }, [shown]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: only where somebody wants to go
  useEffect(() => {
    if (!goTo || g.viewport === 0) return;
    setAt((was) => ({ ...was, row: Math.min(goTo.row, total - 1) }));
    moveTo(goTo.row - 2);
  }, [goTo, g.viewport]);

  const seen = seenRows(g, top);
  const across = seenColumns(starts, left + edge, Math.max(0, width - numberWidth - edge), stay);
  const cells = useCells(path, view, names, seen, [[0, stay], across], byNumber);
  const drawn = within(seen, atRow) && (atColumn < stay || within(across, atColumn));
  const open = (r: number, c: number) => {
    const row = cells.row(r);
    const column = names[c];
    if (row && column) onOpen({ row: row.row, column });
  };

  const keys = (e: KeyboardEvent) => {
    if (e.target !== e.currentTarget) return;
    const page = Math.max(1, Math.floor(g.viewport / rowHeight) - 1);
    const moves: Record<string, () => void> = {
      ArrowDown: () => select(atRow + 1, atColumn),
      ArrowUp: () => select(atRow - 1, atColumn),
      ArrowRight: () => select(atRow, atColumn + 1),
      ArrowLeft: () => select(atRow, atColumn - 1),
      PageDown: () => select(atRow + page, atColumn),
      PageUp: () => select(atRow - page, atColumn),
      Home: () => select(e.ctrlKey ? 0 : atRow, e.ctrlKey ? atColumn : 0),
      End: () => select(e.ctrlKey ? total - 1 : atRow, e.ctrlKey ? atColumn : names.length - 1),
      Enter: () => open(atRow, atColumn),
    };
    const move = moves[e.key];
    if (!move || e.metaKey || e.altKey) return;
    e.preventDefault();
    move();
  };

  const head = (c: number) => (
    <ColumnHead
      key={names[c]}
      name={names[c] ?? ""}
      index={c + 2}
      left={numberWidth + (starts[c] ?? 0)}
      facts={facts.get(names[c] ?? "")}
      path={path}
      view={view}
      onView={onView}
      columns={columns}
      grid={scroller}
    />
  );
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
        style={{ scrollPaddingLeft: numberWidth + edge }}
        role="grid"
        tabIndex={0}
        aria-label={text.data.grid}
        aria-rowcount={total + 1}
        aria-colcount={names.length + 1}
        aria-activedescendant={drawn ? `cell-${atRow}-${atColumn}` : undefined}
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
              <div className={css.staying} style={{ width: numberWidth + edge }}>
                <span
                  role="columnheader"
                  aria-colindex={1}
                  className={`${css.number} ${css.headNumber}`}
                  style={{ width: numberWidth }}
                >
                  {text.data.row}
                </span>
                {range([0, stay]).map(head)}
              </div>
              {range(across).map(head)}
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
                  stay={stay}
                  seen={across}
                  active={atRow === r ? atColumn : -1}
                  onCell={(c) => {
                    setAt({ row: r, column: names[c] ?? "" });
                    open(r, c);
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
  columns: Columns;
  /** How many columns stay at the left. */
  stay: number;
  seen: [number, number];
  active: number;
  onCell: (column: number) => void;
}

function Row({ index, y, data, cell, columns: { names, starts }, stay, seen, active, onCell }: RowProps) {
  const draw = (c: number) => {
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
  };
  return (
    <div role="row" aria-rowindex={index + 2} className={css.row} style={{ top: y, height: rowHeight }}>
      <div className={css.staying} style={{ width: numberWidth + (starts[stay] ?? 0) }}>
        <span role="rowheader" aria-colindex={1} className={`${css.number} num`} style={{ width: numberWidth }}>
          {data ? count(data.row) : ""}
        </span>
        {range([0, stay]).map(draw)}
      </div>
      {range(seen).map(draw)}
    </div>
  );
}

const within = ([from, to]: [number, number], n: number) => n >= from && n < to;

function range([from, to]: [number, number]): number[] {
  return Array.from({ length: Math.max(0, to - from) }, (_, i) => from + i);
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
