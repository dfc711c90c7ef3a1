import { Button, NativeSelect, Popover, TextInput, UnstyledButton } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconArrowDown, IconArrowUp, IconFilter } from "@tabler/icons-react";
import { type RefObject, useEffect, useRef, useState } from "react";
import type { Schemas } from "../../api/types";
import { count, text, words } from "../../text/text";
import type { RunPath } from "../run/run.query";
import { ColumnEdge } from "./ColumnEdge";
import { ColumnLayout } from "./ColumnLayout";
import { type Operator, operators, type View } from "./data.query";
import css from "./grid.module.css";
import { ProfileOf } from "./Profile";
import type { Columns } from "./useColumns";

interface Props {
  name: string;
  index: number;
  left: number;
  facts: Schemas["Column"] | undefined;
  path: RunPath;
  view: View;
  onView: (v: View) => void;
  columns: Columns;
  /** What has the focus once the head is gone. */
  grid: RefObject<HTMLElement | null>;
}

/** The head of a column: what it is; behind it sorting, filtering, how it is laid out, and what it holds. */
export function ColumnHead({ name, index, left, facts, path, view, onView, columns, grid }: Props) {
  const [open, panel] = useDisclosure(false);
  useFocusAfter(open, grid);
  const order = view.order.find((o) => o.column === name);
  const filtered = view.filters.some((f) => f.column === name);
  const sort = (descending: boolean) => {
    const same = order && !!order.descending === descending;
    onView({ ...view, order: same ? [] : [{ column: name, descending }] });
  };
  return (
    <div
      role="columnheader"
      aria-colindex={index}
      aria-sort={order ? (order.descending ? "descending" : "ascending") : undefined}
      className={css.head}
      style={{ left, width: columns.width(name) }}
    >
      <Popover
        opened={open}
        onChange={(o) => !o && panel.close()}
        width={330}
        position="bottom-start"
        shadow="lg"
        trapFocus
        middlewares={{ size: { padding: 8 } }}
      >
        <Popover.Target>
          <UnstyledButton className={css.headButton} onClick={panel.toggle}>
            <span className={css.headName}>
              <span className="clip">{name}</span>
              {order && (order.descending ? <IconArrowDown size={13} /> : <IconArrowUp size={13} />)}
              {filtered && <IconFilter size={13} />}
            </span>
            <span className="hidden">{text.data.aboutColumn}</span>
            <span className={css.headFacts}>
              {facts ? words(facts.type) : ""}
              {facts && facts.missing > 0 && ` · ${text.data.missing(count(facts.missing))}`}
            </span>
          </UnstyledButton>
        </Popover.Target>
        <Popover.Dropdown className={css.dropdown} aria-label={`${name}: ${text.data.aboutColumn}`}>
          <div className={css.panel}>
            <div className={css.tools}>
              <Button
                size="xs"
                flex={1}
                variant={order && !order.descending ? "filled" : "default"}
                leftSection={<IconArrowUp size={14} />}
                onClick={() => sort(false)}
              >
                {text.data.ascending}
              </Button>
              <Button
                size="xs"
                flex={1}
                variant={order?.descending ? "filled" : "default"}
                leftSection={<IconArrowDown size={14} />}
                onClick={() => sort(true)}
              >
                {text.data.descending}
              </Button>
            </div>
            <FilterForm
              name={name}
              view={view}
              onView={(v) => {
                onView(v);
                panel.close();
              }}
            />
            <ColumnLayout name={name} columns={columns} />
            {open && <ProfileOf path={path} version={view.version} column={name} short />}
          </div>
        </Popover.Dropdown>
      </Popover>
      <ColumnEdge name={name} columns={columns} />
    </div>
  );
}

/** Where a head goes while its panel is open, as a column does that is hidden, the focus goes to the grid and not to nothing. */
function useFocusAfter(open: boolean, grid: RefObject<HTMLElement | null>) {
  const opened = useRef(open);
  opened.current = open;
  useEffect(
    () => () => {
      if (opened.current) grid.current?.focus();
    },
    [grid],
  );
}

function FilterForm({ name, view, onView }: Pick<Props, "name" | "view" | "onView">) {
  const now = view.filters.find((f) => f.column === name);
  const [operator, setOperator] = useState<Operator>(now?.operator ?? "contains");
  const [value, setValue] = useState(now?.value ?? "");
  const bare = operator === "missing" || operator === "present";
  const others = view.filters.filter((f) => f.column !== name);
  return (
    <form
      onSubmit={(e) => {
        e.preventDefault();
        onView({ ...view, filters: [...others, { column: name, operator, value: bare ? undefined : value }] });
      }}
      className={css.panel}
      style={{ gap: 6 }}
    >
      <div className={css.tools}>
        <NativeSelect
          size="xs"
          flex={1}
          aria-label={text.data.operator}
          data={operators.map((o) => ({ value: o, label: text.data.operators[o] }))}
          value={operator}
          onChange={(e) => setOperator(e.currentTarget.value as Operator)}
        />
        {!bare && (
          <TextInput
            size="xs"
            flex={1}
            aria-label={text.data.value}
            placeholder={text.data.value}
            value={value}
            onChange={(e) => setValue(e.currentTarget.value)}
          />
        )}
      </div>
      <div className={css.tools}>
        <Button
          size="xs"
          type="submit"
          variant="default"
          leftSection={<IconFilter size={14} />}
          disabled={!bare && !value}
        >
          {text.data.filter}
        </Button>
        {now && (
          <Button size="xs" variant="subtle" color="gray" onClick={() => onView({ ...view, filters: others })}>
            {text.data.unfilter}
          </Button>
        )}
      </div>
    </form>
  );
}
