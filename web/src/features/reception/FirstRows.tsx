import { Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { list } from "../../api/types";
import { count, text } from "../../text/text";
import { ErrorPanel } from "../../ui/ErrorPanel";
import { useFirstRows, useVersions } from "../data/data.query";
import { widthOf } from "../data/grid.model";
import type { RunPath } from "../run/run.query";
import css from "./first.module.css";
import { type Facts, firstColumns, firstRows, readAs } from "./reception.model";

const numberWidth = 64;
const moreWidth = 190;

/** The first rows of the table as it was read. Its columns stand there at once, so that nothing moves when the cells come. */
export function FirstRows({ path, facts }: { path: RunPath; facts: Facts }) {
  const versions = useVersions(path);
  const version = readAs(versions.data);
  const all = list(facts.columns);
  const columns = all.slice(0, firstColumns);
  const more = all.length - columns.length;
  const shown = Math.min(firstRows, facts.rows);
  const rows = useFirstRows(
    path,
    version,
    columns.map((c) => c.name),
    shown,
  );
  const error = versions.error ?? rows.error;
  const masked = list(rows.data?.masked);
  const empty = shown === 0 || all.length === 0;
  return (
    <section aria-labelledby="first-rows" data-testid="first-rows">
      <div className={css.head}>
        <h3 id="first-rows" className="eyebrow">
          {text.firstRows.title}
        </h3>
        {masked.length > 0 && <span className="soft">{text.data.masked(masked.length)}</span>}
        {!empty && (
          <Link to="/w/$workspace/runs/$run/data" params={path} search={{ version }}>
            {text.firstRows.all}
          </Link>
        )}
      </div>
      {error ? (
        <ErrorPanel error={error} retry={() => (versions.error ? versions : rows).refetch()} />
      ) : empty ? (
        <Text size="sm" c="dimmed">
          {text.firstRows.none}
        </Text>
      ) : (
        <div
          className={`card ${css.box}`}
          role="region"
          tabIndex={0}
          aria-label={text.firstRows.table}
          aria-busy={!rows.data}
        >
          <table className={css.table}>
            <thead>
              <tr>
                <th scope="col" className={css.number} style={{ width: numberWidth }}>
                  {text.data.row}
                </th>
                {columns.map((c) => (
                  <th scope="col" key={c.name} style={{ width: widthOf(c.name, c) }} title={c.name}>
                    <span>{c.name}</span>
                  </th>
                ))}
                {more > 0 && (
                  <th scope="col" style={{ width: moreWidth }}>
                    <Link to="/w/$workspace/runs/$run/data" params={path} search={{ version }}>
                      {text.firstRows.moreColumns(more)}
                    </Link>
                  </th>
                )}
              </tr>
            </thead>
            <tbody>
              {Array.from({ length: shown }, (_, i) => {
                const row = list(rows.data?.rows)[i];
                return (
                  <tr key={i}>
                    <th scope="row" className={`${css.number} num`}>
                      {row && count(row.row)}
                    </th>
                    {columns.map((c, at) => (
                      <Cell key={c.name} value={row?.cells?.[at]} />
                    ))}
                    {more > 0 && <td />}
                  </tr>
                );
              })}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}

function Cell({ value }: { value: string | null | undefined }) {
  if (value === undefined) {
    return (
      <td>
        <i className={css.coming} />
      </td>
    );
  }
  return (
    <td data-missing={value === null} title={value ?? undefined}>
      <span>{value ?? text.preview.missing}</span>
    </td>
  );
}
