import { Skeleton, Text } from "@mantine/core";
import { list, type Schemas } from "../../api/types";
import { bytes, count, text } from "../../text/text";
import { ErrorPanel } from "../../ui/ErrorPanel";
import css from "./admin.module.css";
import { useTiers, useUsage } from "./admin.query";
import { limitRows, runsByDay, usedBy } from "./usage.model";

/** What the workspace has used, beside what its tier allows. */
export function Usage({ workspace }: { workspace: string }) {
  const usage = useUsage(workspace);
  const tiers = useTiers();
  if (usage.error) return <ErrorPanel error={usage.error} retry={() => usage.refetch()} />;
  if (!usage.data) return <Skeleton h={320} radius="lg" role="status" aria-label={text.loading} />;
  const { limits, runs_today, runs_now } = usage.data;
  const days = list(usage.data.days);
  const sums: [string, string][] = [
    [text.admin.measures.runs, count(usedBy(days, "runs"))],
    [text.admin.measures.bytes, bytes(usedBy(days, "bytes"))],
    [text.admin.measures.rows, count(usedBy(days, "rows"))],
    [text.admin.measures.cells, count(usedBy(days, "cells"))],
    [text.admin.measures.work, text.admin.seconds(Math.round(usedBy(days, "work_milliseconds") / 1000))],
  ];
  return (
    <>
      <section className={css.meters}>
        <Meter name={text.admin.today} used={runs_today} of={limits.runs_per_day} />
        <Meter name={text.admin.now} used={runs_now} of={limits.runs_at_once} />
      </section>
      <h2 className={css.sub}>{text.admin.lastDays}</h2>
      <dl className={`card ${css.sums}`}>
        {sums.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd className="num">{value}</dd>
          </div>
        ))}
      </dl>
      <Days days={days} />
      <h2 className={css.sub}>{text.admin.tiers}</h2>
      <ErrorPanel error={tiers.error} />
      {tiers.data && <Tiers tiers={tiers.data} here={limits.tier} />}
    </>
  );
}

function Meter({ name, used, of }: { name: string; used: number; of: number }) {
  const full = of > 0 && used >= of;
  return (
    <div className={`card ${css.meter}`}>
      <Text size="xs" c="dimmed">
        {name}
      </Text>
      <strong className="num">
        {count(used)} <span className="soft">{of > 0 ? text.admin.ofLimit(count(of)) : text.admin.noLimit}</span>
      </strong>
      {of > 0 && (
        <span className={css.track} data-full={full} aria-hidden>
          <span style={{ width: `${Math.min(100, (100 * used) / of)}%` }} />
        </span>
      )}
      {full && (
        <Text size="xs" className={css.full}>
          {text.admin.limitHit}
        </Text>
      )}
    </div>
  );
}

function Days({ days }: { days: Schemas["Day"][] }) {
  if (days.length === 0) return null;
  const all = runsByDay(days, new Date());
  const most = Math.max(1, ...all.map((d) => d.runs));
  return (
    <figure className={css.days}>
      <div role="img" aria-label={text.admin.daysChart}>
        {all.map((d) => (
          <span key={d.day} title={`${d.day}: ${count(d.runs)}`} style={{ height: `${(100 * d.runs) / most}%` }} />
        ))}
      </div>
      <figcaption className="soft">{text.admin.daysChart}</figcaption>
    </figure>
  );
}

function Tiers({ tiers, here }: { tiers: Schemas["Limits"][]; here: string }) {
  return (
    <section className={css.scroll} tabIndex={0} aria-label={text.admin.tiers}>
      <table className={css.tiers}>
        <thead>
          <tr>
            <th scope="col">
              <span className="hidden">{text.admin.limit}</span>
            </th>
            {tiers.map((t) => (
              <th key={t.tier} scope="col" data-here={t.tier === here}>
                {t.title}
                {t.tier === here && <span className="soft"> · {text.admin.yours}</span>}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {limitRows(tiers).map(([name, ...values]) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              {values.map((v, i) => (
                <td key={i} data-here={tiers[i]?.tier === here}>
                  {v}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
