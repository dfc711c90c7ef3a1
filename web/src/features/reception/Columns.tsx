import { NativeSelect, TextInput, Tooltip } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useCallback, useId, useMemo, useRef } from "react";
import { list } from "../../api/types";
import { count, percent, text, words } from "../../text/text";
import { useHeld } from "../account/useHeld";
import { useVersions } from "../data/data.query";
import type { RunPath } from "../run/run.query";
import { AsType } from "./AsType";
import css from "./columns.module.css";
import {
  type Column,
  type Corrections,
  type Facts,
  found,
  missingShare,
  readAs,
  roles,
  types,
  withColumn,
} from "./reception.model";

interface Props {
  path: RunPath;
  facts: Facts;
  live: boolean;
  corrections: Corrections;
  onChange: (c: Corrections) => void;
}

/** The columns as they were understood: what each is, what it holds, and why that is thought. */
export function Columns({ path, facts, live, corrections, onChange }: Props) {
  const [searched, setSearch] = useHeld<string>(`columns.${path.run}`);
  const version = readAs(useVersions(path).data);
  const search = searched ?? "";
  const columns = useMemo(() => found(facts, search), [facts, search]);
  const scroller = useRef<HTMLDivElement>(null);
  const rows = useVirtualizer({
    count: columns.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => 50,
    getItemKey: useCallback((i: number) => columns[i]?.name ?? i, [columns]),
    overscan: 10,
  });
  const heads = text.reception.heads;
  return (
    <section aria-labelledby="columns">
      <div className={css.head}>
        <h3 id="columns" className="eyebrow">
          {text.reception.columns(count(columns.length))}
        </h3>
        <TextInput
          size="xs"
          w={220}
          placeholder={text.reception.search}
          aria-label={text.reception.search}
          leftSection={<IconSearch size={14} />}
          value={search}
          onChange={(e) => setSearch(e.currentTarget.value || null)}
        />
      </div>
      <div className={`card ${css.box}`} ref={scroller} tabIndex={0} role="region" aria-labelledby="columns">
        <div role="table" aria-rowcount={columns.length + 1} className={css.table}>
          <div role="row" className={`${css.row} ${css.heads}`}>
            {heads.map((h) => (
              <span role="columnheader" key={h}>
                {h}
              </span>
            ))}
          </div>
          <div role="rowgroup" style={{ height: rows.getTotalSize(), position: "relative" }}>
            {rows.getVirtualItems().map((v) => {
              const c = columns[v.index];
              if (!c) return null;
              return (
                <div
                  key={c.name}
                  role="row"
                  ref={rows.measureElement}
                  data-index={v.index}
                  aria-rowindex={v.index + 2}
                  className={`${css.row} ${css.column}`}
                  style={{ transform: `translateY(${v.start}px)` }}
                >
                  <ColumnCells
                    path={path}
                    version={version}
                    column={c}
                    rows={facts.rows}
                    live={live}
                    corrections={corrections}
                    onChange={onChange}
                  />
                </div>
              );
            })}
          </div>
        </div>
      </div>
    </section>
  );
}

type CellProps = Omit<Props, "facts"> & { version: string | undefined; column: Column; rows: number };

function ColumnCells({ path, version, column: c, rows, live, corrections, onChange }: CellProps) {
  const fix = corrections.columns?.[c.name];
  const set = (part: "type" | "role", value: string) => onChange(withColumn(corrections, c, part, value));
  const share = missingShare(c, rows);
  const profile = { path, version, column: c.name };
  const said = useId();
  const changed = live && (fix?.type || fix?.role);
  return (
    <>
      <span role="cell" className={css.name}>
        <span className="clip" title={c.name}>
          {c.name}
        </span>
        <Tooltip label={c.why} multiline w={340} disabled={!c.why}>
          <span className="soft clip" style={{ fontSize: 12 }}>
            {c.why}
          </span>
        </Tooltip>
      </span>
      <span role="cell" data-changed={!!fix?.type}>
        {live ? (
          <NativeSelect
            size="xs"
            aria-label={text.reception.typeOf(c.name)}
            aria-describedby={changed ? said : undefined}
            data={[...types]}
            value={fix?.type ?? c.type}
            onChange={(e) => set("type", e.currentTarget.value)}
          />
        ) : (
          c.type
        )}
      </span>
      <span role="cell" data-changed={!!fix?.role}>
        {live ? (
          <NativeSelect
            size="xs"
            aria-label={text.reception.roleOf(c.name)}
            aria-describedby={changed ? said : undefined}
            data={[...roles]}
            value={fix?.role ?? c.role}
            onChange={(e) => set("role", e.currentTarget.value)}
          />
        ) : (
          c.role
        )}
      </span>
      <span role="cell" className="soft clip">
        {c.semantic_type ? words(c.semantic_type) : "–"}
      </span>
      <span role="cell" className="num" style={{ textAlign: "right" }} title={count(c.missing)}>
        {c.missing ? <Behind {...profile} name={text.data.missingOnes} shown={percent(share)} /> : "–"}
      </span>
      <span role="cell" className="num" style={{ textAlign: "right" }}>
        <Behind {...profile} name={text.data.distinct} shown={count(c.distinct)} />
      </span>
      <span role="cell" className={css.examples}>
        {list(c.examples)
          .slice(0, 4)
          .map((e) => (
            <code key={e} className="clip">
              {e}
            </code>
          ))}
      </span>
      {changed && (
        <div role="cell" id={said} className={css.below}>
          <div role="status">
            {fix.type && <AsType {...profile} as={fix.type} />}
            {fix.role && <p>{text.corrected.role(fix.role, text.corrected.roles[fix.role] ?? "")}</p>}
          </div>
        </div>
      )}
    </>
  );
}

interface BehindProps {
  path: RunPath;
  version: string | undefined;
  column: string;
  name: string;
  shown: string;
}

/** A number about a column that leads to the column's profile, where the queries behind it stand. */
function Behind({ path, version, column, name, shown }: BehindProps) {
  return (
    <Link
      to="/w/$workspace/runs/$run/data"
      params={path}
      search={{ tab: "columns", version, column }}
      className={css.behind}
      aria-label={text.reception.behind(name, column, shown)}
    >
      {shown}
    </Link>
  );
}
