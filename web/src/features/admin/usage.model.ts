import { list, type Schemas } from "../../api/types";
import { bytes, count, text } from "../../text/text";

/** What was used of a measure over some days. */
export function usedBy(days: Pick<Schemas["Day"], "used">[], measure: string): number {
  return days.reduce((sum, d) => sum + ((d.used as Record<string, number>)[measure] ?? 0), 0);
}

/** Each of the last days up to the given one with its runs, those of which nothing is told too. */
export function runsByDay(
  days: Pick<Schemas["Day"], "day" | "used">[],
  last: Date,
  over = 30,
): { day: string; runs: number }[] {
  const runs = new Map(days.map((d) => [d.day.slice(0, 10), d.used.runs ?? 0]));
  return Array.from({ length: over }, (_, i) => {
    const day = new Date(last.getTime() - (over - 1 - i) * 86_400_000).toISOString().slice(0, 10);
    return { day, runs: runs.get(day) ?? 0 };
  });
}

/** The limits of tiers as lines of a table: the name of the limit, then what each tier allows. */
export function limitRows(tiers: Schemas["Limits"][]): string[][] {
  const t = text.admin.limits;
  const any = (n: number, said: (n: number) => string) => (n > 0 ? said(n) : t.any);
  const has = (l: Schemas["Limits"], feature: string) => (list(l.features).includes(feature) ? t.yes : t.no);
  const line = (name: string, of: (l: Schemas["Limits"]) => string) => [name, ...tiers.map(of)];
  return [
    line(t.file, (l) => any(l.file_bytes, (n) => bytes(n))),
    line(t.runsPerDay, (l) => any(l.runs_per_day, count)),
    line(t.runsAtOnce, (l) => any(l.runs_at_once, count)),
    line(t.lastStage, (l) => text.stage[l.last_stage as "insight"] ?? l.last_stage),
    line(t.insights, (l) => any(l.insights, t.best)),
    line(t.keep, (l) => any(l.keep_days, t.days)),
    line(t.recipes, (l) => has(l, "recipes")),
    line(t.policies, (l) => has(l, "policies")),
    line(t.tokens, (l) => has(l, "api_tokens")),
    line(t.support, (l) => (l.priority_support ? t.yes : t.no)),
  ];
}
