import { Skeleton } from "@mantine/core";
import { list, type Schemas } from "../../api/types";
import { count, text, words } from "../../text/text";
import { ErrorPanel } from "../../ui/ErrorPanel";
import { shown } from "../quality/diff.model";
import { wordsOf } from "./reading.model";
import css from "./reading.module.css";

interface Props {
  /** As it would be read; absent until that is known. */
  reading: Schemas["Reading"] | undefined;
  /** How many columns there are as it is read now, where it would be read otherwise. */
  before: number | undefined;
  changed: boolean;
  busy: boolean;
  error: unknown;
  retry: (() => void) | undefined;
}

/** The beginning of the file as it would be read, to be looked at before the stage begins anew. */
export function ReadPreview({ reading, before, changed, busy, error, retry }: Props) {
  return (
    <section className={css.preview} aria-labelledby="as-read" aria-busy={busy} data-testid="read-preview">
      <h3 id="as-read" className="eyebrow">
        {changed ? text.reading.otherwise : text.reading.now}
      </h3>
      {error ? (
        <ErrorPanel error={error} retry={retry} />
      ) : reading ? (
        <Beginning reading={reading} before={before} busy={busy} />
      ) : (
        <Skeleton h={240} radius="md" role="status" aria-label={text.loading} />
      )}
    </section>
  );
}

function Beginning({ reading: r, before, busy }: { reading: Schemas["Reading"]; before?: number; busy: boolean }) {
  const lines = list(r.lines);
  const problems = Object.entries(r.problems);
  return (
    <div className={css.beginning} data-busy={busy}>
      <p className="num" role="status">
        {r.whole ? text.reading.whole(r.rows, r.columns) : text.reading.part(r.rows, r.columns)}
        {before !== undefined && before !== r.columns && <span className="soft"> ({text.reading.before(before)})</span>}
      </p>
      <ul className={css.chips}>
        {wordsOf(r.format).map((w) => (
          <li key={w}>{w}</li>
        ))}
        {problems.map(([kind, n]) => (
          <li key={kind} data-problem>
            {text.reception.problem(words(kind).toLowerCase(), n)}
          </li>
        ))}
      </ul>
      <section className={css.box} tabIndex={0} aria-label={text.reading.table}>
        <table className={css.table}>
          <thead>
            <tr>
              <th className={css.row}>{text.reading.row}</th>
              {list(r.names).map((n, i) => (
                <th key={i} title={n}>
                  {shown(n)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {lines.map((l) => (
              <tr key={l.row}>
                <td className={`${css.row} num`}>{count(l.row)}</td>
                {list(l.cells).map((c, i) => (
                  <td key={i} data-missing={c === null}>
                    {c === null ? text.preview.missing : shown(c)}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      {lines.length === 0 && <p className="soft">{text.reading.none}</p>}
      {r.more_columns > 0 && <p className="soft">{text.reading.moreColumns(r.more_columns)}</p>}
      {lines.length > 0 && <Problems all={list(r.examples)} />}
    </div>
  );
}

function Problems({ all }: { all: Schemas["ReadingProblem"][] }) {
  if (all.length === 0) return <p className="soft">{text.reading.clean}</p>;
  return (
    <>
      <h4 className="eyebrow">{text.reading.problems}</h4>
      <ul className={css.problems}>
        {all.map((p, i) => (
          <li key={i}>
            <span className="num">{text.reading.line(p.line)}</span> {p.detail}
            {p.raw && <code>{shown(p.raw)}</code>}
          </li>
        ))}
      </ul>
    </>
  );
}
