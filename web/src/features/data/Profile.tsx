import { Skeleton } from "@mantine/core";
import { list, type Schemas } from "../../api/types";
import { count, moment, number, percent, text, words } from "../../text/text";
import { ErrorPanel } from "../../ui/ErrorPanel";
import { Queries } from "../../ui/Sql";
import type { RunPath } from "../run/run.query";
import { useProfile } from "./data.query";
import css from "./profile.module.css";

interface Props {
  path: RunPath;
  version: string;
  column: string;
  /** Only what fits beside the head of a column. */
  short?: boolean;
}

/** What a column holds: how much is missing, how it is spread, what is in it most. */
export function ProfileOf({ path, version, column, short }: Props) {
  const profile = useProfile(path, version, column);
  if (profile.error) return <ErrorPanel error={profile.error} retry={() => profile.refetch()} />;
  const p = profile.data;
  if (!p) return <Skeleton h={short ? 190 : 320} radius="md" role="status" aria-label={text.loading} />;
  const temporal = /date|time/.test(p.type);
  const show = (x: number) => (temporal ? moment(x * 1000) : number(x));
  const facts: [string, string][] = [
    [text.data.rows, count(p.rows)],
    [text.data.missingOnes, p.rows ? `${count(p.missing)} (${percent(p.missing / p.rows)})` : "0"],
    [text.data.distinct, text.data.about(count(Math.min(p.distinct, p.rows - p.missing)), p.distinct > 20)],
  ];
  if (p.unfit) facts.push([text.data.unfit(words(p.type).toLowerCase()), count(p.unfit)]);
  if (!short) facts.push([text.data.lengths, text.data.fromTo(count(p.shortest), count(p.longest))]);
  if (p.low != null && p.high != null) {
    facts.push([text.data.range, text.data.fromTo(show(p.low), show(p.high))]);
    if (p.mean != null && !temporal) facts.push([text.data.mean, number(p.mean)]);
    const q = list(p.quartiles);
    if (!short && q.length === 3) facts.push([text.data.quartiles, q.map(show).join(" · ")]);
  }
  return (
    <div className={css.profile}>
      {list(p.histogram).length > 0 && <Histogram bins={list(p.histogram)} show={show} short={short} />}
      <dl className={css.facts}>
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd className="num">{value}</dd>
          </div>
        ))}
      </dl>
      <Top values={list(p.top).slice(0, short ? 5 : 12)} rows={p.rows} />
      <Queries all={list(p.queries).map((q) => ({ of: text.data.behind[q.of], sql: q.sql }))} />
    </div>
  );
}

function Histogram({ bins, show, short }: { bins: Schemas["Bin"][]; show: (x: number) => string; short?: boolean }) {
  const most = Math.max(1, ...bins.map((b) => b.count));
  const first = bins[0];
  const last = bins.at(-1);
  return (
    <figure className={css.histogram}>
      <div
        className={css.bars}
        style={{ height: short ? 64 : 140 }}
        role="img"
        aria-label={text.data.histogram(bins.length)}
      >
        {bins.map((b) => (
          <span
            key={b.low}
            title={`${show(b.low)} – ${show(b.high)}: ${count(b.count)}`}
            style={{ height: b.count ? `max(2px, ${(100 * b.count) / most}%)` : 0 }}
          />
        ))}
      </div>
      <figcaption className="num">
        <span>{first && show(first.low)}</span>
        <span>{last && show(last.high)}</span>
      </figcaption>
    </figure>
  );
}

function Top({ values, rows }: { values: Schemas["Value"][]; rows: number }) {
  if (values.length === 0) return null;
  const most = Math.max(1, ...values.map((v) => v.count));
  return (
    <section aria-label={text.data.top}>
      <h4 className="eyebrow">{text.data.top}</h4>
      <ul className={css.top}>
        {values.map((v) => (
          <li key={v.value}>
            <span className="clip mono" title={v.value}>
              {v.value}
            </span>
            <span className={css.track} aria-hidden>
              <span style={{ width: `${(100 * v.count) / most}%` }} />
            </span>
            <span className="num soft">
              {count(v.count)} {rows > 0 && `(${percent(v.count / rows)})`}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
