import type { Problem } from "../../api/problem";
import { list, type Schemas } from "../../api/types";

export type Decision = Schemas["Decision"];
export type Item = Schemas["Item"];

/** A choice as somebody makes it. */
export interface Choice {
  item: string;
  choice: "accept" | "edit" | "partial" | "reject" | "leave";
  option?: string;
  params?: Record<string, unknown>;
  rows?: number[];
  reason?: string;
  /** The day by which it is to be done, as 2026-11-24. */
  due?: string;
}

/** Whether a decision changes something. */
export function applies(d: Pick<Decision, "choice"> | undefined): boolean {
  return d?.choice === "accept" || d?.choice === "edit" || d?.choice === "partial";
}

/** The point with choices in it that the server has not confirmed yet. */
export function provisional<P extends { body: Schemas["ControlPoint"] }>(seen: P, choices: Choice[]): P {
  const decisions = { ...seen.body.decisions };
  for (const c of choices) {
    decisions[c.item] = {
      ...c,
      id: decisions[c.item]?.id ?? "",
      actor: { kind: "person", name: "" },
      at: new Date().toISOString(),
      seen: seen.body.hash,
    } as Decision;
  }
  return { ...seen, body: { ...seen.body, decisions } };
}

/** The ids of decisions, by what they were taken on. */
export function idsOf(decisions: Record<string, Decision>): Record<string, string> {
  return Object.fromEntries(Object.entries(decisions).map(([item, d]) => [item, d.id]));
}

/** Whether what choices are about is as their author saw it: nobody else decided on it. */
export function untouched(
  choices: Choice[],
  had: Record<string, string>,
  now: { decisions: Record<string, Pick<Decision, "id">> },
): boolean {
  return choices.every((c) => (now.decisions[c.item]?.id ?? "") === (had[c.item] ?? ""));
}

/** How far a control point is decided. */
export interface Tally {
  items: number;
  decided: number;
  changing: number;
  rejected: number;
}

export function tally(items: Item[], decisions: Record<string, Decision>): Tally {
  const t: Tally = { items: items.length, decided: 0, changing: 0, rejected: 0 };
  for (const item of items) {
    const d = decisions[item.id];
    if (!d) continue;
    t.decided++;
    if (applies(d)) t.changing++;
    if (d.choice === "reject") t.rejected++;
  }
  return t;
}

/** Acceptance of all that is recommended and not decided yet. */
export function acceptRecommended(items: Item[], decisions: Record<string, Decision>): Choice[] {
  return items
    .filter((i) => !decisions[i.id] && i.recommended && list(i.options).includes(i.recommended))
    .map((i) => ({ item: i.id, choice: "accept" as const, option: i.recommended }));
}

/** The same decision on everything that has none yet; accepted is what is recommended. */
export function decideOpen(
  items: Item[],
  decisions: Record<string, Decision>,
  how: "accept" | "reject" | "leave",
): Choice[] {
  if (how === "accept") return acceptRecommended(items, decisions);
  return items.filter((i) => !decisions[i.id]).map((i) => ({ item: i.id, choice: how }));
}

/** What was to be decided, or to be taken back, and was not: why, by item. It stays until it succeeds, or somebody has seen it. */
export type Lost = Record<string, Problem>;

export function lose(lost: Lost, items: string[], why: Problem): Lost {
  return { ...lost, ...Object.fromEntries(items.map((i) => [i, why])) };
}

export function settled(lost: Lost, items: string[]): Lost {
  return Object.fromEntries(Object.entries(lost).filter(([item]) => !items.includes(item)));
}
