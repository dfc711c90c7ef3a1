import { list, type Schemas } from "../../api/types";
import { count, text } from "../../text/text";
import type { Decision } from "../point/point.model";
import { type Run, routeOf } from "../run/run.model";

export type Facts = Schemas["Facts"];
export type Column = Schemas["Column"];

type Profile = Schemas["Profile"];

export const types = ["boolean", "integer", "decimal", "date", "time", "timestamp", "text", "json"] as const;
export const roles = ["identifier", "key", "time", "measure", "dimension", "text", "constant", "ignore"] as const;

/** What somebody corrects of the facts; what is absent stays. */
export interface Corrections {
  columns?: Record<string, { type?: string; role?: string }>;
  goal?: { kpi?: string; direction?: string };
}

/** Where the work begins: with what was decided before, else with nothing to correct. */
export function correctionsOf(decision: Decision | undefined): Corrections {
  return decision?.choice === "edit" ? ((decision.params as Corrections | undefined) ?? {}) : {};
}

/** The corrections with a column's type or role set; what says the same as the facts is dropped. */
export function withColumn(c: Corrections, column: Column, part: "type" | "role", value: string): Corrections {
  const before = { ...c.columns?.[column.name], [part]: value };
  if (before[part] === column[part]) delete before[part];
  const columns = { ...c.columns, [column.name]: before };
  if (Object.keys(before).length === 0) delete columns[column.name];
  return pruned({ ...c, columns });
}

export function withGoal(c: Corrections, facts: Facts, part: "kpi" | "direction", value: string): Corrections {
  const goal = { ...c.goal, [part]: value };
  if (goal[part] === facts.context.goal_reading[part]) delete goal[part];
  return pruned({ ...c, goal });
}

function pruned(c: Corrections): Corrections {
  const out: Corrections = {};
  if (c.columns && Object.keys(c.columns).length > 0) out.columns = c.columns;
  if (c.goal && Object.keys(c.goal).length > 0) out.goal = c.goal;
  return out;
}

/** The version that the facts speak of: as the file was read last. */
export function readAs(versions: Schemas["RunVersion"][] | undefined): string | undefined {
  return versions?.filter((v) => v.kind === "parsed").at(-1)?.id;
}

/** How many things the corrections change. */
export function corrected(c: Corrections): number {
  const columns = Object.values(c.columns ?? {}).reduce((n, x) => n + Object.keys(x).length, 0);
  return columns + Object.keys(c.goal ?? {}).length;
}

/** The corrections in words, one for each column and one for the goal. */
export function spoken(c: Corrections): string[] {
  const said = (what: object) =>
    Object.entries(what)
      .map(([part, value]) => text.reception.said(part, String(value)))
      .join(", ");
  const columns = Object.entries(c.columns ?? {}).map(([name, what]) => `${name}: ${said(what)}`);
  return c.goal ? [...columns, `${text.reception.goal}: ${said(c.goal)}`] : columns;
}

/** Under which name corrections of a run are held. Those of how the file was read before say nothing of how it is read now. */
export function heldAs(run: Run): string {
  return `corrections.${run.id}.${routeOf(run).find((s) => s.stage === "reception")?.round ?? 0}`;
}

/** Whether a type takes every value as it is written, so that nothing need be looked at. */
export function takesAll(type: string): boolean {
  return type === "text" || type === "json";
}

const mostQuoted = 3;
const longestQuoted = 40;

/** How many values of a column cannot be read as the type that it was profiled as, with the most frequent of them. */
export function readable(p: Pick<Profile, "type" | "rows" | "missing" | "unfit" | "unfit_values">): string {
  const of = p.rows - p.missing;
  if (of === 0) return text.corrected.noValue(p.type);
  if (p.unfit === 0) return text.corrected.fits(p.type);
  const told = list(p.unfit_values).slice(0, mostQuoted);
  const values = told
    .map(({ value }) =>
      text.corrected.quoted(value.length > longestQuoted ? `${value.slice(0, longestQuoted)}…` : value),
    )
    .join(", ");
  const all = told.reduce((sum, v) => sum + v.count, 0) === p.unfit;
  return text.corrected.unfit(count(p.unfit), count(of), p.type, all ? values : text.corrected.andOthers(values));
}

/** So many rows and columns are shown of a table that was just read. */
export const firstRows = 8;
export const firstColumns = 40;

/** The share of the rows in which a column says nothing. */
export function missingShare(c: Column, rows: number): number {
  return rows > 0 ? c.missing / rows : 0;
}

/** Columns that a search finds by name, type, role or meaning. */
export function found(facts: Facts, search: string): Column[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  return list(facts.columns).filter((c) => {
    const hay = `${c.name} ${c.type} ${c.role} ${c.semantic_type}`.toLowerCase();
    return words.every((w) => hay.includes(w));
  });
}
