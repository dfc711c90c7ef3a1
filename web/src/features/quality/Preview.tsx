import { Button, Checkbox, Skeleton } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useState } from "react";
import { list, type Schemas } from "../../api/types";
import { count, text } from "../../text/text";
import { ErrorPanel } from "../../ui/ErrorPanel";
import type { RunPath } from "../run/run.query";
import { Cell } from "./Cell";
import type { Draft } from "./draft.model";
import css from "./preview.module.css";
import { about, type Issue } from "./quality.model";
import { usePreview } from "./quality.query";

interface Props {
  path: RunPath;
  issue: Issue;
  resolution: string;
  draft: Draft;
  /** Absent where no rows can be chosen. */
  onRows?: (rows: number[] | null) => void;
}

/** What a resolution would change, on real rows: before and after. */
export function Preview({ path, issue, resolution, draft, onRows }: Props) {
  const [limit, setLimit] = useState(12);
  const [params] = useDebouncedValue(draft.params, 400);
  const preview = usePreview(path, issue.id, resolution, params, limit, true);
  const p = preview.data;
  if (preview.error) return <ErrorPanel error={preview.error} retry={() => preview.refetch()} />;
  if (!p) return <Skeleton h={220} radius="md" role="status" aria-label={text.loading} />;
  const lines = list(p.lines);
  return (
    <>
      <h3 className="eyebrow">{text.preview.title}</h3>
      <p className={css.sum}>{text.preview.sum(count(p.cells), p.cells, count(p.rows), p.rows, p.rows_removed)}</p>
      {lines.length > 0 && (
        <Lines preview={p} lines={lines} rows={draft.rows} onRows={onRows} busy={preview.isFetching} />
      )}
      {p.more_columns > 0 && (
        <p className="soft" style={{ fontSize: 12.5 }}>
          {text.preview.moreColumns(p.more_columns)}
        </p>
      )}
      {lines.length < p.rows && lines.length >= limit && limit < 500 && (
        <Button
          size="compact-xs"
          variant="subtle"
          mt={6}
          loading={preview.isFetching}
          onClick={() => setLimit(Math.min(500, limit * 5))}
        >
          {text.preview.more}
        </Button>
      )}
      {list(p.distribution).map((d) => (
        <Spread key={d.column} spread={d} />
      ))}
    </>
  );
}

interface LinesProps {
  preview: Schemas["Preview"];
  lines: Schemas["PreviewLine"][];
  rows: number[] | null;
  onRows?: (rows: number[] | null) => void;
  busy: boolean;
}

function Lines({ preview, lines, rows, onRows, busy }: LinesProps) {
  const columns = list(preview.columns);
  const chosen = rows ?? lines.map((l) => l.row);
  const toggle = (row: number) => {
    const next = chosen.includes(row) ? chosen.filter((r) => r !== row) : [...chosen, row].sort((a, b) => a - b);
    const all = next.length === lines.length && lines.length >= preview.rows;
    onRows?.(all ? null : next);
  };
  return (
    <section className={css.box} tabIndex={0} aria-label={text.preview.table} data-busy={busy}>
      <table className={css.table}>
        <thead>
          <tr>
            {onRows && <th className={css.pick}>{<span className="hidden">{text.preview.pick}</span>}</th>}
            <th className={css.row}>{text.preview.row}</th>
            {columns.map((c) => (
              <th key={c}>{c}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          {lines.map((l) => (
            <tr key={l.row} data-out={rows !== null && !chosen.includes(l.row)} data-removed={l.after === null}>
              {onRows && (
                <td className={css.pick}>
                  <Checkbox
                    size="xs"
                    checked={chosen.includes(l.row)}
                    onChange={() => toggle(l.row)}
                    aria-label={text.preview.pickRow(l.row)}
                  />
                </td>
              )}
              <td className={`${css.row} num`}>{count(l.row)}</td>
              {columns.map((c, i) => (
                <td key={c}>
                  <Cell
                    before={l.before?.[i] ?? null}
                    after={l.after ? (l.after[i] ?? null) : undefined}
                    changed={list(l.changed).includes(c)}
                  />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** How often texts occur before and after. */
function Spread({ spread }: { spread: Schemas["Distribution"] }) {
  const before = list(spread.before);
  const after = list(spread.after);
  const texts = [...new Set([...before, ...after].map((t) => t.text ?? null))].slice(0, 10);
  const most = Math.max(1, ...before.map((t) => t.rows), ...after.map((t) => t.rows));
  const of = (all: Schemas["TextCount"][], t: string | null) => all.find((x) => (x.text ?? null) === t)?.rows ?? 0;
  return (
    <section aria-label={text.preview.spreadOf(spread.column)} style={{ marginTop: 14 }}>
      <h3 className="eyebrow">{text.preview.spreadOf(spread.column)}</h3>
      <div className={css.spread}>
        {texts.map((t) => (
          <div key={t ?? "\0"} className={css.bar}>
            <span className="clip mono">
              <Cell before={t} after={t} changed={false} />
            </span>
            <span className={css.tracks} aria-hidden>
              <span className={css.was} style={{ width: `${(100 * of(before, t)) / most}%` }} />
              <span className={css.is} style={{ width: `${(100 * of(after, t)) / most}%` }} />
            </span>
            <span className="num soft">{text.preview.fromTo(count(of(before, t)), count(of(after, t)))}</span>
          </div>
        ))}
      </div>
    </section>
  );
}

/** The cells that are flagged, where nothing would change or the control point is closed. */
export function Examples({ issue }: { issue: Issue }) {
  const all = list(issue.examples);
  if (all.length === 0) return null;
  return (
    <>
      <h3 className="eyebrow">{text.preview.examples}</h3>
      <section className={css.box} aria-label={text.preview.examples}>
        <table className={css.table}>
          <thead>
            <tr>
              <th className={css.row}>{text.preview.row}</th>
              <th>{about(issue)}</th>
            </tr>
          </thead>
          <tbody>
            {all.map((e) => (
              <tr key={e.row}>
                <td className={`${css.row} num`}>{count(e.row)}</td>
                <td>
                  <Cell before={e.old || null} after={e.new || null} changed={e.new !== "" && e.new !== e.old} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </>
  );
}
