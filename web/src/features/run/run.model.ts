import { list, type Schemas } from "../../api/types";

export type Run = Schemas["Run"];
export type Stage = "reception" | "quality" | "insight" | "recommendation";
export const stages: Stage[] = ["reception", "quality", "insight", "recommendation"];

/** How a stage looks on the route of a run. */
export type Mark = "ahead" | "running" | "waiting" | "expired" | "failed" | "done" | "stopped" | "skipped";

export interface Stop {
  stage: Stage;
  mark: Mark;
  phase: string;
  items: number;
  decided: number;
  round: number;
  why: string;
  handlers: string[];
  /** Who closed its control point, and when. */
  closedBy: string;
  closedAt: string;
}

/** The four stops of a run, as the route shows them. */
export function routeOf(run: Run): Stop[] {
  const here = stages.indexOf(run.stage as Stage);
  const last = run.stop_after ? stages.indexOf(run.stop_after as Stage) : stages.length - 1;
  return stages.map((stage, i) => {
    const at = list(run.stages).find((s) => s.stage === stage);
    const route = list(run.route).find((r) => r.stage === stage);
    return {
      stage,
      mark: markOf(run, i, here, last, at?.phase),
      phase: at?.phase ?? "",
      items: at?.items ?? 0,
      decided: at?.decided ?? 0,
      round: at?.round ?? 0,
      why: route?.why ?? "",
      handlers: list(route?.handlers),
      closedBy: at?.closed?.actor.name ?? "",
      closedAt: at?.closed?.at ?? "",
    };
  });
}

/** Where a run stands, apart from what was decided at the control point that is open: the same as long as no stage worked. */
export function movedOf(run: Pick<Run, "stage" | "status" | "stages">): string {
  const each = list(run.stages).map((s) => [s.stage, s.phase, s.round, s.items, s.closed?.at ?? ""].join(" "));
  return [run.stage, run.status, ...each].join("; ");
}

function markOf(run: Run, i: number, here: number, last: number, phase: string | undefined): Mark {
  if (i > last) return "skipped";
  if (i < here || phase === "finished") return "done";
  if (i > here) return ["aborted", "done", "erased"].includes(run.status) ? "skipped" : "ahead";
  switch (run.status) {
    case "waiting":
      return "waiting";
    case "expired":
      return "expired";
    case "failed":
      return "failed";
    case "aborted":
    case "erased":
      return "stopped";
    case "done":
      return "done";
    default:
      return "running";
  }
}

/** Whether what a stage found can be looked at: its control point is open or was closed. */
export function hasFindings(stop: Stop): boolean {
  return stop.items > 0 || ["open", "concluding", "applying", "finished"].includes(stop.phase);
}

/** What to show first: where the run stands. */
export function viewOf(run: Run): Stage | "results" {
  return run.status === "done" ? "results" : (run.stage as Stage);
}
