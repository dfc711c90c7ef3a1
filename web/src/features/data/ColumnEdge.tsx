import type { PointerEvent } from "react";
import css from "./grid.module.css";
import type { Columns } from "./useColumns";

interface Props {
  name: string;
  columns: Columns;
}

/** The right edge of a head: who drags it changes how wide the column is. The panel of the head does the same without a drag. */
export function ColumnEdge({ name, columns }: Props) {
  return (
    <span
      aria-hidden
      className={css.edge}
      data-edge={name}
      onPointerDown={(e) => e.button === 0 && follow(e, name, columns)}
      onDoubleClick={() => columns.fit(name)}
    />
  );
}

// The window is listened to: the head may leave the screen, and its elements the page, while the pointer is down.
function follow(down: PointerEvent<HTMLElement>, name: string, columns: Columns) {
  down.preventDefault();
  down.currentTarget.setPointerCapture(down.pointerId);
  const before = columns.width(name);
  const listening = new AbortController();
  let width: number | null = null;
  const end = (kept: number | null) => {
    listening.abort();
    columns.drag(name, null);
    if (kept !== null) columns.resize(name, kept);
  };
  const { signal } = listening;
  const mine = (e: globalThis.PointerEvent) => e.pointerId === down.pointerId;
  window.addEventListener(
    "pointermove",
    (e) => {
      if (!mine(e)) return;
      width = before + e.clientX - down.clientX;
      columns.drag(name, width);
    },
    { signal },
  );
  window.addEventListener("pointerup", (e) => mine(e) && end(width), { signal });
  window.addEventListener("pointercancel", (e) => mine(e) && end(null), { signal });
  window.addEventListener("keydown", (e) => e.key === "Escape" && end(null), { signal });
}
