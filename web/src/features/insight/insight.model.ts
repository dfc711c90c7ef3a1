import { list, type Schemas } from "../../api/types";

export type Insight = Schemas["InsightFinding"];

export type Chance = "almost" | "very" | "likely" | "weak";

/** How sure a finding is after correction for all tests that were made, as a word. */
export function chance(q: number): Chance {
  if (q < 0.0001) return "almost";
  if (q < 0.01) return "very";
  if (q < 0.05) return "likely";
  return "weak";
}

export type Strength = "large" | "medium" | "small" | "tiny";

// The customary limits between small, medium and large of each measure of effect (Cohen 1988, and for ratios the points at
// which a rate is a quarter more, half more, or twice as high).
const limits: Record<string, [number, number, number]> = {
  eta_squared: [0.01, 0.06, 0.14],
  epsilon_squared: [0.01, 0.06, 0.14],
  r_squared: [0.02, 0.13, 0.26],
  cramers_v: [0.1, 0.3, 0.5],
  spearman: [0.1, 0.3, 0.5],
  pearson: [0.1, 0.3, 0.5],
  cohens_d: [0.2, 0.5, 0.8],
  difference_of_rates: [0.05, 0.15, 0.3],
};

/** How strong an effect is, as a word; null where its measure knows no such words. */
export function strength(effect: Insight["effect"]): Strength | null {
  const v = Math.abs(effect.value);
  let at = limits[effect.name];
  let size = v;
  if (effect.name === "ratio" && effect.value > 0) {
    at = [1.25, 1.5, 2];
    size = Math.max(v, 1 / v);
  }
  if (!at) return null;
  if (size >= at[2]) return "large";
  if (size >= at[1]) return "medium";
  if (size >= at[0]) return "small";
  return "tiny";
}

/** A p- or q-value as it is written. */
export function chanceNumber(v: number): string {
  if (v === 0 || v < 1e-300) return "< 1e-300";
  return v < 0.001 ? v.toExponential(0) : v.toPrecision(2);
}

/** What somebody asks for more of. */
export interface Ask {
  item: string;
  like: "kind" | "columns";
}

/** What was shown unasked, and what was found because somebody asked. */
export function inGroups(insights: Insight[]): { first: Insight[]; more: Insight[] } {
  return { first: insights.filter((i) => !i.like), more: insights.filter((i) => i.like) };
}

/** What was asked for like an insight, each way once, with all that was found for it. */
export function asksOf(asked: Schemas["Asked"][] | null | undefined, item: string): Schemas["Asked"][] {
  const sums = new Map<string, Schemas["Asked"]>();
  for (const a of list(asked)) {
    if (a.item !== item) continue;
    sums.set(a.like, { ...a, found: a.found + (sums.get(a.like)?.found ?? 0) });
  }
  return [...sums.values()];
}
