import { list } from "../../api/types";
import type { Choice, Decision } from "../point/point.model";
import { same } from "./params.model";
import { firstChoice, type Issue } from "./quality.model";

/** What somebody has set up for an issue and not decided yet. */
export interface Draft {
  option: string;
  /** In the place of the proposed parameters; undefined where they stay. */
  params: Record<string, unknown> | undefined;
  /** Only these rows; null for all. */
  rows: number[] | null;
  reason: string;
}

/** Where the work on an issue begins: with what was decided before, else with what is recommended. */
export function draftOf(issue: Issue, decision: Decision | undefined): Draft {
  return {
    option: firstChoice(issue, decision),
    params: decision?.choice === "edit" ? (decision.params as Record<string, unknown>) : undefined,
    rows: decision?.choice === "partial" ? list(decision.rows) : null,
    reason: decision?.reason ?? "",
  };
}

/** A draft as a choice: edited parameters make it an edit, chosen rows a partial one. */
export function toChoice(issue: Issue, draft: Draft, how: "accept" | "reject" | "leave"): Choice {
  const reason = draft.reason.trim() || undefined;
  const resolution = list(issue.resolutions).find((r) => r.id === draft.option);
  if (how === "reject" || how === "leave" || !resolution) {
    return { item: issue.id, choice: how === "reject" ? "reject" : "leave", reason };
  }
  const base = { item: issue.id, option: resolution.id, reason };
  if (draft.rows && draft.rows.length > 0) return { ...base, choice: "partial", rows: draft.rows };
  if (draft.params && !same(draft.params, resolution.params)) return { ...base, choice: "edit", params: draft.params };
  return { ...base, choice: "accept" };
}
