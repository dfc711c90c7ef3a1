import { Button, Checkbox, Popover, TextInput } from "@mantine/core";
import { IconColumns3, IconSearch } from "@tabler/icons-react";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useMemo, useRef, useState } from "react";
import { count, text } from "../../text/text";
import { found } from "./columns.model";
import css from "./picker.module.css";
import type { Columns } from "./useColumns";

interface Props {
  /** All columns that there are, in the order of the file. */
  names: string[];
  columns: Columns;
}

/** Which columns of the grid are shown, and how many are not. */
export function ColumnPicker({ names, columns }: Props) {
  const hidden = names.length - columns.names.length;
  return (
    <>
      <Popover width={300} position="bottom-start" shadow="lg" trapFocus returnFocus>
        <Popover.Target>
          <Button size="xs" variant="default" leftSection={<IconColumns3 size={14} />}>
            {text.data.pick(hidden)}
          </Button>
        </Popover.Target>
        <Popover.Dropdown aria-label={text.data.pickWhy}>
          <Choice names={names} columns={columns} />
        </Popover.Dropdown>
      </Popover>
      <span className="hidden" aria-live="polite">
        {text.data.hidden(hidden)}
      </span>
    </>
  );
}

function Choice({ names, columns }: Props) {
  const [search, setSearch] = useState("");
  const fit = useMemo(() => found(names, search), [names, search]);
  const scroller = useRef<HTMLDivElement>(null);
  const rows = useVirtualizer({
    count: fit.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => 30,
    overscan: 8,
  });
  return (
    <div className={css.choice}>
      <TextInput
        size="xs"
        placeholder={text.reception.search}
        aria-label={text.reception.search}
        leftSection={<IconSearch size={14} />}
        value={search}
        onChange={(e) => setSearch(e.currentTarget.value)}
      />
      <div className={css.acts}>
        <Button size="compact-xs" variant="light" onClick={columns.showAll}>
          {text.data.showAll}
        </Button>
        {search.trim() && fit.length > 0 && (
          <Button size="compact-xs" variant="light" onClick={() => columns.showOnly(fit)}>
            {text.data.showOnly(count(fit.length))}
          </Button>
        )}
      </div>
      {fit.length === 0 && <span className="soft">{text.data.noColumn}</span>}
      <div className={css.list} ref={scroller} role="group" aria-label={text.data.pickWhy}>
        <ul style={{ height: rows.getTotalSize() }}>
          {rows.getVirtualItems().map((v) => {
            const name = fit[v.index] ?? "";
            const shown = columns.isShown(name);
            const last = shown && columns.names.length === 1;
            return (
              <li key={name} style={{ height: v.size, transform: `translateY(${v.start}px)` }}>
                <Checkbox
                  size="xs"
                  label={name}
                  title={last ? text.data.oneStays : name}
                  classNames={{ body: css.one, labelWrapper: css.name, label: "clip" }}
                  checked={shown}
                  disabled={last}
                  onChange={(e) => columns.show(name, e.currentTarget.checked)}
                />
              </li>
            );
          })}
        </ul>
      </div>
    </div>
  );
}
