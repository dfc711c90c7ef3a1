import { list, type Schemas } from "../../api/types";
import { text } from "../../text/text";
import { firstNames } from "../../ui/clipped.model";
import { applies, type Decision } from "../point/point.model";

export type Issue = Schemas["Issue"];
export type Resolution = Schemas["Resolution"];
export type Severity = "critical" | "high" | "medium" | "low" | "info";
export const severities: Severity[] = ["critical", "high", "medium", "low", "info"];

/** What the triage list is narrowed to. */
export interface Filter {
  search: string;
  severity: Severity | "";
  state: "all" | "open" | "decided";
  sort: "severity" | "cells" | "confidence";
}

export const everything: Filter = { search: "", severity: "", state: "all", sort: "severity" };

/** What of the table an issue is about, in a line. */
export function about(issue: Issue): string {
  const columns = list(issue.columns).map((c) => (c === "*" ? text.quality.wholeRows : c));
  return firstNames(columns, 12, text.more);
}

const rank = (s: string) => {
  const i = severities.indexOf(s as Severity);
  return i < 0 ? severities.length : i;
};

/** The issues that a filter lets through, in its order. */
export function visible(issues: Issue[], decisions: Record<string, Decision>, f: Filter): Issue[] {
  const words = f.search.toLowerCase().split(/\s+/).filter(Boolean);
  const found = issues.filter((i) => {
    if (f.severity && i.severity !== f.severity) return false;
    if (f.state === "open" && decisions[i.id]) return false;
    if (f.state === "decided" && !decisions[i.id]) return false;
    if (words.length === 0) return true;
    const hay = `${i.title} ${i.check.replaceAll("_", " ")} ${list(i.columns).join(" ")}`.toLowerCase();
    return words.every((w) => hay.includes(w));
  });
  const by: Record<Filter["sort"], (a: Issue, b: Issue) => number> = {
    severity: (a, b) => rank(a.severity) - rank(b.severity) || b.confidence - a.confidence,
    cells: (a, b) => b.cells - a.cells,
    confidence: (a, b) => b.confidence - a.confidence,
  };
  return found.sort(by[f.sort]);
}

/** What the decisions taken so far change, by what each issue says of itself. */
export function changed(issues: Issue[], decisions: Record<string, Decision>): { issues: number; cells: number } {
  const sum = { issues: 0, cells: 0 };
  for (const issue of issues) {
    const d = decisions[issue.id];
    if (!d || !applies(d)) continue;
    const r = list(issue.resolutions).find((x) => x.id === d.option);
    if (!r || r.kind === "mark_only") continue;
    sum.issues++;
    sum.cells += d.choice === "partial" ? Math.min(list(d.rows).length, issue.cells) : issue.cells;
  }
  return sum;
}

/** The resolution to begin with: the one decided on, else the recommended one, else the first. */
export function firstChoice(issue: Issue, decision: Decision | undefined): string {
  const all = list(issue.resolutions);
  const wanted = decision?.option || all.find((r) => r.recommended)?.id;
  return all.some((r) => r.id === wanted) ? (wanted as string) : (all[0]?.id ?? "");
}

/** Which issue comes after one in the list that still asks for a decision; the same where there is none. */
export function nextOpen(shown: Issue[], decisions: Record<string, Decision>, from: string): string {
  const at = shown.findIndex((i) => i.id === from);
  for (let step = 1; step <= shown.length; step++) {
    const next = shown[(at + step + shown.length) % shown.length];
    if (next && !decisions[next.id] && next.id !== from) return next.id;
  }
  return from;
}

/** The one before or after in the list. */
export function neighbour(shown: Issue[], from: string, step: 1 | -1): string {
  const at = shown.findIndex((i) => i.id === from);
  if (at < 0) return shown[0]?.id ?? "";
  return shown[Math.min(shown.length - 1, Math.max(0, at + step))]?.id ?? from;
}
